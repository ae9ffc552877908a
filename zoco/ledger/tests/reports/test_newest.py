"""The mark of a site: it changes when facts of it are received, and only then."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zoco.kit.periods import micros
from zoco.ledger.store.base import Store
from zoco.ledger.store.counting import newest_received
from zoco.ledger.tests.reports import made
from zoco.ledger.tests.reports.engines import ENGINES, both


def at(local: str) -> int:
    return micros(datetime.fromisoformat(f"2026-03-28 {local}").replace(tzinfo=ZoneInfo(made.ZONE)))


FACTS = [
    made.fact("2026-03-28 08:00:00", 1, "/", received_at=at("08:00:00")),
    made.fact("2026-03-28 09:30:00", 1, "/", received_at=at("09:30:00")),
    made.fact("2026-03-27 09:30:00", 2, "/late", received_at=at("10:04:00.000007")),
    made.fact("2026-03-20 09:30:00", 3, "/import", received_at=at("10:05:00")),
    made.fact("2026-03-28 09:50:00", 4, "/", site=2, received_at=at("09:50:00")),
    made.fact("2026-03-28 10:06:00", 0, "", name="collector.facts.taken", received_at=at("10:06:00")),
    made.fact("2026-03-28 07:00:00", 5, "/", site=3, received_at=at("07:00:00")),
]


@pytest.fixture(params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with both(tmp_path, FACTS) as opened:
        yield opened[request.param]


def test_mark_is_the_newest_and_how_many_of_this_hour_and_the_last(filled: Store) -> None:
    marks = newest_received(filled, now=at("10:10:00"))

    assert marks == {1: f"{at('10:04:00.000007')}-2", 2: f"{at('09:50:00')}-1"}
