"""DuckDB and ClickHouse give the same sessions and the same answers, row for row.

Over every report that is registered, so a new one is held to it by being there: each in two time zones, of
people on a site that counts by tracker, and of everybody on one that counts by log. Two million facts are
asked everything in all zones by benchmarks/engines_agree.py.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from tests.contracts import many_facts
from tests.contracts.agreement import (
    CONVERSIONS,
    COSTS,
    FUNNELS,
    GOALS,
    both_answers,
    differences,
    questions,
    zones_of,
)
from tests.contracts.many_facts import CHANGES, local, sessions_by_hand, with_deeds, write_spool
from zoco.campaigns.reports import spent
from zoco.kit.periods import Period
from zoco.ledger.asking import goals
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named, reports_all
from zoco.ledger.schema import ENTRY, Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store import chdb
from zoco.monitor.reports.conversions import defined
from zoco.monitor.reports.funnels import drawn

pytestmark = pytest.mark.timeout(600)
FACTS, VISITORS = 70_000, 9_000


@dataclass(frozen=True)
class Both:
    """The same facts in both engines."""

    facts: list[Fact]
    duckdb: Store
    clickhouse: Store


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("agree")
    facts = [with_deeds(each) for each in many_facts.facts_many(FACTS, VISITORS)]
    duckdb, clickhouse = DuckStore(folder / "duckdb", lead=True), chdb.opened(folder / "clickhouse")
    write_spool(folder / "duckdb" / "spool", facts)
    write_spool(folder / "clickhouse", facts)
    for store in (duckdb, clickhouse):
        store.drain()
        assert store.query("SELECT count(*) AS n FROM facts").to_pylist() == [{"n": FACTS}]
    yield Both(facts, duckdb, clickhouse)
    duckdb.close()
    clickhouse.close()


def sessions(store: Store) -> dict[str, tuple[object, ...]]:
    text = "VARCHAR" if store.dialect == "duckdb" else "String"
    table = store.query(
        f"SELECT CAST(id AS {text}) AS fact, session, {', '.join(ENTRY)} FROM facts WHERE visitor <> 0"
    )
    return {row[0]: row[1:] for row in zip(*(column.to_pylist() for column in table.columns), strict=True)}


def test_sessions_are_those_worked_out_by_hand(both: Both) -> None:
    by_hand = sessions_by_hand(both.facts)

    assert len({session for session, *_ in by_hand.values()}) > 20_000
    assert sessions(both.duckdb) == by_hand
    assert sessions(both.clickhouse) == by_hand


def test_disorder_pieces_repeats_and_two_spools_change_nothing(tmp_path: Path) -> None:
    facts = list(many_facts.facts_many(4_000, 300, seed=2))
    by_hand = sessions_by_hand(facts)
    rng = random.Random(3)
    url = chdb.new_url()
    one, other = chdb.opened(tmp_path / "one", url), chdb.opened(tmp_path / "other", url)
    duckdb = DuckStore(tmp_path / "duckdb", lead=True)
    disordered = rng.sample(facts, len(facts))

    for number, spool in enumerate(("one", "other", "one", "other")):
        piece = disordered[number::4] + rng.sample(facts, 50)
        write_spool(tmp_path / spool, piece, a_segment=300)
        write_spool(tmp_path / "duckdb" / "spool", piece, a_segment=300)
        duckdb.drain()
        (one if spool == "one" else other).drain()

    assert sessions(one) == by_hand
    assert sessions(duckdb) == by_hand
    for store in (one, other, duckdb):
        store.close()


@pytest.mark.parametrize("zone", CHANGES)
def test_every_report_gives_the_same_answer(both: Both, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "_providers", [lambda site: GOALS])
    monkeypatch.setattr(drawn, "_providers", FUNNELS)
    monkeypatch.setattr(spent, "_providers", COSTS)
    monkeypatch.setattr(defined, "_providers", CONVERSIONS)
    rows: Counter[str] = Counter()

    asked = [report for number, report in enumerate(reports_all()) if zone in zones_of(number)]
    for report in asked:
        is_first = zone == zones_of(reports_all().index(report))[0]
        for question in islice(questions(report, zone), None if is_first else 1):
            answers = both_answers(report, question, both.duckdb, both.clickhouse)
            found = differences(answers)
            assert not found, f"{report.key} {question.period} in {zone}: {found}"
            rows[report.key] += answers[0].total_rows

    assert len(rows) == len(asked) > 5
    assert min(rows.values()) > 0, rows


@pytest.mark.parametrize("zone", CHANGES)
def test_hours_of_a_day_on_which_the_clock_changes_are_those_counted_by_hand(both: Both, zone: str) -> None:
    for day in CHANGES[zone]:
        by_hand = hours_by_hand(both.facts, zone, day)
        assert sum(by_hand.values()) > 100

        for store in (both.duckdb, both.clickhouse):
            assert hours_asked(store, zone, day) == by_hand


def hours_by_hand(facts: list[Fact], zone: str, day: date) -> Counter[datetime]:
    hours: Counter[datetime] = Counter()
    for fact in facts:
        if fact.site == 1 and fact.name == "web.page.viewed" and fact.verdict == "human":
            wall = local(fact.occurred_at, zone)
            if wall.date() == day:
                hours[wall.replace(minute=0, second=0, microsecond=0)] += 1
    return hours


def hours_asked(store: Store, zone: str, day: date) -> dict[datetime, int]:
    site = SiteInfo(1, "one", "One", zone, "EUR", 0, "tracker", is_demo=False)
    question = Question(site, Period(day, day, zone), compare="none", params={"grain": "hour"})
    answer = ask(report_named("traffic"), question, store=store)
    counted = {row.key["bucket"]: row.values["page_views"] for row in answer.rows}
    assert all(isinstance(bucket, datetime) for bucket in counted)
    assert timedelta(0) < max(counted) - min(counted) < timedelta(days=1)  # type: ignore[operator]
    return {bucket: number for bucket, number in counted.items() if number}  # type: ignore[misc]
