"""Addresses, figures and changes as pages write them; the pages themselves are driven in tests/journeys."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from zoco.kit.periods import Period, PeriodUnreadable
from zoco.ledger.asking.filters import Filter, FilterWrong
from zoco.ledger.pictures.figures import change_of, figure_text, headline_figure
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.report import Measure
from zoco.ledger.views.address import Address, settled
from zoco.ledger.views.controls import moving_label, shifted
from zoco.ledger.views.tables import range_text

COUNT = Measure("visitors", "Visitors")
SHARE = Measure("bounce", "Bounce", "percent")
SCORE = Measure("nps", "Net promoter score", "points", is_score=True)
SECONDS = Measure("duration", "Duration", "seconds")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def address(query: str) -> Address:
    return Address(QueryDict(query), "zoco_ledger")


def test_link_changes_one_thing_keeps_the_rest_and_returns_to_the_first_page() -> None:
    found = address("period=30d&f.path=/a&page=3&draw=sessions").changed(compare="none")

    assert found == "?period=30d&f.path=/a&draw=sessions&compare=none"


def test_click_on_a_row_narrows_to_its_value() -> None:
    assert address("f.path=/a&f.path=/b").filtered("path", "/b") == "?f.path=/b"


def test_chip_removes_just_its_filter() -> None:
    kept = address("f.path!=/a&f.path=/b").unfiltered(Filter("path", "is_not", ("/a",)))

    assert kept == "?f.path=/b"


def test_question_never_sees_what_belongs_to_the_page() -> None:
    assert address("draw=x&how=1&period=7d").question_query().dict() == {"period": "7d"}


def test_another_report_takes_along_what_it_understands() -> None:
    shared = address("site=main&period=7d&grain=hour&order=-visitors&f.path=/a&page=2").shared(report="pages")

    assert shared.urlencode(safe="/") == "site=main&period=7d&f.path=/a&report=pages"


def test_own_dates_of_the_form_become_a_period() -> None:
    turned = settled(QueryDict("period=30d&from=2026-11-01&to=2026-11-30&page=2"))

    assert turned is not None
    assert turned.dict() == {"period": "2026-11-01..2026-11-30"}


def test_filter_of_the_form_is_added_to_those_there_are() -> None:
    turned = settled(QueryDict("f.path=/a&column=path&operator=is_not&value=/b"))

    assert turned is not None
    assert turned.urlencode(safe="/!") == "f.path=/a&f.path!=/b"


def test_address_without_forms_stays() -> None:
    assert settled(QueryDict("period=30d&f.path=/a")) is None


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(PeriodUnreadable):
        settled(QueryDict("from=2026-11-30&to=2026-11-01"))


def test_unknown_comparison_is_refused() -> None:
    with pytest.raises(FilterWrong):
        settled(QueryDict("column=path&operator=like&value=x"))


@pytest.mark.parametrize(
    ("first", "last", "steps", "expected"),
    [
        ("2026-11-01", "2026-11-30", -1, "2026-10-01..2026-10-31"),
        ("2026-01-01", "2026-01-31", 1, "2026-02-01..2026-02-28"),
        ("2025-01-01", "2025-12-31", -1, "2024-01-01..2024-12-31"),
        ("2026-11-10", "2026-11-16", 1, "2026-11-17..2026-11-23"),
        ("2026-11-10", "2026-11-10", -1, "2026-11-09..2026-11-09"),
    ],
)
def test_whole_months_move_by_months_other_periods_by_their_length(
    first: Any, last: Any, steps: Any, expected: Any
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last), "Europe/Madrid")

    assert str(shifted(period, steps)) == expected


@pytest.mark.parametrize(
    ("now", "before", "measure", "expected"),
    [
        (81240, 76352, COUNT, ("↑\u00a06.4%", "76,352")),
        (250, 100, COUNT, ("↑\u00a0150%", "100")),
        (10_003, 10_000, COUNT, ("↑\u00a00.03%", "10,000")),
        (5, 0, COUNT, ("↑\u00a05", "0")),
        (7, 7, COUNT, ("no change", "7")),
        (0.412, 0.425, SHARE, ("↓\u00a01.3 points", "42.5%")),
        (0.34701, 0.34699, SHARE, ("no change", "34.7%")),
        (0.34651, 0.34649, SHARE, ("↑\u00a00.1 points", "34.6%")),
        (27.6, 26.6, SCORE, ("↑\u00a01.0 points", "26.6")),
        (4.2, -3.1, SCORE, ("↑\u00a07.3 points", "\u22123.1")),
        (-8.0, 0.0, SCORE, ("↓\u00a08.0 points", "0.0")),
        (134.2, 125.0, SECONDS, ("↑\u00a09\u00a0s", "2\u00a0min\u00a05\u00a0s")),
    ],
)
def test_change_is_said_in_the_unit_of_its_figure(now: Any, before: Any, measure: Any, expected: Any) -> None:
    change = change_of(now, before, measure, "EUR")

    assert change is not None
    assert (change.text, change.before) == expected


def test_figure_that_is_not_known_is_a_dash_and_has_no_change() -> None:
    assert figure_text(None, SHARE, "EUR") == "–"
    assert change_of(None, 0.4, SHARE, "EUR") is None


def test_headline_gives_figure_and_unit_apart() -> None:
    assert headline_figure(0.412, SHARE, "EUR") == ("41.2", "%")
    assert headline_figure(134, SECONDS, "EUR") == ("2:14", "min")


def test_range_of_rows_is_said_exactly() -> None:
    assert range_text(1, 50, 412) == "1–50 of 412"
    assert range_text(1, 1, 1) == "1 row"
    assert range_text(1, 7, 7) == "7 rows"


def test_codes_are_shown_as_words() -> None:
    assert value_label("channel", "channel", "organic_search") == "Organic search"
    assert value_label("country", "country", "ES") == "Spain"
    assert value_label("country", "country", "") == "(not known)"
    assert value_label("device", "text", "phone") == "Phone"
    assert value_label("source", "text", "newsletter") == "newsletter"


@pytest.mark.parametrize(
    ("language", "column", "written", "meant"),
    [
        ("en", "country", "Germany", "DE"),
        ("ru", "country", "германия", "DE"),
        ("en", "country", "de", "DE"),
        ("en", "country", "Atlantis", "Atlantis"),
        ("es", "channel", "Búsqueda orgánica", "organic_search"),
        ("en", "language", "chinese", "zh"),
        ("es", "language", "Inglés", "en"),
        ("en", "path", "/a", "/a"),
    ],
)
def test_filter_takes_the_name_that_the_page_shows(
    language: str, column: str, written: str, meant: str
) -> None:
    form = QueryDict(mutable=True)
    form.update({"column": column, "operator": "is", "value": written})

    with translation.override(language):
        turned = settled(form)

    assert turned is not None
    assert turned.getlist(f"f.{column}") == [meant]


def test_language_is_shown_by_its_name() -> None:
    assert value_label("language", "language", "es") == "Spanish"
    assert value_label("language", "language", "zh") == "Chinese"
    assert value_label("language", "language", "tlh") == "tlh"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("yesterday", "Yesterday"),
        ("7d", "Last 7 days"),
        ("1d", "Today"),
        ("1000d", "Last 1,000 days"),
        ("2026-03-01", ""),
        ("2026-03-01..2026-03-30", ""),
    ],
)
def test_periods_that_move_have_a_name(text: str, label: str) -> None:
    assert moving_label(text) == label
