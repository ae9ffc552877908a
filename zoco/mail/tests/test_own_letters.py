"""HTML and MJML that people bring: cleaned, and still what they made."""

import pytest

from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft, LetterWrong, Look
from zoco.mail.letters.message import seen
from zoco.mail.letters.plain import text_made


def test_own_html_keeps_its_looks_and_nothing_that_runs_or_loads() -> None:
    source = """<html><head><style media="screen">@import url(https://x.example/f.css); p {color: red}
      @font-face {font-family: x; src: url(https://x.example/f)} @media (max-width: 480px) {p {color: blue}}
      </style><link rel="stylesheet" href="https://x.example/s.css"><script>bad()</script></head>
      <body style="margin: 0" onload="bad()"><table><tr>{% if person.city %}<td>In {{ person.city }}</td>{% endif %}
      </tr></table><p onclick="bad()">Hello</p><a href="javascript:bad()">x</a><iframe src="https://x.example">
      </iframe><form action="https://x.example"><input></form><svg onload="bad()"></svg>
      <img src="https://x.example/a.png" onerror="bad()" alt="a"></body></html>"""
    draft = Draft(subject="x", kind="html", source=source)

    made = seen(compiled(draft), {"person": {"city": "Jaén"}})
    without = seen(compiled(draft), {})

    for word in (
        "bad()",
        "@import",
        "@font-face",
        "s.css",
        "iframe",
        "<form",
        "<input",
        "<svg",
        "javascript",
    ):
        assert word not in made.html, word
    assert '<p style="color: red;">Hello</p>' in made.html
    assert "@media (max-width: 480px)" in made.html
    assert "<td>In Jaén</td>" in made.html
    assert "<td>" not in without.html


def test_own_mjml_is_made_into_html_without_its_fonts_and_scripts() -> None:
    source = """<mjml><mj-head><mj-font name="Inter" href="https://fonts.example/i.css"/></mj-head><mj-body>
      <mj-raw><script>bad()</script></mj-raw><mj-section><mj-column><mj-text>Dear {{ person.name|default("you") }}
      </mj-text></mj-column></mj-section></mj-body></mjml>"""

    made = seen(compiled(Draft(subject="x", kind="mjml", source=source)), {})

    assert "Dear you" in made.html
    assert "fonts.example" not in made.html
    assert "bad()" not in made.html
    for wrong in ("<mjml><mj-body><mj-tekst/></mj-body></mjml>", "<mjml>", "hello", ""):
        with pytest.raises(LetterWrong):
            compiled(Draft(subject="x", kind="mjml", source=wrong))
    include = "<mjml><mj-head><mj-include path='file:///etc/passwd'/></mj-head><mj-body></mj-body></mjml>"
    with pytest.raises(LetterWrong, match="cannot be read"):
        compiled(Draft(subject="x", kind="mjml", source=include))


def test_looks_hold_only_colours() -> None:
    with pytest.raises(LetterWrong, match="is no colour"):
        Look(accent="red;}</style>")


def test_text_has_one_empty_line_between_blocks_also_where_some_are_for_a_few(db: None) -> None:
    key = "tag:1"
    blocks = [
        {"type": "heading", "value": {"text": "Honey", "rank": 1, "only": key}},
        {"type": "text", "value": {"text": "<p>One</p><p>Two</p>", "without": key}},
        {"type": "text", "value": {"text": "<p>Three</p>", "only": key}},
        {"type": "text", "value": {"text": '<p>{{ person.city|default("Town") }}</p>'}},
        {"type": "footer", "value": {"company": "Honey SL", "address": "Calle Mayor 1"}},
    ]
    letter = compiled(Draft(subject="x", blocks=blocks))

    among, others = (seen(letter, {}, holds).text for holds in (frozenset({key}), frozenset[str]()))

    assert among == "Honey\n\nThree\n\nTown\n\nHoney SL\nCalle Mayor 1\n"
    assert others == "One\n\nTwo\n\nTown\n\nHoney SL\nCalle Mayor 1\n"


def test_text_of_tables_is_read_cell_by_cell() -> None:
    page = "<table><tr><td><img alt='Jar'></td><td>Honey<br>€5</td></tr></table><div style='display:none'>no</div>"

    assert text_made(page) == "[Jar]\n\nHoney\n€5\n"


def test_null_among_the_data_of_a_program_is_what_nobody_knows() -> None:
    source = """<p>[{{ data.town }}] [{{ data.town|default("home") }}] [{{ data.town|upper|default("HOME") }}]
      [{{ data.town|shorten(3) }}] [{{ data.sum|number(2) }}] [{{ data.shop.town }}]</p>"""
    looped = source + "{% for row in data.rows %}<p>({{ row }}) ({{ row|upper }})</p>{% endfor %}"
    data = {"town": None, "sum": None, "shop": None, "rows": None}

    def told(words: str, **rows: object) -> str:
        made = seen(
            compiled(Draft(subject="To {{ data.town }}!", kind="html", source=words)), {"data": data | rows}
        )
        assert made.subject == "To !"
        return " ".join(made.text.split())

    assert told(source) == "[] [home] [HOME] [] [] []"
    assert told(looped) == "[] [home] [HOME] [] [] []"
    assert told(looped, rows=[None, "a"]).endswith("() () (a) (A)")
