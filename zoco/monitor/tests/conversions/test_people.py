"""People who convert are told apart by their visits, in the report as in what attribution stands on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, both
from zoco.ledger.tests.reports.made import SITE, fact
from zoco.monitor.attribution import counting
from zoco.monitor.reports.conversions import defined
from zoco.monitor.tests.conversions.walked import BY_BROWSER, BY_PERSON, JOINED

DAYS = "2026-03-10..2026-03-11"
FACTS: list[Fact] = [
    # contacts us, then consents, within one visit; and comes back on the next day
    fact("2026-03-10 10:00:00", 1, "/contact"),
    fact("2026-03-10 10:05:00", 1, "/about", known=101),
    fact("2026-03-11 10:00:00", 2, "/contact", known=101),
    # began before the period and tells then alone whose visit it is, which another browser of his joins
    fact("2026-03-09 23:50:00", 3, "/", known=102),
    fact("2026-03-10 00:10:00", 3, "/contact"),
    fact("2026-03-10 12:00:00", 4, "/contact", known=103),
    fact("2026-03-01 10:00:00", 0, "/", known=102, person=7, name=JOINED, status=0),
    fact("2026-03-01 10:01:00", 0, "/", known=103, person=7, name=JOINED, status=0),
    # never consents
    fact("2026-03-10 15:00:00", 5, "/contact"),
]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with both(tmp_path_factory.mktemp("people"), FACTS) as opened:
        yield opened


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("definition", "people", "by_day"), [(BY_PERSON, 3, (3, 1)), (BY_BROWSER, 4, (4, 1))]
)
def test_whoever_consents_later_in_a_visit_is_one_with_who_comes_back(
    stores: dict[str, Store], engine: str, definition: defined.Definition, people: int,
    by_day: tuple[int, int], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(defined, "_providers", [lambda _site: definition])
    report, now = report_named("conversions"), datetime(2026, 4, 10, tzinfo=UTC)
    asked = Question.from_address({"period": DAYS, "grain": "day"}, report=report, now=now)

    answer = ask(report, asked, store=stores[engine], now=now)
    period = Period.parse(DAYS, SITE.zone)
    credited = counting.paths_of(SITE, period, definition, "channel", stores[engine])

    assert answer.totals["conversions"] == 5
    assert (answer.overall or {})["people"] == people
    assert tuple(row.values["people"] for row in answer.rows) == by_day
    assert counting.stands_on(credited)["converted"] == people
