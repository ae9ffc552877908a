"""Each kind of picture as PNG: drawn by the browser from its file alone, in letters of three scripts."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from django.utils.safestring import SafeString
from django.utils.translation import override
from PIL import Image
from playwright.sync_api import Browser, Page

from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.laying import Body
from zoco.ledger.pictures.alone.pages import Drawing, Everywhere, drawn
from zoco.ledger.pictures.curves import Curve, curve
from zoco.ledger.pictures.explained import Explained
from zoco.ledger.tests.pictures import drawn as whole
from zoco.mix.shown import pictures as mix
from zoco.monitor.alarms.shown.pictures import drawn as incident
from zoco.monitor.attribution.pictures import side_by_side
from zoco.trials.screens import forest

NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
WORDS = {"en": ("Aa", "Bb"), "es": ("ñá", "ú¿"), "ru": ("Жы", "Юф"), "zh-hans": ("搜索", "转化")}
TITLE, TITLE_INK = (0, 0, 400, 84), (46, 31, 94)
TEAL, INK, WHITE = (0, 125, 126), (29, 29, 31), (255, 255, 255)
SCRIPTS = Path("zoco/ledger/static/zoco/ledger")
CURVE = {
    "spend": [0.0, 5.0, 10.0], "mean": [0.0, 4.0, 6.0], "low": [0.0, 3.0, 4.0], "high": [0.0, 5.0, 9.0],
}  # fmt: skip


def bodies(name: str) -> dict[str, Body]:
    """Return a body of each kind, with a name in it."""
    write = "{:.0f}".format
    line = Curve([3.0, 9.0, 6.0], ["a", "b", "c"], name, name, [2.0, 8.0, 7.0], marks=[1])
    response = mix.response(
        CURVE, [mix.Mark(5.0, "prev"), mix.Mark(8.0, "l1 dot")], write, title=name, words=""
    )
    lines = [forest.Line(name, 0.1, 0.02, 0.2, True), forest.Line("B", -0.1, -0.3, 0.1, False)]
    seen = {"days": ["1", "2", "3"], "seen": [5, 6, 1], "expected": [5] * 3, "low": [3] * 3, "high": [8] * 3}
    rows = {
        "side by side": side_by_side([2.0, 5.0], 3.0, (1.0, 6.0), 9.0, name),
        "whisker": mix.whisker(1.0, 2.0, 4.0, 5.0, (0.0, 3.0)),
        "waterfall": mix.floating(2.0, 5.0, 0.0, 9.0),
        "pair": mix.pair(3.0, 5.0, 6.0),
    }
    found = {key: stood.lines([stood.Line(name, svg, "1 (0–2)")]) for key, svg in rows.items()}
    return found | {
        "curve": stood.one(curve(line, write)),
        "responses": stood.several([(name, response), (name, response), (name, response)]),
        "forest": stood.one(forest.alone(lines, name, name)),
        "incident": stood.one(SafeString(incident(seen, name, name))),
        "heat": stood.heat([name, "1", "2"], [(name, [("3", "h6"), ("4", "h1")])]),
    }


def png_of(page: Page, svg: str) -> Image.Image:
    """Return what the product's own link makes of a file."""
    address = "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
    page.set_content(f'<!doctype html><a data-z-png="x.png" href="{address}">PNG</a>')
    for name in ("dom.js", "png.js"):
        page.add_script_tag(path=SCRIPTS / name)
    with page.expect_download() as waited:
        page.get_by_role("link").click()
    return Image.open(waited.value.path()).convert("RGB")


def file_of(key: str, title: str, body: Callable[[], Body]) -> str:
    """Return the file of a picture."""
    opens = Explained(title, [("x", "y")], title, [("x", "y")], title)
    return drawn(Drawing(key, title, "", body, opens), site=Everywhere("Zoco", "all", "UTC"), now=NOW)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


def test_every_kind_of_picture_is_drawn_from_its_file_alone(page: Page) -> None:
    name = WORDS["zh-hans"][0]

    with override("zh-hans"):
        for key, body in bodies(name).items():
            text = file_of(key, name, partial(_same, body))
            root, image = whole(text), png_of(page, text)
            colours = {colour for _many, colour in image.getcolors(1 << 24) or []}

            assert image.width == 2 * int(root.attrib["width"]) == 1_920, key
            assert image.height == pytest.approx(2 * float(root.attrib["height"]), abs=2), key
            assert len(colours) > 20, key
            assert WHITE in colours, key
            assert {TEAL, INK} & colours, key


@pytest.mark.parametrize("language", list(WORDS))
def test_letters_of_every_language_are_drawn(page: Page, language: str) -> None:
    # A font that lacks letters draws the same box for each: such words would look alike.
    one, other = (png_of(page, file_of("x", words, _blank)).crop(TITLE) for words in WORDS[language])

    assert one.tobytes() != other.tobytes()
    assert TITLE_INK in {colour for _many, colour in one.getcolors(1 << 24) or []}


def _same(body: Body) -> Body:
    return body


def _blank() -> Body:
    return Body(SafeString(""), 10.0)
