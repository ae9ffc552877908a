"""Letters made ready: blocks, placeholders, languages, and the mail that goes to a server."""

import email
import email.policy
import re
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.kit.showing import SHOWCASES, Shown, ShownKind
from zoco.mail.letters import quoted
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import Draft, LetterWrong, language_chosen
from zoco.mail.letters.message import Envelope, HeaderWrong, header, seen
from zoco.mail.letters.values import data_held, values_of
from zoco.people.models import Identity, Person, Tag, Tagged

FOOTER = {
    "type": "footer",
    "value": {"company": "Honey SL", "address": "Calle Mayor 1\n28013 Madrid", "unsubscribe": "Unsubscribe"},
}
LINKS = {"unsubscribe": "https://z.example/u/1"}
ANA: dict[str, Any] = {"person": {"given_name": "Ana <b>", "city": ""}, "links": LINKS}


def letter(*blocks: dict[str, Any], **fields: Any) -> Draft:
    return Draft(**{"subject": "News", "blocks": [*blocks, FOOTER], "base": "https://shop.example", **fields})


def text(html: str, **value: Any) -> dict[str, Any]:
    return {"type": "text", "value": {"text": html, **value}}


def person(name: str, address: str, **fields: Any) -> Person:
    at = timezone.now()
    one = Person.objects.create(given_name=name, created_at=at, changed_at=at, **fields)
    Identity.objects.create(person=one, kind="email", key=address, value=address, created_at=at)
    return one


def test_every_block_is_in_html_and_text() -> None:
    honey = {
        "title": "Honey", "price": "€5", "price_before": "€6", "link": "/honey", "button": "Buy",
        "url": "/honey.png", "alt": "A jar 👩‍🚀 \\ \"x\"", "width": 200, "height": 100,
    }  # fmt: skip
    columns = [{"blocks": [{"type": "product", "value": honey}]}, {"blocks": [text("<p>Beside</p>")]}]
    draft = letter(
        {"type": "heading", "value": {"text": "Winter & co", "rank": 1}},
        text("<p>One<br>two <a href='/x?a=1&amp;b=2'>three</a></p><ul><li>four</li></ul>"),
        {"type": "columns", "value": {"columns": columns}},
        {"type": "button", "value": {"text": "Go", "link": "https://else.example/"}},
        {"type": "divider", "value": {}},
        {"type": "coupon", "value": {"title": "Ten off", "code": "WINTER10"}},
        {"type": "social", "value": {"links": [{"text": "Mastodon", "link": "https://m.example/@h"}]}},
    )

    made = seen(compiled(draft), ANA)

    assert "Winter &amp; co</h1>" in made.html
    assert 'href="https://shop.example/x?a=1&amp;b=2"' in made.html
    assert re.search(
        r'alt="A jar 👩‍🚀 \\ &quot;x&quot;"[^>]*src="https://shop.example/honey.png" width="200"', made.html
    )
    assert made.text.splitlines()[:6] == [
        "Winter & co", "", "One", "two three <https://shop.example/x?a=1&b=2>", "", "- four"
    ]  # fmt: skip
    for words in ("Beside", "€5 €6", "Go <https://else.example/>", "WINTER10", "Calle Mayor 1\n28013 Madrid"):
        assert words in made.text
    assert "Unsubscribe <https://z.example/u/1>" in made.text
    assert "@media (prefers-color-scheme: dark)" in made.html
    assert "fonts.googleapis" not in made.html
    assert "@import" not in made.html


def test_placeholders_are_filled_in_escaped_and_with_defaults() -> None:
    words = '<p>{{ person.given_name|default(&quot;friend&quot;) }} of {{ person.city|default("town") }}</p>'
    draft = letter(text(words), subject='{{ person.given_name|default("Friend") }}: {news}')

    ana = seen(compiled(draft), ANA)
    nobody = seen(compiled(draft), {"links": LINKS})

    assert "Ana &lt;b&gt; of town" in ana.html
    assert "Ana <b> of town" in ana.text
    assert ana.subject == "Ana <b>: {news}"
    assert "friend of town" in nobody.html
    assert nobody.subject == "Friend: {news}"


def test_a_placeholder_without_default_is_told_with_its_block() -> None:
    draft = letter(text("<p>{{ person.city }} {{ person.name|upper }} {{ person.country|default('x') }}</p>"))

    asked = compiled(draft).asked

    assert {name: at for name, at in asked.bare.items() if name.startswith("person")} == {
        "person.city": 1,
        "person.name": 1,
    }


@pytest.mark.parametrize(
    "trick",
    [
        "{{ person.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ person['__class__'] }}",
        "{{ person.name.format() }}",
        "{{ cycler }}",
        "{{ self }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9**9**9 }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ person|attr('__class__') }}",
        "{{ person.name|default(person.__class__) }}",
        "{% for a in data.rows %}{% for b in data.rows %}x{% endfor %}{% endfor %}",
        "{% for a in range(1000000) %}x{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% set x = 1 %}",
        "{% macro x() %}{% endmacro %}",
        "{% if person.name %}",
        "{{ person.name|shorten('x') }}",
        "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    ],
)
def test_what_is_no_field_filter_or_condition_is_refused(trick: str) -> None:
    with pytest.raises(LetterWrong, match=r"Block 1 \(Text\): "):
        compiled(letter(text(f"<p>{trick}</p>")))
    with pytest.raises(ValueError):
        compiled(Draft(subject="x", kind="html", source=f"<p>{trick}</p>"))


def test_values_are_no_placeholders_and_no_objects() -> None:
    draft = letter(text("<p>{{ person.given_name|default('x') }}</p>"))

    made = seen(compiled(draft), {"person": {"given_name": "{{ 7 }}{% if %}"}, "links": LINKS})

    assert "{{ 7 }}{% if %}" in made.text


def test_loops_end_at_a_size() -> None:
    rows = data_held([{"name": "x" * 2_000}] * 200)
    body = "{{ row.name }}" * 10
    draft = Draft(
        subject="x", kind="html", source=f"<ul>{{% for row in data.rows %}}<li>{body}</li>{{% endfor %}}</ul>"
    )

    small = seen(compiled(draft), {"data": {"rows": [{"name": "one"}, {"name": "two"}]}})

    assert small.html.count("<li>") == 2
    with pytest.raises(LetterWrong, match="grows beyond"):
        seen(compiled(draft), {"data": {"rows": rows}})
    with pytest.raises(LetterWrong, match="at most 200"):
        data_held([1] * 201)


@pytest.mark.django_db
def test_blocks_are_shown_to_those_for_whom_they_are() -> None:
    tag = Tag.objects.create(name="wholesale")
    ana, bo = person("Ana", "ana@example.org"), person("Bo", "bo@example.org")
    Tagged.objects.create(tag=tag, person=ana, since=timezone.now())
    key = f"tag:{tag.pk}"
    made = compiled(letter(text("<p>Price list</p>", only=key), text("<p>Shop</p>", without=key)))

    held = conditions_held(made.conditions, [ana.pk, bo.pk])
    values = values_of([ana, bo])
    letters = [seen(made, {**values[each.pk], "links": LINKS}, held[each.pk]) for each in (ana, bo)]

    assert made.conditions == {key}
    assert [("Price list" in each.html, "Shop" in each.html) for each in letters] == [
        (True, False),
        (False, True),
    ]
    assert [("Price list" in each.text, "Shop" in each.text) for each in letters] == [
        (True, False),
        (False, True),
    ]
    with pytest.raises(LetterWrong, match="is gone"):
        conditions_held({"tag:999"}, [ana.pk])


@pytest.mark.django_db
def test_values_of_many_people_take_few_queries(django_assert_num_queries: Any) -> None:
    people = [person(f"P{n}", f"p{n}@example.org", attributes={"size": n}) for n in range(5)]

    with django_assert_num_queries(1):
        values = values_of(people)

    assert values[people[3].pk]["person"]["email"] == "p3@example.org"
    assert values[people[3].pk]["person"]["size"] == 3


def test_a_letter_is_read_in_the_language_next_to_ones_own() -> None:
    there = ["en", "es", "zh-Hans"]

    chosen = [language_chosen(tag, there) for tag in ("es-MX", "zh-CN", "zh", "zh-TW", "ru", "")]

    assert chosen == ["es", "zh-Hans", "zh-Hans", "zh-Hans", "en", "en"]


def test_days_and_numbers_are_written_as_the_letter_speaks() -> None:
    source = "<p>{{ data.on|day }} {{ data.sum|number(2) }}</p>"
    values = {"data": {"on": "2026-05-17", "sum": 1234.5}}

    made = seen(compiled(Draft(subject="x", kind="html", source=source, language="es")), values)

    assert "17 de mayo de 2026 1234,50" in made.html


def test_links_can_lead_elsewhere_by_person() -> None:
    draft = letter({"type": "button", "value": {"text": "Go", "link": "/shop?a=1&b=2"}})

    made = compiled(draft, link=lambda address, at: f"https://z.example/c/{at}?t={{{{ links.token }}}}")

    assert made.links == ("https://shop.example/shop?a=1&b=2", "{{ links.unsubscribe }}")
    assert 'href="https://z.example/c/0?t=abc"' in seen(made, {"links": {"token": "abc"}}).html


def test_no_line_of_a_mail_is_long_and_it_reads_as_it_was_written() -> None:
    draft = letter(text("<p>" + "长" * 3_000 + "</p><p>.dot</p>"), subject="Зима " * 40)
    made = compiled(draft)
    values = {"person": {}, "links": {"unsubscribe": "https://z.example/" + "x" * 3_000}}

    mail = b"".join(
        Envelope(made).wire(
            [("From", "a@example.org"), ("List-Unsubscribe", "<https://z.example/u>")], values
        )
    )

    assert max(len(line) for line in mail.split(b"\r\n")) <= 78
    assert b"\n" not in mail.replace(b"\r\n", b"")
    read = email.message_from_bytes(mail, policy=email.policy.default)
    assert read["Subject"] == ("Зима " * 40).strip()
    for part, name in ((seen(made, values).html, "html"), (seen(made, values).text, "plain")):
        body = read.get_body((name,))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n").strip() == part.strip()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), max_size=6))
def test_pieces_of_any_text_join_to_what_they_were(texts: list[str]) -> None:
    from quopri import decodestring

    joined = "".join(quoted.piece(each) for each in texts)
    assert all(len(line) <= 78 and not line.startswith((".", "From ")) for line in joined.split("\r\n"))
    assert "{" not in joined
    meant = "".join(each.replace("\r\n", "\n") for each in texts)
    assert decodestring(joined.encode("ascii")).decode().replace("\r\n", "\n") == meant


def test_a_header_cannot_begin_another() -> None:
    assert header("Subject", "Honey") == "Subject: Honey\r\n"
    with pytest.raises(HeaderWrong):
        header("Subject", "Honey\r\nBcc: all@example.org")
    with pytest.raises(HeaderWrong):
        header("Bcc: x", "Honey")


def test_what_areas_show_stands_in_blocks_by_its_key() -> None:
    class Shelf:
        """Products of a test."""

        key = "shelf"
        kind: ShownKind = "product"

        def shown(self, key: str, language: str) -> Shown | None:
            return Shown(f"Jar {key}", link="https://shop.example/7", price="€9") if key == "7" else None

        def found(self, words: str, most: int) -> list[tuple[str, str]]:
            return [("7", "Jar 7")]

    SHOWCASES.add(Shelf())
    try:
        made = seen(compiled(letter({"type": "product", "value": {"chosen": "shelf:7", "price": "€8"}})), ANA)
        with pytest.raises(LetterWrong, match="not there any more"):
            compiled(letter({"type": "product", "value": {"chosen": "shelf:8"}}))
    finally:
        SHOWCASES.remove("shelf")

    assert "Jar 7 <https://shop.example/7>\n€8" in made.text


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "video", "value": {}}, "There is no block 'video'"),
        (
            {"type": "button", "value": {"text": "x", "link": "javascript:bad()"}},
            "cannot lead to javascript:bad",
        ),
        ({"type": "text", "value": {"text": "x", "only": 'tag:1" }}{{ 7'}}, "is no condition"),
    ],
)
def test_what_cannot_be_made_is_told(block: dict[str, Any], said: str) -> None:
    with pytest.raises(LetterWrong, match=re.escape(said)):
        compiled(letter(block))
