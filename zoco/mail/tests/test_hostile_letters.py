"""Letters that somebody brings to end the process, to run in a reader's browser, or to reckon for hours."""

import re
import time
from email import message_from_string, policy

import pytest

from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft, LetterWrong
from zoco.mail.letters.filling import SIZE_MOST
from zoco.mail.letters.message import header, seen
from zoco.mail.letters.placeholders import PlaceholderWrong, asked_read, marks

MJML = "<mjml><mj-body>{}</mj-body></mjml>"


def _page(source: str, kind: str = "html", **values: object) -> str:
    return seen(compiled(Draft(subject="x", kind=kind, source=source)), values).html  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("<div>" * 50_000, "html"),
        ("<table><tr><td>" * 15_000, "html"),
        (MJML.format("<mj-wrapper>" * 3_000 + "</mj-wrapper>" * 3_000), "mjml"),
        (MJML.format(f"<mj-raw>{'<b>' * 30_000}{'</b>' * 30_000}</mj-raw>"), "mjml"),
    ],
)
def test_tags_that_stay_open_end_the_letter_and_not_the_process(source: str, kind: str, db: None) -> None:
    with pytest.raises(LetterWrong, match="tags"):
        _page(source, kind)


def test_what_is_taken_out_of_styles_leaves_nothing_that_comes_together(db: None) -> None:
    html = _page(
        "<style><<//style><img src=x onerror=alert(1)> @im@import;port url(https://else.example/x.css);"
        "@\\69mport url(https://else.example/y.css); @\\66ont-face {src: url(https://else.example/g)}"
        "@font-face {src: url(https://else.example/f)</style><p>Hello</p>"
    )

    assert "69mport" not in html  # an escape is another way to write a name
    assert "66ont-face" not in html
    assert html.count("</style>") == 1
    assert "onerror" not in html.partition("</style>")[2]
    assert "@import" not in html
    assert "@font-face" not in html


BUTTON = {"type": "button", "value": {"text": "Go", "link": "{{ person.home }}"}}
ENDS = {"type": "footer", "value": {"company": "Shop", "address": "Luna 3", "unsubscribe": "Leave"}}
LINKS = {"unsubscribe": "https://z.example/u/1"}


@pytest.mark.parametrize(
    ("home", "leads"),
    [
        ("javascript:alert(1)", "#"),
        (" java\tscript\n:alert(1)", "#"),
        ("JAVASCRIPT:alert(1)", "#"),
        ("\x01javascript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("vbscript:x", "#"),
        ("https://ana.example/a:b", "https://ana.example/a:b"),
        ("/ana:1", "/ana:1"),
        ("mailto:ana@shop.example", "mailto:ana@shop.example"),
        (None, ""),
    ],
)
def test_a_link_of_what_is_known_leads_to_no_script(home: str | None, leads: str, db: None) -> None:
    values = {"person": {"home": home}, "links": LINKS}
    own = '<a href="{{ person.home }}">Go</a><a href="{{ links.unsubscribe }}">Leave</a>'
    drafts = (
        Draft(subject="x", blocks=[BUTTON, ENDS]),
        Draft(subject="x", blocks=[{"type": "text", "value": {"text": own}}, ENDS]),
        Draft(subject="x", kind="html", source=own),
        Draft(subject="x", kind="html", source=own.replace("home }}", "home if 1 == 1 else 'data:x' }}")),
    )
    for draft in drafts:
        found = re.findall(r'href="([^"]*)"', seen(compiled(draft), values).html)
        assert leads in found
        assert not [each for each in found if each not in {leads, LINKS["unsubscribe"]}]


@pytest.mark.parametrize(
    "source",
    [
        '{{ "a" &#125;&#125; &lt;script&gt;alert(1)&lt;/script&gt; {{ "b" }}',
        '{{ "}} " * 999999999 ~ "{{" }}',
        f'{{{{ "}}}}{"x" * 62}\\" * 999999999 ~ "{{{{" }}}}',
        "{{ person.name }} {&#37; raw %}<b>{% endraw %}",
    ],
)
def test_a_placeholder_is_whole_by_itself(source: str, db: None) -> None:
    with pytest.raises(PlaceholderWrong):
        _page(f"<p>{source}</p>")
    with pytest.raises(PlaceholderWrong):
        compiled(Draft(subject=source, kind="html", source="<p>x</p>"))


def test_signs_that_take_line_breaks_away_do_not_tear_the_text(db: None) -> None:
    html = _page("<p>Dear {{- person.name -}} !</p>", person={"name": "Ana"})

    assert "Dear Ana !" in html


@pytest.mark.timeout(20)
def test_signs_without_an_end_are_read_once(db: None) -> None:
    for each in ("{{", "{%", "{#", "{{{%{#"):
        assert all(not is_mark for is_mark, _text in marks(each * 40_000))
    with pytest.raises(LetterWrong):
        _page("<style>" * 40_000)
    assert len(list(marks(f"{{{{{'<' * 290_000}}}}}"))) == 1


def test_many_long_values_are_bounded_without_any_loop(db: None) -> None:
    with pytest.raises(LetterWrong, match=str(SIZE_MOST)):
        _page("{{ data.x }}" * 1_100, data={"x": "y" * 2_000})


@pytest.mark.parametrize(
    "source",
    [
        "{{ person.a" + ".a" * 50_000 + " }}",
        "{{ person.a" + ".a" * 100 + " }}",
        "{{ " + "person.a or " * 20_000 + "1 }}",
    ],
)
def test_placeholder_that_goes_on_and_on_is_refused_at_once(source: str) -> None:
    began = time.process_time()

    with pytest.raises(PlaceholderWrong):
        asked_read(source, roots=frozenset({"person"}))

    assert time.process_time() - began < 1


def test_a_subject_that_looks_like_an_encoded_word_is_read_as_it_was_written() -> None:
    word = "=?utf-8?q?Honey=0D=0ABcc:_eve@evil.example?="

    written = header("Subject", word)

    assert word not in written
    assert message_from_string(f"{written}\r\n", policy=policy.default)["Subject"] == word
    assert header("Subject", "a = b?") == "Subject: a = b?\r\n"
