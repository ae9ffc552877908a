"""Sessions in the DuckDB engine: right whatever the order and the pieces in which facts arrive."""

import random

import pytest

from zoco.ledger.schema import Fact
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.store.settle import session_number
from zoco.ledger.tests.store.engine_facts import MINUTE, put, rows, view


def sessions_by_hand(facts: list[Fact]) -> dict[str, tuple[int, str, str]]:
    """Session, source and landing of each fact, worked out without the ledger."""
    before = {fact.visitor: fact.visitor_before for fact in facts if fact.visitor_before}
    threads: dict[int, list[Fact]] = {}
    for fact in facts:
        root = fact.visitor
        while root in before:
            root = before[root]
        threads.setdefault(root, []).append(fact)
    placed = {}
    for thread in threads.values():
        thread.sort(key=lambda fact: (fact.occurred_at, fact.id))
        sessions: list[list[Fact]] = []
        for fact in thread:
            if not sessions or fact.occurred_at - sessions[-1][-1].occurred_at > 30 * MINUTE:
                sessions.append([])
            sessions[-1].append(fact)
        for session in sessions:
            pages = [fact for fact in session if fact.name == "web.page.viewed"] or session
            number = session_number(int(session[0].id.replace("-", ""), 16))
            placed.update({fact.id: (number, pages[0].source, pages[0].path) for fact in session})
    return placed


def random_visits(seed: int) -> list[Fact]:
    rnd = random.Random(seed)
    facts = []
    for key in range(400):
        visitor = rnd.randrange(1, 12)
        day = rnd.randrange(3)
        at = (day * 1440 + rnd.choice([0, 5, 20, 29, 30, 31, 700, 1410, 1439])) * MINUTE + rnd.choice(
            [0, 0, 1]
        )
        linked = at % (1440 * MINUTE) < 30 * MINUTE and day > 0
        facts.append(
            view(
                key + seed * 1000,
                at=at,
                visitor=visitor * 10 + day,
                visitor_before=visitor * 10 + day - 1 if linked else 0,
                path=f"/{rnd.randrange(5)}",
                source=rnd.choice(["", "", "google"]),
                name=rnd.choice(["web.page.viewed", "web.asset.served"]),
            )
        )
    return facts


@pytest.mark.parametrize("seed", range(6))
def test_sessions_are_the_same_in_whatever_order_and_pieces_facts_arrive(engine: Engine, seed: int) -> None:
    facts = random_visits(seed)
    shuffled = facts[:]
    random.Random(seed).shuffle(shuffled)
    for start in range(0, len(shuffled), 57):
        put(engine, *shuffled[start : start + 57])
        engine.load(engine.spool.closed())

    settled = {
        str(row["id"]): (row["session"], row["source"], row["landing"])
        for row in rows(engine, "SELECT id::VARCHAR AS id, session, source, landing FROM facts")
    }

    assert settled == sessions_by_hand(facts)


def test_session_longer_than_a_day_is_joined_by_one_late_fact(engine: Engine) -> None:
    early = [view(number, at=number * 25 * MINUTE) for number in range(100)]
    late = [
        view(200 + number, at=2500 * MINUTE + 40 * MINUTE + number * 25 * MINUTE) for number in range(100)
    ]
    put(engine, *early, *late)
    engine.load(engine.spool.closed())
    assert rows(engine, "SELECT count(DISTINCT session) AS n FROM facts") == [{"n": 2}]

    put(engine, view(999, at=2500 * MINUTE))
    engine.load(engine.spool.closed())
    put(engine, view(998, at=2500 * MINUTE + 20 * MINUTE))
    engine.load(engine.spool.closed())

    assert rows(engine, "SELECT count(DISTINCT session) AS n FROM facts") == [{"n": 1}]
