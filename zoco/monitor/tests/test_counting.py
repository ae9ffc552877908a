"""Page views of a site that changed from its log to the tracker: each day by the origin that counted then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.tests.test_reports import answered, table, wall

CHANGED = replace(
    SITE, counting="tracker", counted=((date(1970, 1, 1), "log"), (date(2026, 3, 29), "tracker"))
)


def both(local: str, visitor: int, path: str) -> list[Any]:
    """Return the same look at a page as server and tracker saw it."""
    return [fact(local, visitor, path, name=f"web.page.{way}") for way in ("served", "viewed")]


FACTS = [
    *both("2026-03-27 12:00:00", 1, "/"),
    *both("2026-03-28 10:00:00", 1, "/"),
    fact("2026-03-28 23:59:59", 2, "/only-log"),
    fact("2026-03-28 23:59:59", 3, "/only-tracker", name="web.page.viewed"),
    *both("2026-03-29 00:00:00", 4, "/"),
    fact("2026-03-29 00:00:01", 5, "/only-log"),
    fact("2026-03-30 10:00:00", 6, "/only-tracker", name="web.page.viewed"),
]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("changed"), FACTS, [CHANGED]) as opened:
        yield opened


def test_each_day_counts_by_its_own_origin(changed: Store) -> None:
    answer = answered(changed, "traffic")

    views = {row.key["bucket"]: row.values["page_views"] for row in answer.rows}
    assert views == {wall(28): 2, wall(29): 1, wall(30): 1}
    assert answer.totals_before is not None
    assert answer.totals_before["page_views"] == 1
    assert answer.facts_used == 4


def test_pages_of_either_origin_stand_side_by_side(changed: Store) -> None:
    rows = [(path, views) for path, _, views in table(answered(changed, "pages"))]
    assert rows == [("/", 2), ("/only-log", 1), ("/only-tracker", 1)]


def test_a_period_on_one_side_of_the_change_has_one_origin(changed: Store) -> None:
    assert [row[0] for row in table(answered(changed, "pages", period="2026-03-28"))] == ["/", "/only-log"]
    assert [row[0] for row in table(answered(changed, "pages", period="2026-03-30"))] == ["/only-tracker"]


@pytest.mark.parametrize(
    ("counted", "period", "origins"),
    [
        ((), "2026-03-28..2026-03-30", ["log"]),
        (((date(2026, 3, 30), "log"),), "2026-03-28..2026-03-29", ["tracker"]),
        (((date(2026, 3, 30), "log"),), "2026-03-28..2026-03-30", ["tracker", "log"]),
        (((date(2020, 1, 1), "log"), (date(2026, 3, 29), "log")), "2026-03-28..2026-03-30", ["log"]),
        (((date(2020, 1, 1), "log"), (date(2026, 3, 28), "tracker")), "2026-03-28..2026-03-30", ["tracker"]),
    ],
)
def test_origins_of_a_period(counted: Any, period: str, origins: list[str]) -> None:
    from zoco.kit.periods import Period

    site: SiteInfo = replace(SITE, counted=counted)
    found = site.counting_in(Period.parse(period, SITE.zone))
    assert [origin for _, origin in found] == origins
    assert found[0][0] == Period.parse(period, SITE.zone).start
