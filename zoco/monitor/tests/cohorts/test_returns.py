"""Who comes back, held against everybody counted by himself, on both engines."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import Grain, Period, micros
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import both
from zoco.ledger.tests.reports.made import PAGE, ZONE
from zoco.monitor.tests.cohorts.counted import Counted, counted

pytestmark = pytest.mark.usefixtures("known_goals")
ORDER = "shop.order.placed"
SUNDAY = 6
SITE = SiteInfo(1, "shop", "Shop", ZONE, "EUR", SUNDAY, "log", is_demo=False, hostnames=("shop.example",))
GOALS = (Goal("Shelf", "page", "/a"), Goal("Order", "event", event=ORDER))
DEEDS: dict[str, Callable[[Fact], bool]] = {
    "": lambda fact: fact.name == PAGE,
    "Shelf": lambda fact: fact.name == PAGE and fact.path == "/a",
    "Order": lambda fact: fact.name == ORDER,
}
# Madrid puts its clock on in the night to 31 March 2024, and back in that to 27 October.
PERIOD = Period.parse("2024-03-20..2024-04-20", ZONE)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = 3_600_000_000


def made(seed: int, visitors: int) -> list[Fact]:
    """Make facts of half a year and more, many of them within two hours of a midnight."""
    rng = random.Random(seed)
    found = []
    for visitor in range(visitors):
        day = date(2024, 3, 1) + timedelta(days=rng.randrange(60))
        for n in range(rng.randrange(1, 7)):
            midnight = micros(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)))
            at = midnight + rng.choice([0, -1, rng.randrange(-2 * HOUR, 2 * HOUR), rng.randrange(24 * HOUR)])
            name = rng.choice([PAGE, PAGE, ORDER])
            found.append(
                Fact(
                    id=uuid8(at, visitor * 100 + n, b"made"), occurred_at=at, visitor=visitor, name=name,
                    path=rng.choice(("/a", "/b")) if name == PAGE else "", site=SITE.id, origin="log",
                    status=200,
                )
            )  # fmt: skip
            day += timedelta(days=rng.choice([0, 1, 3, 7, 20, 60, 130]))
    return found


FACTS = made(3, 250)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("made"), FACTS, [SITE]) as opened:
        yield opened


@pytest.mark.parametrize(
    ("grain", "kind", "deeds"),
    list(
        product(("day", "week", "month"), ("classic", "rolling", "bracket"), (("", ""), ("Shelf", "Order")))
    ),
)
def test_everybody_counts_in_the_steps_in_which_he_came(
    stores: dict[str, Store], grain: Grain, kind: str, deeds: tuple[str, str]
) -> None:
    first, back = deeds
    expected = counted(FACTS, PERIOD, grain, SUNDAY, DEEDS[first], DEEDS[back], kind)
    params = {"grain": grain, "kind": kind, "first": first, "back": back, "brackets": "1, 4 9;30"}
    question = Question(SITE, PERIOD, size=10_000, params=params)

    for store in stores.values():
        answer = ask(report_named("retention"), question, store=store, now=NOW)

        assert _figures(answer.rows) == expected
    assert len(expected) >= 10 if kind == "bracket" else len(expected) > 20
    assert any(came for (_cohort, step), (_people, came) in expected.items() if step > 1)


def test_statements_of_other_periods_are_those_written_for_them(stores: dict[str, Store]) -> None:
    """The second of two periods is filled into what was written for the first."""
    for period in (
        Period.parse("2024-04-01..2024-04-10", ZONE),
        Period.parse("2024-04-02..2024-04-11", ZONE),
    ):
        question = Question(SITE, period, size=10_000, params={"grain": "week"})

        found = ask(report_named("retention"), question, store=stores["duckdb"], now=NOW)

        expected = counted(FACTS, period, "week", SUNDAY, DEEDS[""], DEEDS[""], "classic")
        assert _figures(found.rows) == expected
        assert expected


def _figures(rows: Any) -> Counted:
    return {
        (row.key["cohort"].date(), row.key["step"]): (row.values["people"], row.values["came"])
        for row in rows
    }
