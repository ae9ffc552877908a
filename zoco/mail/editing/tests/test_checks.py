"""What is found before a letter is sent, and what is not."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zoco.mail.editing.checks.checking import letter_checks, letter_links_follow
from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import Words, edition_write, letter_write

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
FOOTER = {"type": "footer", "value": {"address": "Calle 1, Madrid", "unsubscribe": "Leave"}}
pytestmark = pytest.mark.django_db


def written(*blocks: dict[str, Any], subject: str = "Honey in May", **more: Any) -> Letter:
    letter = letter_write(letter=Letter(name="News", purpose=more.pop("purpose", "marketing")), at=AT)
    words = Words(subject=subject, blocks=[*blocks, *([FOOTER] if not more else [])], **more)
    edition_write(letter=letter, language="en", words=words, at=AT)
    return letter


def block(kind: str, **value: object) -> dict[str, Any]:
    return {"type": kind, "value": value}


def found(letter: Letter) -> list[tuple[str, str, int]]:
    return [(each.key, each.grade, each.block) for each in letter_checks(letter)]


def test_a_letter_in_order_has_nothing() -> None:
    assert found(written(block("heading", text='Hi {{ person.name|default("you") }}'))) == []


def test_each_thing_that_lacks_is_found_at_its_block() -> None:
    only = block("footer", unsubscribe="Leave", address="Calle 1", only="tag:1")
    letter = letter_write(letter=Letter(name="News"), at=AT)
    blocks = [
        block("heading", text="Hi {{ person.name }}"),
        block("image", url="https://shop.example/a.png", link="/here"),
        only,
    ]
    edition_write(letter=letter, language="en", words=Words(blocks=blocks), at=AT)

    assert found(letter) == [
        ("subject", "bad", 0), ("unsubscribe", "bad", 0), ("address", "bad", 0), ("alt", "bad", 0),
        ("link-nowhere", "bad", 0), ("default", "warn", 1), ("few-words", "warn", 0),
    ]  # fmt: skip
    letter.purpose = "transactional"
    assert not {"unsubscribe", "address"} & {key for key, _grade, _block in found(letter)}


@pytest.mark.parametrize(
    ("subject", "html", "source"),
    [
        ("BIG SPRING SALE NOW", "", "SpamAssassin SUBJ_ALL_CAPS"),
        ("Ready? Go!", "", "SpamAssassin PLING_QUERY"),
        ("Re: your order", "", "CAN-SPAM Act, 15 U.S.C. § 7704(a)(2)"),
        ("Hi", '<img src="https://a.example/b.png" alt="b" width="1">', "SpamAssassin HTML_IMAGE_ONLY_04"),
        ("Hi", '<a href="https://bit.ly/x">x</a>', "SpamAssassin HAS_SHORT_URL"),
        ("Hi", '<a href="http://192.0.2.7/">x</a>', "SpamAssassin NORMAL_HTTP_TO_IP, NUMERIC_HTTP_ADDR"),
        ("Hi", '<a href="https://other.example/">www.shop.example</a>', "SpamAssassin SPOOFED_URL"),
        ("Ready to go", '<a href="https://www.shop.example/">shop.example</a>', ""),
    ],
)
def test_what_filters_look_for_is_found_by_its_name(subject: str, html: str, source: str) -> None:
    letter = written(kind="html", source=html or "<p>x</p>", subject=subject, purpose="transactional")

    sources = [each.source for each in letter_checks(letter) if each.source]

    assert sources == ([source] if source else [])


def test_what_weighs_too_much_is_found_before_gmail_hides_it() -> None:
    near = written(block("text", text="x" * 92_000), purpose="service")
    over = written(block("text", text="x" * 103_000), purpose="service")

    assert found(near) == [("weight", "warn", 0)]
    assert found(over) == [("weight", "bad", 0)]


class Pages(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        code = {"/gone": 404, "/shy": 403, "/no-head": 405}.get(self.path, 200)
        self.send_response(code)
        self.end_headers()

    def do_GET(self) -> None:
        if self.path != "/no-head":
            return self.do_HEAD()
        self.send_response(200)
        return self.end_headers()

    def log_message(self, *_args: object) -> None: ...


@pytest.fixture
def pages(settings: Any) -> Iterator[str]:
    settings.ZOCO = {**getattr(settings, "ZOCO", {}), "PRIVATE_NETWORKS": ["127.0.0.1"]}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_links_are_followed_when_asked_and_dead_ones_found(pages: str) -> None:
    paths = ("/there", "/gone", "/shy", "/no-head", "/gone#part")
    letter = written(
        *(block("button", text="Go", link=f"{pages}{path}") for path in paths), purpose="service"
    )
    before = {each.key for each in letter_checks(letter)}

    left = letter_links_follow(letter)

    dead = [each.words for each in letter_checks(letter) if each.key == "link-dead"]
    assert ("link-unknown" in before, left) == (True, 0)
    assert dead == [
        f"{pages}/gone does not lead to a page: HTTP 404",
        f"{pages}/gone#part does not lead to a page: HTTP 404",
    ]
