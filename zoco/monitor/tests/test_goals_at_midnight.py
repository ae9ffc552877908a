"""Goals by session, also by one whose pseudonym changed within it; goals chosen, for strangers too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking import goals as book
from zoco.ledger.asking.filters import Filter, of_goals_chosen
from zoco.ledger.asking.goals import Goal
from zoco.ledger.schema import Fact
from zoco.ledger.scope import Facts
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.engines import ENGINES, cluster
from zoco.ledger.tests.reports.made import PERIOD, ledger
from zoco.monitor.tests.goals_made import GOALS, engaged
from zoco.monitor.tests.test_reports import answered
from zoco.monitor.tests.test_tracked import TRACKED, viewed

NIGHT = [
    viewed("2026-03-28 23:58:00", 5, "/", channel="direct"),
    engaged("2026-03-28 23:59:00", 5, "/", 20, channel="direct"),
    viewed("2026-03-29 00:01:00", 6, "/a", visitor_before=5, channel="direct"),
    viewed("2026-03-29 00:02:00", 6, "/b", channel="direct"),
    engaged("2026-03-29 00:03:00", 6, "/b", 15, channel="direct"),
]


@contextmanager
def opened_with(engine: str, folder: Path, facts: list[Fact]) -> Iterator[Store]:
    if engine == "duckdb":
        with ledger(folder, facts, [TRACKED]) as here:
            yield here
        return
    with ledger(folder, [], [TRACKED]), cluster(folder / "cluster", facts) as there:
        yield there


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_session_of_two_visitors_reaches_a_goal_as_one(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pseudonym changes at midnight: the session goes on, half of its time is another visitor's.
    monkeypatch.setattr(book, "_providers", [lambda site: GOALS])
    with opened_with(engine, tmp_path, NIGHT) as store:
        by_goal = answered(store, "goals")
        asked = {"f.goal": "Half a minute"}
        traffic, channels = answered(store, "traffic", **asked), answered(store, "channels", **asked)

    found = {row.key["goal"]: row.values for row in by_goal.rows}
    assert [found["Half a minute"][name] for name in ("visitors", "conversions")] == [1, 1]
    assert [found["Three pages"][name] for name in ("visitors", "conversions")] == [1, 1]
    assert traffic.overall["conversions"] == channels.totals["conversions"] == 1


def test_for_strangers_a_goal_chosen_still_narrows() -> None:
    chosen = Filter("goal", "is", ("Thanks",), (Goal("Thanks", "page", pattern="/thanks"),))
    facts = Facts(TRACKED, Period.parse(PERIOD, "UTC"), (chosen,))

    own = of_goals_chosen(facts)
    shared = of_goals_chosen(replace(facts, is_shared=True))

    assert (own.filters, own.goals) == ((), chosen.goals)
    assert (shared.filters, shared.goals) == ((chosen,), chosen.goals)
