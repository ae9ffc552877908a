"""Verdicts by behaviour alone: on a street of walkers that shares no code with the rules, and by hand."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from zoco.collector.again import classify_again
from zoco.collector.behaviour import passing
from zoco.collector.behaviour.reasons import CLUSTER, NO_ASSETS, TOO_FAST, UNATTENDED
from zoco.collector.tests.behaviour import walkers
from zoco.collector.tests.behaviour.walkers import DAY_START, MACHINES, PEOPLE, SECOND
from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkSegment
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.sites.published import PublishedSite

HOUR = 3_600 * SECOND
NOW = DAY_START + 24 * HOUR
SITE = PublishedSite(id=1, slug="shop", name="Shop", zone="UTC", currency="EUR", hostnames=("shop.example",))
Filled = Callable[[Iterable[Fact]], Store]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    store = DuckStore(tmp_path, lead=True)

    def fill(facts: Iterable[Fact]) -> Store:
        with BulkSegment(tmp_path / "spool", "test") as bulk:
            bulk.write(b"".join(schema.encoder.encode(fact) + b"\n" for fact in facts))
        store.drain()
        return store

    yield fill
    store.close()


def fact(visitor: int, second: float, name: str = "web.page.viewed", **more: object) -> Fact:
    at = DAY_START + 8 * HOUR + int(second * SECOND)
    given = {"path": f"/{second}", "language": "es", "screen": "<480", "country": "ES", **more}
    key = (visitor, int(second * 1_000), name.encode())
    return Fact(id=uuid8(*key), site=1, name=name, origin="tracker", occurred_at=at, visitor=visitor, **given)  # type: ignore[arg-type]


def readers(count: int = 20) -> list[Fact]:
    """Return people who look at three pages each, from 10,000 on."""
    return [
        fact(10_000 + number, step * (20 + number), name, quantity=9_000 * (name == "web.page.engaged"))
        for number in range(count)
        for step in range(3)
        for name in ("web.page.viewed", "web.page.engaged")
    ]


def reasons(store: Store) -> dict[int, tuple[str, str]]:
    sql = "SELECT visitor, max(verdict) AS verdict, max(reason) AS reason FROM facts GROUP BY visitor"
    return {row["visitor"]: (row["verdict"], row["reason"]) for row in store.query(sql).to_pylist()}


def test_people_and_machines_are_told_apart_by_behaviour_alone(filled: Filled) -> None:
    store = filled(walkers.street(1))

    passing.recent_pass(store, 1, NOW)

    sql = "SELECT visitor, max(title) AS label, max(reason) AS reason FROM facts GROUP BY visitor"
    found: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for row in store.query(sql).to_pylist():
        found[row["label"]][bool(row["reason"])] += 1
    share = {label: tally[True] / tally.total() for label, tally in found.items()}
    people = sum((found[label] for label in PEOPLE), Counter())
    machines = sum((found[label] for label in MACHINES), Counter())
    balanced = (people[False] / people.total() + machines[True] / machines.total()) / 2
    assert balanced >= 0.95
    assert all(share[label] >= 0.8 for label in MACHINES), share
    assert all(share[label] <= 0.02 for label in set(PEOPLE) - {"blocked"}), share
    assert share["blocked"] <= 0.1


def test_second_pass_changes_nothing_and_evidence_anew_takes_nothing_back(filled: Filled) -> None:
    store = filled([*readers(), *(fact(1, step / 4) for step in range(20))])

    changed = passing.recent_pass(store, 1, NOW)
    again = passing.recent_pass(store, 1, NOW)
    classify_again(store, site=SITE)

    assert (changed, again) == (20, 0)
    assert reasons(store)[1] == ("bot", TOO_FAST)
    assert {verdict for visitor, verdict in reasons(store).items() if visitor >= 10_000} == {("human", "")}


def test_a_verdict_is_taken_back_when_what_was_missing_comes(filled: Filled) -> None:
    store = filled([*readers(), *(fact(1, step * 10) for step in range(8))])
    passing.recent_pass(store, 1, NOW)
    before = reasons(store)[1]

    filled([fact(1, step * 10 + 5, "web.page.engaged", quantity=5_000) for step in range(8)])
    passing.recent_pass(store, 1, NOW)

    assert before == ("headless", UNATTENDED)
    assert reasons(store)[1] == ("human", "")


def test_trial_and_history_count_the_same_and_only_history_writes(filled: Filled) -> None:
    store = filled([*readers(), *(fact(1, step / 4) for step in range(20))])

    trial = passing.history_pass(store, 1, NOW, is_trial=True)
    untouched = reasons(store)[1]
    done = passing.history_pass(store, 1, NOW)

    assert (trial.changed, done.changed, done.facts) == (20, 20, 140)
    assert untouched == ("human", "")
    assert passing.history_pass(store, 1, NOW).changed == 0


def test_a_visit_that_may_go_on_is_not_judged(filled: Filled) -> None:
    store = filled([*readers(), *(fact(1, step / 4) for step in range(20))])

    assert passing.recent_pass(store, 1, DAY_START + 8 * HOUR + 60 * SECOND) == 0


def test_nothing_is_held_against_visits_where_time_is_not_measured(filled: Filled) -> None:
    slow = [fact(visitor, step * 10) for visitor in range(1, 40) for step in range(8)]
    farm = [fact(visitor, visitor * 60) for visitor in range(100, 160)]

    assert passing.recent_pass(filled([*slow, *farm]), 1, NOW) == 0


def test_one_page_visits_of_the_same_marks_are_a_cluster_only_where_they_are_many_more(
    filled: Filled,
) -> None:
    farm = [fact(visitor, visitor * 60, country="VN", browser="Chrome") for visitor in range(100, 130)]
    few = [fact(visitor, visitor * 60, country="FR", browser="Safari") for visitor in range(200, 209)]

    passing.recent_pass(filled([*readers(60), *farm, *few]), 1, NOW)

    found = reasons(filled([]))
    assert {found[visitor] for visitor in range(100, 130)} == {("bot", CLUSTER)}
    assert {found[visitor] for visitor in range(200, 209)} == {("human", "")}


def test_a_log_gives_away_who_fetches_pages_without_their_files(filled: Filled) -> None:
    people = [
        fact(visitor, step * 30 + place, name, origin_key="log")
        for visitor in range(300, 330)
        for step in range(3)
        for place, name in enumerate(("web.page.served", "web.asset.served"))
    ]
    fetcher = [fact(1, step * 10, "web.page.served") for step in range(12)]

    passing.recent_pass(filled([*people, *fetcher]), 1, NOW)

    assert {verdict for visitor, verdict in reasons(filled([])).items() if visitor >= 300} == {("human", "")}
    assert reasons(filled([]))[1] == ("bot", NO_ASSETS)
