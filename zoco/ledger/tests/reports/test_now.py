"""People now: counted over the last five minutes, people only, whatever they did."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.now import people_now
from zoco.ledger.asking.question import Question
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import made
from zoco.ledger.tests.reports.engines import ENGINES, both

QUESTION = Question(made.SITE, Period.parse("2026-03-28", made.ZONE))
FACTS = [
    made.fact("2026-03-28 10:00:00", 1, "/"),
    made.fact("2026-03-28 10:04:00", 2, "/", country="ES"),
    made.fact("2026-03-28 10:04:30", 2, "/sent", name="web.event.sent", country="ES"),
    made.fact("2026-03-28 10:04:40", 90, "/", verdict="bot"),
    made.fact("2026-03-28 10:04:50", 0, "/"),
    made.fact("2026-03-28 10:04:55", 4, "/", site=2),
    made.fact("2026-03-28 10:05:00", 5, "/", country="FR"),
    made.fact("2026-03-28 10:05:01", 6, "/"),
]


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with both(tmp_path_factory.mktemp("data"), FACTS) as opened:
        yield opened[request.param]


@pytest.mark.parametrize(
    ("local", "people"),
    [("10:05:00", 3), ("10:05:00.000001", 2), ("10:09:00", 3), ("10:09:30.000001", 2), ("11:00:00", 0)],
)
def test_people_of_five_minutes_both_ends_included(filled: Store, local: str, people: int) -> None:
    now = datetime.fromisoformat(f"2026-03-28 {local}").replace(tzinfo=ZoneInfo(made.ZONE))

    assert people_now(QUESTION, now=now, store=filled) == people


def test_a_filter_by_a_goal_keeps_who_reached_it_earlier_in_his_visit(filled: Store) -> None:
    goals = (Goal("Home", "page", pattern="/"),)
    question = replace(QUESTION, filters=(Filter("goal", "is", ("Home",), goals),))
    tracked = replace(question, site=replace(made.SITE, counting="tracker"))
    at = datetime(2026, 3, 28, 10, 8, tzinfo=ZoneInfo(made.ZONE))

    # visitor 2 saw the page at 10:04:00 and did something else at 10:04:30
    assert people_now(question, now=at.replace(minute=9, second=15), store=filled) == 3
    assert people_now(tracked, now=at, store=filled) == 0


def test_filters_narrow_it(filled: Store) -> None:
    now = datetime(2026, 3, 28, 10, 6, tzinfo=ZoneInfo(made.ZONE))
    from_spain = replace(QUESTION, filters=(Filter("country", "is", ("ES",)),))

    assert people_now(from_spain, now=now, store=filled) == 1
    assert people_now(QUESTION, now=now, store=filled) == 3
