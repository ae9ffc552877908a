"""The store on ClickHouse, through its client, on the engine in process."""

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from zoco.kit.ids import uuid8
from zoco.kit.periods import moment_at
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.store.base import Drained, Store
from zoco.ledger.store.settle import session_number
from zoco.ledger.tests.store import chdb
from zoco.ledger.tests.store.clickhouse_facts import START, VIEWED, load, paths, put, put_lines, view


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def store(spool: Path) -> Iterator[Store]:
    opened = chdb.opened(spool)
    yield opened
    opened.close()


def test_facts_are_loaded_with_all_their_columns(store: Store, spool: Path) -> None:
    fact = view(
        1,
        visitor=0,
        path="/ñ",
        amount=Decimal("12.5000"),
        currency="EUR",
        quantity=2,
        person=3,
        props={"a": {"b": [1, "x"]}},
        user_agent="Mozilla",
        received_at=START + 5,
    )

    drained = load(store, spool, fact)

    assert drained == Drained(segments=1, added=1, names=VIEWED)
    [row] = store.query("SELECT * FROM facts").to_pylist()
    assert str(row["id"]) == fact.id
    assert row["occurred_at"] == moment_at(START)
    assert row["received_at"] == moment_at(START + 5)
    assert (row["path"], row["amount"], row["quantity"], row["person"]) == ("/ñ", Decimal("12.5000"), 2, 3)
    assert json.loads(row["props"]) == {"a": {"b": [1, "x"]}}
    assert (row["session"], row["channel"]) == (0, "direct")
    assert all(value is not None for value in row.values())
    assert store.query("SELECT user_agent FROM evidence").to_pylist() == [{"user_agent": "Mozilla"}]
    assert list(spool.glob("*.ndjson")) == []


def test_the_same_facts_again_add_nothing(store: Store, spool: Path) -> None:
    facts = [view(number, at=number) for number in range(10)]
    load(store, spool, *facts)

    drained = load(store, spool, *facts, *facts, view(10, at=10))

    assert (drained.added, drained.repeated) == (1, 20)
    assert store.query("SELECT count() AS n, max(row_version) AS v FROM facts").to_pylist() == [
        {"n": 11, "v": 0}
    ]


def test_what_a_tracker_sends_again_is_the_same_fact_though_its_moment_differs(
    store: Store, spool: Path
) -> None:
    first, second = view(1), view(2, at=1)
    load(store, spool, first, second)

    drained = load(
        store,
        spool,
        msgspec.structs.replace(first, occurred_at=first.occurred_at + 1_700),
        msgspec.structs.replace(second, occurred_at=second.occurred_at - 1_700_000),
        view(3, at=2),
    )

    assert (drained.added, drained.repeated) == (1, 2)
    assert store.query("SELECT count() AS n FROM facts").to_pylist() == [{"n": 3}]


def test_a_segment_loaded_before_is_only_removed(store: Store, spool: Path) -> None:
    put(spool, view(1))
    [segment] = spool.glob("*.ndjson")
    kept = segment.read_bytes()
    store.drain()
    segment.write_bytes(kept)

    drained = store.drain()

    assert drained == Drained(segments=1)
    assert not segment.exists()


def test_an_imported_line_under_another_pseudonym_is_the_same_line(store: Store, spool: Path) -> None:
    fact = Fact(id=uuid8(1), site=1, name="web.page.served", origin="log", occurred_at=START, visitor=5)
    load(store, spool, fact)

    again = Fact(id=uuid8(1), site=1, name="web.page.served", origin="log", occurred_at=START, visitor=6)
    drained = load(store, spool, again)

    assert (drained.added, drained.repeated) == (0, 1)
    assert paths(store, "visitor") == [(5,)]


def test_bad_lines_are_set_aside_and_the_others_loaded(store: Store, spool: Path) -> None:
    put_lines(spool, encoder.encode(view(1)), b'{"id": "no uuid"', encoder.encode(view(2, at=1)))

    drained = store.drain()

    assert (drained.added, drained.aside) == (2, 1)
    [aside] = (spool / "aside").glob("*.ndjson")
    assert aside.read_bytes() == b'{"id": "no uuid"\n'


def test_a_moment_that_the_engine_cannot_hold_is_set_aside(store: Store, spool: Path) -> None:
    load(store, spool, view(1))
    old = Fact(id=uuid8(9), site=1, name="web.page.viewed", origin="import", occurred_at=-(10**16))

    drained = load(store, spool, old)

    assert drained.added == 0
    assert len(list((spool / "aside").glob("*.json"))) == 1
    assert store.query("SELECT count() AS n FROM facts").to_pylist() == [{"n": 1}]


def test_thirty_minutes_hold_a_session_together_and_a_microsecond_more_parts_it(
    store: Store, spool: Path
) -> None:
    late = view(3, at=60)
    late.occurred_at += 1

    load(store, spool, view(1, path="/a"), view(2, at=30, path="/b"), late)

    first, second, third = (row[0] for row in paths(store, "session"))
    assert first == second != third
    assert first == session_number(int(view(1).id.replace("-", ""), 16))


def test_a_late_fact_joins_two_sessions_and_gives_them_its_entry(store: Store, spool: Path) -> None:
    load(store, spool, view(1, at=40, path="/a", source="x", channel="referral"), view(2, at=90, path="/b"))
    assert paths(store, "path, landing, source") == [("/a", "/a", "x"), ("/b", "/b", "")]

    load(store, spool, view(3, at=65, path="/m"), view(4, at=20, path="/first", source="y", channel="email"))

    assert paths(store, "path, landing, source, channel") == [
        ("/first", "/first", "y", "email"),
        ("/a", "/first", "y", "email"),
        ("/m", "/first", "y", "email"),
        ("/b", "/first", "y", "email"),
    ]
    assert len({row[0] for row in paths(store, "session")}) == 1


def test_a_session_longer_than_a_day_is_one(store: Store, spool: Path) -> None:
    for number in range(0, 120, 2):
        put(spool, view(number, at=number * 20))
    store.drain()

    load(store, spool, *(view(number, at=number * 20) for number in range(1, 120, 2)))

    assert len(set(paths(store, "session"))) == 1
    assert set(paths(store, "landing")) == {("/",)}


def test_the_entry_is_the_first_page_view_where_there_is_one(store: Store, spool: Path) -> None:
    load(
        store,
        spool,
        view(1, path="/pixel", name="web.asset.served", source="z", channel="referral"),
        view(2, at=1, path="/page"),
        view(3, at=200, path="/alone", name="web.asset.served"),
    )

    assert paths(store, "path, landing, source, channel") == [
        ("/pixel", "/page", "", "direct"),
        ("/page", "/page", "", "direct"),
        ("/alone", "/alone", "", "direct"),
    ]


def test_a_visit_lives_through_midnight(store: Store, spool: Path) -> None:
    load(store, spool, view(1, at=0, visitor=70, path="/a"), view(3, at=31, visitor=80, path="/c"))

    load(store, spool, view(2, at=15, visitor=80, visitor_before=70, path="/b"))

    assert paths(store) == [("/a", "/a"), ("/b", "/a"), ("/c", "/a")]
    assert len(set(paths(store, "session"))) == 1
    assert len(set(paths(store, "visitor"))) == 2


def test_two_spools_that_a_visitor_switches_between_give_one_session(spool: Path) -> None:
    url = chdb.new_url()
    one, other = chdb.opened(spool / "one", url), chdb.opened(spool / "other", url)
    facts = [view(number, at=number * 25, path=f"/{number}") for number in range(6)]
    put(spool / "one", *facts[1::2])
    put(spool / "other", *facts[0::2])

    drained = [one.drain().added, other.drain().added]

    assert drained == [3, 3]
    counted = one.query("SELECT uniqExact(session) AS s, uniqExact(visitor) AS v, count() AS n FROM facts")
    assert counted.to_pylist() == [{"s": 1, "v": 1, "n": 6}]
    assert set(paths(other, "landing")) == {("/0",)}
    one.close()
    other.close()


def test_drains_at_the_same_time_settle_in_turns(spool: Path) -> None:
    url = chdb.new_url()
    stores = [chdb.opened(spool / str(number), url) for number in range(3)]
    for number in range(30):
        put(spool / str(number % 3), view(number, at=number * 20, path=f"/{number:02d}"))

    threads = [threading.Thread(target=store.drain) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counted = stores[0].query(
        "SELECT uniqExact(session) AS s, count() AS n, uniqExact(landing) AS l FROM facts"
    )
    assert counted.to_pylist() == [{"s": 1, "n": 30, "l": 1}]
    for store in stores:
        store.close()
