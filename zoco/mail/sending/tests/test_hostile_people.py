"""Letters of hostile names, words and settings, as they arrive at a real mail server."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from html import escape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils import timezone

from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.channels.tests.mailbox import Mailbox
from zoco.kit.masks import plain_text
from zoco.mail.editing import services as editing
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import go, start
from zoco.mail.tests.test_letters import FOOTER, text
from zoco.people.editing import Hand, person_change
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
NAMES = {
    "lines": "Ana\r\nBcc: eve@evil.example\r\n\r\n<b>Hello</b>",
    "breaks": "Ana\u2028Bcc: eve@evil.example\x85X: y\x0bZ",
    "quotes": '"Ana" <eve@evil.example>, \\";',
    "list": "Ana, eve@evil.example, (Eve)",
    "right to left": "\u202eanA \u2066\u0631\u0646\u0627",
    "encoded": "=?utf-8?b?QW5hDQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    "encoded too": "=?utf-8?q?=0D=0ABcc:_eve@evil.example?= \u044f",
    "placeholders": "{{ 7*7 }}{% if x %}{# y #}",
    "long": "\u044f" * 10_000,
}
NOTE = (
    "<script>alert(1)</script>\" onload=x '\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n--> </style> ]]>"
    "{{ 7*7 }}{% if x %}{# y #}\u202e\U000101d00\U000101d1 =?utf-8?b?QQ==?= " + "x" * 10_000
)
HEADERS = [
    "Content-Type", "Date", "Feedback-ID", "From", "List-Unsubscribe", "List-Unsubscribe-Post",
    "MIME-Version", "Message-ID", "Reply-To", "Subject", "To",
]  # fmt: skip
BLOCKS = [
    text('<p>Hello {{ person.name|default("you") }}</p><p>{{ person.note|default("-") }}</p>'),
    {"type": "heading", "value": {"text": '{{ person.note|default("-") }}'}},
    FOOTER,
]
OWN = """<p>Hello {{ person.name|default("you") }}</p>
<!--{{ person.note }}--><!--[if mso]><b title={{ person.note }}>x</b><![endif]-->
<table><tr><td {{ person.note }}>cell</td></tr></table>
<a href="{{ person.note }}">a</a>
<a title='{{ person.note }}' href=https://shop.example/{{ person.note }}>b</a>
{% if person.note %}<p>{{ person.note }}</p>{% endif %}<a href="{{ links.unsubscribe }}">Leave</a>
<!--{{ person.note }}"""


@pytest.fixture
def reader(people: list[Person], account: Account) -> Person:
    """Return who reads the letter, which leaves from an account that says where answers go."""
    Account.objects.update(options={**account.options, "reply_to": "answers@shop.example"})
    return people[0]


def written(sending: Sending, **words: Any) -> None:
    """Let a letter greet its reader in its subject, in one language."""
    said = editing.Words(subject='Dear {{ person.name|default("you") }}', **words)
    editing.edition_write(letter=sending.letter, language="en", words=said, at=timezone.now())
    editing.edition_delete(letter=sending.letter, language="es", at=timezone.now())


def arrived(server: Mailbox, to: str = "ana@shop.example") -> Any:
    """Return the only letter to somebody, once its lines and headers are seen to be what they must be."""
    assert sorted(to for _sender, to in server.envelopes) == [
        f"{name}@shop.example" for name in ("ana", "bea", "carl")
    ]
    at = [to for _sender, to in server.envelopes].index(to)
    raw, letter = server.raw[at], server.letters[at]
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert sorted(letter.keys()) == HEADERS
    assert [each.get_content_type() for each in letter.iter_parts()] == ["text/plain", "text/html"]
    assert [(each.display_name, each.addr_spec) for each in letter["From"].addresses] == [
        ("Miel, Ñandú & co", "news@shop.example")
    ]
    assert letter["Reply-To"] == "answers@shop.example"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith("<http")
    assert letter["List-Unsubscribe"].count("<") == 1
    return letter


def named(server: Mailbox) -> str:
    """Return the name to which Ana's letter goes, as RFC 2047 reads it: nothing between encoded words."""
    at = [to for _sender, to in server.envelopes].index("ana@shop.example")
    ((name, _address),) = getaddresses([str(message_from_bytes(server.raw[at])["To"])])
    return str(make_header(decode_header(name)))


def part(letter: Any, kind: str) -> str:
    return str(letter.get_body((kind,)).get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("kind", ["blocks", "html"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_stays_a_name(sending: Sending, server: Mailbox, reader: Person, name: str, kind: str) -> None:
    person_change(person=reader, fields={"name": name}, attributes={}, hand=Hand(timezone.now()))
    written(sending, **({"blocks": BLOCKS} if kind == "blocks" else {"kind": "html", "source": OWN}))

    go(start(sending))

    said = plain_text(name)[:200]
    letter = arrived(server)
    assert letter["Subject"] == f"Dear {said}"
    assert [each.addr_spec for each in letter["To"].addresses] == ["ana@shop.example"]
    assert named(server) == said
    assert f"Hello {said}" in part(letter, "plain")
    assert f"Hello {escape(said)}" in part(letter, "html")


@pytest.mark.parametrize("kind", ["blocks", "html"])
def test_what_is_known_of_somebody_is_words_and_nothing_else(
    sending: Sending, server: Mailbox, reader: Person, kind: str
) -> None:
    Person.objects.filter(pk=reader.pk).update(attributes={"note": NOTE})
    written(sending, **({"blocks": BLOCKS} if kind == "blocks" else {"kind": "html", "source": OWN}))

    go(start(sending))

    letter, said = arrived(server), NOTE.replace("\r\n", "\n")
    html = part(letter, "html")
    assert said in part(letter, "plain")
    assert escape(said) in html
    assert said not in html
    page = BeautifulSoup(html, "html.parser")
    assert page.find_all("script") == []
    assert [each for tag in page.find_all() for each in tag.attrs if each.startswith("on")] == []


def test_what_is_known_of_somebody_stands_in_a_subject_on_one_line(
    sending: Sending, server: Mailbox, reader: Person
) -> None:
    Person.objects.filter(pk=reader.pk).update(attributes={"note": NOTE})
    said = editing.Words(subject='{{ person.note|default("Honey") }}', blocks=BLOCKS)
    editing.edition_write(letter=sending.letter, language="en", words=said, at=timezone.now())

    go(start(sending))

    assert arrived(server)["Subject"] == " ".join(NOTE.split())[:900]


@pytest.mark.parametrize("field", ["from_name", "from_address", "reply_to"])
@pytest.mark.parametrize("more", ["\r\nBcc: eve@evil.example", "\nX: y", "\0", "\u2028x", "\x1b"])
def test_settings_of_several_lines_are_refused(account: Account, field: str, more: str) -> None:
    hostile = {**account.options, field: f"a@shop.example{more}"}

    with pytest.raises(ValidationError) as refused:
        account_save(account=account, settings=hostile, secrets={})

    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("field", ["from_name", "reply_to"])
@pytest.mark.parametrize("more", ["\r\nBcc: eve@evil.example", "\nX: y"])
def test_settings_of_several_lines_that_were_kept_let_no_letter_leave(
    sending: Sending, server: Mailbox, account: Account, field: str, more: str
) -> None:
    start(sending)
    Account.objects.update(options={**account.options, field: f"a@shop.example{more}"})

    go(sending)

    assert server.raw == []
    assert set(Message.objects.values_list("state", "code")) == {("failed", "unfit")}
