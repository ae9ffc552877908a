"""Choices and both ways of counting, on a handful of facts counted by hand, on both engines."""

from collections.abc import Iterator
from typing import Any

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import fact
from zoco.monitor.tests.test_reports import answered, table, wall
from zoco.monitor.tests.test_tracked import TRACKED, viewed
from zoco.stats.proportions import wilson


def chose(local: str, visitor: int, choice: str, known: int = 0) -> Any:
    return fact(local, visitor, "/", name=f"web.consent.{choice}", known=known)


FACTS = [
    # the browser 500 consents in the middle of its first visit, and comes on two more days
    viewed("2026-03-28 10:00:00", 1, "/"),
    chose("2026-03-28 10:01:00", 1, "given", 500),
    viewed("2026-03-28 10:02:00", 1, "/a", known=500),
    viewed("2026-03-29 10:00:00", 2, "/", known=500),
    viewed("2026-03-30 10:00:00", 3, "/", known=500),
    # two decline, one of them after all accepts on the next day; one does not choose
    viewed("2026-03-28 11:00:00", 4, "/"),
    chose("2026-03-28 11:01:00", 4, "withdrawn"),
    viewed("2026-03-28 12:00:00", 5, "/"),
    chose("2026-03-28 12:01:00", 5, "withdrawn"),
    viewed("2026-03-29 12:00:00", 6, "/"),
    chose("2026-03-29 12:01:00", 6, "given", 600),
    # one agrees on the last page: a known visitor on no known visitor-day
    viewed("2026-03-29 13:00:00", 8, "/"),
    chose("2026-03-29 13:01:00", 8, "given", 700),
    viewed("2026-03-30 12:00:00", 7, "/"),
    # 500 logs in on its last day, as the person who accepted with 600 and followed a link of his own
    fact("2026-03-30 10:01:00", 3, "/", name="people.visitor.joined", known=500, person=70),
    viewed("2026-03-29 12:05:00", 6, "/letter", known=600, person=80),
    fact("2026-03-30 20:00:00", 0, "", name="people.person.merged", site=0, person=80, subject="70"),
]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("consent"), FACTS, [TRACKED]) as opened:
        yield opened


@pytest.mark.parametrize("engine", ENGINES)
def test_consent_by_day_and_over_all_days(stores: dict[str, Store], engine: str) -> None:
    answer = answered(stores[engine], "consent")

    def bounds(given: int, chosen: int) -> list[Any]:
        return [pytest.approx(each, abs=1e-9) for each in wilson(float(given), float(chosen))]

    assert table(answer) == [
        # given, declined, rate, its bounds, visitor-days, known visitor-days, known visitors, people
        (wall(28), 1, 2, pytest.approx(1 / 3), *bounds(1, 3), 3, 1, 1, 1),
        (wall(29), 2, 0, 1.0, *bounds(2, 2), 3, 2, 3, 1),
        (wall(30), 0, 0, None, None, None, 2, 1, 1, 1),
    ]
    assert answer.totals == {"given": 3, "declined": 2}


@pytest.mark.parametrize("engine", ENGINES)
def test_visit_in_whose_middle_somebody_consents_is_one_visit_of_one_visitor(
    stores: dict[str, Store], engine: str
) -> None:
    traffic = table(answered(stores[engine], "traffic"))

    assert [row[:4] for row in traffic] == [(wall(28), 3, 3, 4), (wall(29), 3, 3, 4), (wall(30), 2, 2, 2)]
