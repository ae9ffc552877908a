"""Figures open: each report says of each figure its definition, formula, source, data used, uncertainty."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.functional import Promise

from tests.contracts.tree import ZOCO, files, name, python_files
from zoco.ledger.pictures.explained import FULL, Explained, Unexplained, of_report
from zoco.ledger.report import Report, reports_all

WITH_BOUNDS = ("low", "high")
SHOWN = re.compile(
    r'class="z-fig["\s]|class="z-(?:curve|heat|stages)"|\{\{ (\w+\.)?(\w+_)?(picture|plot|moved|svg) \}\}'
)


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    found = reports_all()
    # A report that its parameters turn has other figures.
    return [*found, *(each.turned(each.defaults()) for each in found)]


def test_each_figure_of_each_report_has_a_formula_in_words(reports: list[Report]) -> None:
    lacks = [
        f"{report.key}: {measure.name}"
        for report in reports
        for measure in report.measures
        if not isinstance(measure.formula, Promise) or not str(measure.formula)
    ]

    assert lacks == []


def test_each_report_has_the_five_parts(reports: list[Report]) -> None:
    for report in reports:
        found = of_report(report, [("Period", "March")])

        assert len(found.formula) == len(report.measures)
        assert all(map(str, (found.definition, found.source, found.uncertainty))), report.key


def test_figures_with_bounds_say_what_the_bounds_are_and_where_they_come_from(reports: list[Report]) -> None:
    bounded = [
        report for report in reports if any(each.name.endswith(WITH_BOUNDS) for each in report.measures)
    ]
    others = [report for report in reports if report not in bounded]

    assert {report.key for report in bounded} >= {"goals", "funnel", "retention", "vitals", "beacons"}
    assert [report.key for report in bounded if not report.uncertainty or not report.method] == []
    assert {of_report(report, [("Period", "March")]).uncertainty for report in others} == {FULL}


@pytest.mark.parametrize("part", ["definition", "formula", "source", "data", "uncertainty"])
def test_figures_of_a_page_without_one_of_the_parts_cannot_be(part: str) -> None:
    whole = {
        "definition": "Sums.", "formula": [("Sum", "a + b")], "source": "Counted.",
        "data": [("Period", "March")], "uncertainty": "None.",
    }  # fmt: skip
    empty = [] if part in ("formula", "data") else ""

    Explained(**whole)  # type: ignore[arg-type]
    with pytest.raises(Unexplained, match=part):
        Explained(**whole | {part: empty})  # type: ignore[arg-type]


FORMULA, WORD = re.compile("[=÷×Σ∏∫√∝∼~|]|P\\(|E\\["), re.compile("[A-Za-z]{3,}")
OF_ALL_LANGUAGES = {"max", "min", "cos", "cov", "var", "Poisson", "Exp", "BIC"}


def formulas_as_they_are(source: str) -> list[str]:
    """Return the formulas of a file that nobody translates."""
    tree = ast.parse(source)
    translated = {
        part
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("_", "gettext", "pgettext", "pgettext_lazy")
        for part in ast.walk(call)
    }
    texts = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and each not in translated]
    return [each.value for each in texts if isinstance(each.value, str) and FORMULA.search(each.value)]


def test_formulas_that_are_not_translated_have_no_words() -> None:
    makers = {path: text for path in python_files() if " Explained(" in (text := path.read_text())}

    found = {
        name(path): each
        for path, text in makers.items()
        if "tests" not in path.parts
        for each in formulas_as_they_are(text)
        if set(WORD.findall(each)) - OF_ALL_LANGUAGES
    }

    assert len(makers) > 10
    assert formulas_as_they_are('[(_("a = of all"), "P(alive)")]') == ["P(alive)"]
    assert found == {}


# Templates with pictures whose figures open elsewhere, with where they do.
OPENED_ELSEWHERE = {
    "zoco/ledger/templates/zoco/ledger/chart.html": "the drawer of the report, or of the dashboard",
    "zoco/ledger/templates/zoco/ledger/stages.html": "the drawer of the report",
    "zoco/ledger/templates/zoco/ledger/grid.html": "the drawer of the report",
    "zoco/ledger/templates/zoco/ledger/flow.html": "the drawer of the report",
    "zoco/ledger/templates/zoco/ledger/balance.html": "the drawer of the report",
    "zoco/project/templates/zoco/project/second_step/set_up.html": "a code to scan, no figure",
    "zoco/surveys/templates/zoco/surveys/survey.html": "each question has the five parts by itself",
}


def test_whatever_page_shows_a_picture_opens_its_figures() -> None:
    with_pictures = {
        name(path): text
        for path in files()
        if path.suffix == ".html" and path.is_relative_to(ZOCO) and SHOWN.search(text := path.read_text())
    }

    shut = {each for each, text in with_pictures.items() if "zoco/ledger/explained.html" not in text}

    assert len(with_pictures) > 10
    assert shut == set(OPENED_ELSEWHERE)


def test_lists_of_figures_without_a_picture_open_too() -> None:
    lists = ("alarms/incidents.html", "alarms/incident.html", "live.html")
    texts = [(ZOCO / "monitor/templates/zoco/monitor" / each).read_text() for each in lists]

    assert ["zoco/ledger/explained.html" in each for each in texts] == [True] * 3


def test_pictures_are_only_made_into_files_with_what_they_open_to() -> None:
    """Nobody writes an SVG file past the sheet, which says where it comes from."""
    makers = {name(path) for path in python_files() if "alone.files import sheet" in path.read_text()}

    assert makers - {name(Path(__file__))} == {
        "zoco/ledger/pictures/alone/pages.py",  # takes Explained alone
        "zoco/surveys/screens/drawing.py",  # takes the method of a question
    }
