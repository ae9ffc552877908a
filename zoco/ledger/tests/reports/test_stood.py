"""Pictures of pages as files: what each kind draws, where, and what of its looks goes along."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import override

import zoco
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.laying import INNER, SIDE, WIDTH, Body
from zoco.ledger.pictures.alone.pages import Drawing, answered, drawn
from zoco.ledger.pictures.curves import Curve, curve
from zoco.ledger.pictures.explained import Explained
from zoco.ledger.tests.pictures import SVG
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts

NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
SQUARE = SafeString(
    '<svg class="c z-side" width="240" height="120" viewBox="0 0 240 120"><path class="l1" d="M0 0H9"/></svg>'
)
OPENS = Explained(
    "Sums.", [("Sum", "a + b")], "Counted by hand", [("Period", "March")], "None: all was counted."
)
ODD = 'a"b<script>alert(1)</script>&\x07'


@dataclass(frozen=True)
class Place:
    name: str = "Honey"
    slug: str = "honey"
    zone: str = "Europe/Madrid"
    is_demo: bool = True


def test_a_picture_keeps_its_proportions_and_loses_the_size_of_its_page() -> None:
    body = stood.one(SQUARE)

    assert body.height == INNER / 2
    assert body.drawn.startswith(
        f'<svg x="{SIDE:.1f}" y="0.0" width="{INNER:.1f}" height="{INNER / 2:.1f}" class="c z-side" viewBox='
    )
    assert 'width="240"' not in body.drawn


FORBIDDEN = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]


@pytest.mark.parametrize("letter", FORBIDDEN)
def test_no_picture_breaks_of_letters_that_xml_forbids(letter: str) -> None:
    name = f"Ra{letter}in & <sun>"
    picture = format_html('<svg viewBox="0 0 9 9"><title>{}</title><text>{}</text></svg>', name, name)
    drawing = Drawing("rain", name, name, partial(stood.several, [(name, picture)]), OPENS)

    root = whole(drawn(drawing, site=Place(name=name), now=NOW))

    assert [each.text for each in root.iter(f"{SVG}title")][1] == "Rain & <sun>"
    assert "Rain & <sun>" in texts(root)


def test_every_picture_is_cleaned_in_the_one_place_that_makes_files() -> None:
    made = [path for path in Path(zoco.__file__).parent.rglob("*.py") if "tests" not in path.parts]

    declaring = [
        path.name for path in made if '<?xml version="1.0" encoding="UTF-8"?>\\n{' in path.read_text()
    ]
    line = curve(Curve([1.0, 2.0], ["a\x01", "b"], "t\x02", "w\x03"), str)
    drawing = Drawing("line", "Line", "March", partial(stood.one, line), OPENS)

    assert declaring == ["files.py"]
    assert whole(drawn(drawing, site=Place(), now=NOW))


def test_several_stand_side_by_side_with_their_titles() -> None:
    body = stood.several([("One", SQUARE), ("Two", SQUARE), ("Three", SQUARE)])

    width = (INNER - stood.GAP) / 2
    row = 26 + width / 2 + 16
    assert body.height == pytest.approx(2 * row)
    assert f'x="{SIDE + width + stood.GAP:.1f}"' in body.drawn
    assert body.drawn.index("One") < body.drawn.index("Two") < body.drawn.index("Three")


def test_lines_have_a_label_a_picture_and_a_figure_and_nobody_writes_markup() -> None:
    rows = [stood.Line(ODD, SQUARE, "1 (0 to 2)"), stood.Line("Nothing", "", "too little data")]

    body = stood.lines(rows, heads=("Channel", "0 to 9", "90%"))

    assert "<script" not in body.drawn
    assert body.drawn.count("<svg") == 1
    assert body.drawn.index("1 (0 to 2)") < body.drawn.index("too little data")
    assert body.height == 22 + 2 * stood.ROW


def test_a_grid_has_light_letters_on_dark_grounds() -> None:
    body = stood.heat(
        ["Name", "A", "B"], [("x", [("1", "h1"), ("9", "h6")]), ("y", [("0", ""), ("2", "h2")])]
    )

    assert 'class="mid ink">1<' in body.drawn
    assert 'class="mid pale">9<' in body.drawn
    assert body.drawn.count("<rect") == 4


def test_what_is_no_picture_of_ours_is_refused() -> None:
    with pytest.raises(stood.NoPicture):
        stood.one('<img src="https://elsewhere.example/">')
    with pytest.raises(stood.NoPicture):
        stood.lines([stood.Line("x", "<svg></svg>", "1")])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Uncertainty: None"), ("es", "Incertidumbre: None"), ("ru", "Неопределённость: None"),
     ("zh-hans", "不确定性：None")],
)  # fmt: skip
def test_the_file_says_what_it_is_of_and_how_sure_that_is(language: str, words: str) -> None:
    drawing = Drawing("sums", "Sums", "March", partial(stood.one, SQUARE), OPENS)

    with override(language):
        root = whole(drawn(drawing, site=Place(), now=NOW))

    said = texts(root)
    assert said[:1] == ["Sums"]
    assert said[1].startswith("Honey · March · ")  # and that these are demo data
    assert any("Counted by hand" in each for each in said)
    assert any(each.startswith(words) for each in said)
    assert (root.get("width"), len(list(root.iter(f"{SVG}svg")))) == (f"{WIDTH:.0f}", 2)


def test_a_page_answers_with_the_picture_that_is_asked_for_and_with_no_other() -> None:
    asked: list[str] = []

    def body() -> Body:
        asked.append("drawn")
        return stood.one(SQUARE)

    give = partial(
        answered, template="zoco/ledger/explained.html", values={"explained": OPENS},
        drawings=[Drawing("sums", "Sums", "", body, OPENS)], site=Place(), stem="page-7", now=NOW,
    )  # fmt: skip
    get = RequestFactory().get

    page = give(get("/page/?of=revenue")).content.decode()
    assert asked == []  # a page costs nobody a file
    answer = give(get("/page/?of=revenue&picture=sums"))
    with pytest.raises(Http404):
        give(get("/page/?picture=../../etc"))

    assert "<dd>a + b</dd>" in page
    assert answer["Content-Disposition"] == 'attachment; filename="demo-data_honey_page-7_sums.svg"'
    assert asked == ["drawn"]


def test_links_to_files_keep_what_the_page_was_asked_for() -> None:
    from zoco.ledger.pictures.alone.pages import offered

    drawings = [Drawing("sums", "Sums", "", partial(stood.one, SQUARE), OPENS)]
    found = offered(RequestFactory().get("/page/?of=revenue"), drawings, Place(is_demo=False), "page-7")

    assert found["sums"].url == "?of=revenue&picture=sums"
    assert found["sums"].png_name == "honey_page-7_sums.png"
    assert format_html("{}", found["sums"].url) == "?of=revenue&amp;picture=sums"
