"""The report on retention, and its grid, on facts counted by hand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import QuestionWrong
from zoco.ledger.pictures.formats import NBSP
from zoco.ledger.pictures.grids import Cell, grid
from zoco.ledger.report import ParameterWrong, report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.tests.test_reports import answered, table, wall
from zoco.stats.proportions import wilson

pytestmark = pytest.mark.usefixtures("known_goals")
ORDER = "shop.order.placed"
GOALS = (
    Goal("Shelf", "page", "/a"),
    Goal("Order", "event", event=ORDER),
    Goal("Long", "engagement", seconds=60),
)
# A week that ends when Madrid puts its clock on, asked for by a period that does not reach that night.
PERIOD = "2026-03-23..2026-03-28"
FACTS = [
    # visitor 1 comes at the first moment of the week, in its last second, and before the next one is over
    fact("2026-03-23 00:00:00", 1, "/"),
    fact("2026-03-29 23:59:59", 1, "/"),
    fact("2026-04-05 23:30:00", 1, "/a"),
    # visitor 2 comes back ten minutes into the second week after; in winter time that would be the first
    fact("2026-03-24 10:00:00", 2, "/", device="phone"),
    fact("2026-04-06 00:10:00", 2, "/"),
    # visitor 3 stays away; a known browser has two pseudonyms, and is one
    fact("2026-03-28 12:00:00", 3, "/a", device="phone"),
    fact("2026-03-28 12:30:00", 3, "", name=ORDER),
    fact("2026-03-25 09:00:00", 11, "/", known=500),
    fact("2026-04-02 09:00:00", 12, "/", known=500),
    # visitor 4 was here before the period, visitor 6 comes after it
    fact("2026-03-02 10:00:00", 4, "/"),
    fact("2026-03-24 10:00:00", 4, "/"),
    fact("2026-03-30 10:00:00", 6, "/"),
    # visitor 5 comes back in a week that is not over: the newest fact lies in its middle
    fact("2026-03-27 10:00:00", 5, "/"),
    fact("2026-04-14 10:00:00", 5, "/"),
    fact("2026-04-15 12:00:00", 6, "/"),
    # a bot, and nobody known
    fact("2026-03-24 10:00:00", 90, "/", verdict="bot"),
    fact("2026-03-24 10:00:00", 0, "/"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("retention"), FACTS) as opened:
        yield opened


def asked(store: Store, **address: str) -> Answer:
    return answered(store, "retention", period=PERIOD, **address)


def bounds(came: int, people: int) -> tuple[Any, ...]:
    return (came / people, *map(pytest.approx, wilson(float(came), float(people))))


def test_each_week_since_with_its_bounds_and_none_for_the_one_that_runs(store: Store) -> None:
    assert table(asked(store)) == [
        # cohort, step, people, came back, share, from, to
        (wall(23), 0, 5, 5, 1.0, None, None),
        (wall(23), 1, 5, 2, *bounds(2, 5)),
        (wall(23), 2, 5, 1, *bounds(1, 5)),
        (wall(23), 3, 5, None, None, None, None),
    ]


def test_rolling_counts_whoever_came_in_a_step_or_later(store: Store) -> None:
    assert [row[3] for row in table(asked(store, kind="rolling"))] == [5, 4, 2, None]


def test_brackets_count_whoever_came_in_any_of_their_steps(store: Store) -> None:
    assert table(asked(store, kind="bracket", brackets="2 9")) == [
        # cohort, step, people, to step, came back, share, from, to
        (wall(23), 0, 5, 0, 5, 1.0, None, None),
        (wall(23), 1, 5, 2, 3, *bounds(3, 5)),
        (wall(23), 3, 5, 9, None, None, None, None),
    ]
    drawn = grid(asked(store, kind="bracket", brackets="2 9"))
    assert drawn is not None
    assert drawn.heads[2:] == ["0", "1–2", "3–9"]


@pytest.mark.parametrize("brackets", ["", "0 3", "3 3", "7 3", "one", "1 2.5", "-1", "105", "1" * 40, "٣"])
def test_brackets_that_are_none_are_refused(store: Store, brackets: str) -> None:
    with pytest.raises((ParameterWrong, QuestionWrong), match="ascending order"):
        asked(store, kind="bracket", brackets=brackets or " ")


def test_days_and_months(store: Store) -> None:
    days = table(asked(store, grain="day", size="200"))
    months = table(asked(store, grain="month"))

    assert [row[:4] for row in days if row[0] == wall(23)] == [
        (wall(23), step, 1, int(step in (0, 6))) for step in range(13)
    ]
    assert {row[0]: row[2] for row in days} == {wall(day): 1 for day in (23, 24, 25, 27, 28)}
    assert [row[:5] for row in months] == [(wall(1), 0, 5, 5, 1.0), (wall(1), 1, 5, None, None)]


def test_a_goal_makes_the_cohort_and_another_is_coming_back(store: Store) -> None:
    found = table(answered(store, "retention", period="2026-03-23..2026-04-05", first="Shelf", back="Order"))

    assert found == [
        (wall(23), 0, 1, 1, *bounds(1, 1)),
        (wall(23), 1, 1, 0, *bounds(0, 1)),
        (wall(23), 2, 1, 0, *bounds(0, 1)),
        (wall(23), 3, 1, None, None, None, None),
        (wall(30), 0, 1, 0, *bounds(0, 1)),
        (wall(30), 1, 1, 0, *bounds(0, 1)),
        (wall(30), 2, 1, None, None, None, None),
    ]


def test_a_filter_is_about_the_first_fact(store: Store) -> None:
    found = table(asked(store, **{"f.device": "phone"}))

    assert [row[1:4] for row in found] == [(0, 2, 2), (1, 2, 0), (2, 2, 1), (3, 2, None)]


def test_nothing_is_compared_for_no_cohort_is_there_twice(store: Store) -> None:
    answer = asked(store, compare="before")

    assert answer.period_before is None
    assert all(row.before is None for row in answer.rows)


def test_nobody_new_is_no_row(store: Store) -> None:
    assert table(answered(store, "retention", period="2026-01-01..2026-01-05")) == []


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ({"first": "Nothing"}, "no goal “Nothing”"),
        ({"back": "Long"}, "“Long” is about whole visits"),
        ({"grain": "hour"}, "choose one of: day, week, month"),
        ({"kind": "other"}, "choose one of: classic, rolling"),
    ],
)
def test_what_cannot_be_asked_is_said(store: Store, address: dict[str, str], wrong: str) -> None:
    with pytest.raises((ParameterWrong, QuestionWrong), match=wrong):
        asked(store, **address)


def test_goals_about_whole_visits_are_not_offered(store: Store) -> None:
    offered = report_named("retention").offered(SITE)

    assert [name for name, _label in offered["back"]] == ["", "Shelf", "Order"]


def test_the_grid_says_each_share_and_what_is_not_over(store: Store) -> None:
    drawn = grid(asked(store, order="-step"))

    assert drawn is not None
    assert drawn.heads == ["Cohort", "People", "0", "1", "2", "3"]
    assert [(row.name, row.size) for row in drawn.rows] == [(f"week from 23{NBSP}Mar{NBSP}2026", "5")]
    assert drawn.rows[0].cells == [
        Cell("100.0%", "h6", "5 of 5"),
        Cell("40.0%", "h6", "2 of 5; 95% interval from 11.8% to 76.9%"),
        Cell("20.0%", "h3", "1 of 5; 95% interval from 3.6% to 62.4%"),
        Cell("not yet", "open", ""),
    ]
    page = render_to_string("zoco/ledger/grid.html", {"grid": drawn})
    assert f'<th scope="row" class="name">week from 23{NBSP}Mar{NBSP}2026</th>' in page
    assert '<td class="open">not yet</td>' in page
    assert "style=" not in page


def test_a_grid_of_part_of_the_rows_says_so_and_other_reports_have_none(store: Store) -> None:
    part = grid(asked(store, size="2"))

    assert part is not None
    assert "Only the newest cohorts are drawn" in part.note
    assert grid(answered(store, "pages", period=PERIOD)) is None


def test_the_grid_speaks_the_readers_language(store: Store) -> None:
    with translation.override("ru"):
        drawn = grid(asked(store))

    assert drawn is not None
    assert drawn.heads[:2] == ["Когорта", "Люди"]
    assert drawn.rows[0].cells[-1].text == "ещё нет"


def test_the_cohort_of_a_row_is_the_local_start_of_its_week(store: Store) -> None:
    starts = {row.key["cohort"] for row in asked(store).rows}

    assert starts == {datetime(2026, 3, 23)}  # noqa: DTZ001 - wall-clock time has no zone
