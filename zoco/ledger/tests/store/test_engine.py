"""The DuckDB engine: exactly once by id, bad lines aside, changes only where they are meant."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.spool import BulkSegment
from zoco.ledger.spool.folder import BEFORE_REMOVAL
from zoco.ledger.store.base import Erasure, StoreNewer
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.tests.store.engine_facts import MINUTE, START, opened, put, rows, view


def test_facts_are_loaded_with_all_their_columns(engine: Engine) -> None:
    fact = view(
        1, at=0, amount=Decimal("12.5000"), currency="EUR", props={"a": {"b": [1, "x"]}}, user_agent="Mozilla"
    )
    put(engine, fact)

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.repeated, drained.names) == (1, 0, {"web.page.viewed"})
    [row] = rows(engine, "SELECT * FROM facts")
    assert row["amount"] == Decimal("12.5000")
    assert json.loads(str(row["props"])) == {"a": {"b": [1, "x"]}}
    assert row["landing"] == "/"
    assert all(value is not None for value in row.values())
    assert rows(engine, "SELECT user_agent FROM evidence") == [{"user_agent": "Mozilla"}]
    assert engine.spool.closed() == []


def test_the_same_facts_again_add_nothing(engine: Engine) -> None:
    facts = [view(number, at=number * MINUTE) for number in range(10)]
    put(engine, *facts)
    engine.load(engine.spool.closed())
    put(engine, *facts, *facts)

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.repeated) == (0, 20)
    assert rows(engine, "SELECT count(*) AS n FROM facts") == [{"n": 10}]


def test_what_a_tracker_sends_again_is_the_same_fact_though_its_moment_differs(engine: Engine) -> None:
    put(engine, view(1, at=0), view(2, at=MINUTE))
    engine.load(engine.spool.closed())
    put(engine, view(1, at=1_700), view(2, at=MINUTE - 1_700), view(3, at=2 * MINUTE))
    put(engine, view(1, at=24 * 60 * MINUTE))

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.repeated) == (1, 3)
    assert rows(engine, "SELECT count(*) AS n, count(DISTINCT id) AS d FROM facts") == [{"n": 3, "d": 3}]


def test_a_segment_whose_file_stayed_is_not_loaded_twice(engine: Engine) -> None:
    put(engine, view(1, at=0))
    engine.load(engine.spool.closed())
    put(engine, view(2, at=0))
    [path] = engine.spool.closed()

    def object_to_removal(segment: Path) -> None:
        raise RuntimeError(segment)

    BEFORE_REMOVAL.append(object_to_removal)
    try:
        assert engine.load([path]).added == 1
    finally:
        BEFORE_REMOVAL.remove(object_to_removal)
    assert path.exists()

    assert engine.load([path]).added == 0
    assert not path.exists()
    assert rows(engine, "SELECT count(*) AS n FROM facts") == [{"n": 2}]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id":"torn',
        b"\xff\xfe\x00",
        b'{"id":"not-a-uuid","site":1,"name":"n","origin":"log","occurred_at":1}',
        b'{"site":1,"name":"n","origin":"log","occurred_at":1}',
        b'{"id":"01890000-0000-7000-8000-000000000001","site":"x","name":"n","origin":"log","occurred_at":1}',
        b'{"id":"01890000-0000-7000-8000-000000000001","site":1,"name":"n","origin":"log","occurred_at":9e30}',
        b'{"id":"01890000-0000-7000-8000-000000000001","site":1,"name":"n","origin":"log",'
        b'"occurred_at":999999999999999999}',
        b'{"id":"01890000-0000-7000-8000-000000000001","site":1,"name":"n","origin":"log","occurred_at":1,'
        b'"amount":"1e40"}',
        b"[1,2]",
        b"null",
    ],
)
def test_bad_line_is_set_aside_and_its_neighbours_are_loaded(engine: Engine, bad: bytes) -> None:
    good = [view(1, at=0), view(2, at=MINUTE)]
    with BulkSegment(engine.spool.path, "test") as bulk:
        bulk.write(
            schema.encoder.encode(good[0]) + b"\n" + bad + b"\n" + schema.encoder.encode(good[1]) + b"\n"
        )

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.aside) == (2, 1)
    [aside] = engine.spool.aside()
    assert aside.read_bytes() == bad + b"\n"
    assert "line 2" in json.loads(aside.with_name(aside.name + ".json").read_text())["reason"]


def test_erasing_a_visitor_leaves_the_others(engine: Engine) -> None:
    put(
        engine, view(1, at=0, visitor=5, source="x", user_agent="A"), view(2, at=0, visitor=6, user_agent="B")
    )
    engine.load(engine.spool.closed())

    gone = engine.erase(Erasure(at=START + MINUTE, visitors=(5,)))

    assert gone == 1
    assert rows(engine, "SELECT visitor FROM facts") == [{"visitor": 6}]
    assert rows(engine, "SELECT user_agent FROM evidence") == [{"user_agent": "B"}]
    assert rows(engine, "SELECT count(*) AS n FROM touch") == [{"n": 0}]


def test_reclassified_source_reaches_the_whole_session(engine: Engine) -> None:
    import pyarrow as pa

    put(engine, view(1, at=0, source="old", channel="referral"), view(2, at=MINUTE))
    engine.load(engine.spool.closed())
    changes = pa.table(
        {
            "id": [uuid8(1)],
            "occurred_at": pa.array([START], pa.timestamp("us")),
            "source": ["new"],
            "channel": ["email"],
            "verdict": ["bot"],
        }
    )

    assert engine.reclassify(1, changes) == 1

    found = rows(engine, "SELECT source, channel, verdict, row_version FROM facts ORDER BY occurred_at")
    assert found == [
        {"source": "new", "channel": "email", "verdict": "bot", "row_version": 1},
        {"source": "new", "channel": "email", "verdict": "human", "row_version": 0},
    ]


def test_old_facts_go_when_their_time_is_up(engine: Engine) -> None:
    put(engine, view(1, at=0), view(2, at=MINUTE), view(3, at=0, site=2))
    engine.load(engine.spool.closed())

    assert engine.retain(1, START + MINUTE) == 1
    assert rows(engine, "SELECT site FROM facts ORDER BY site") == [{"site": 1}, {"site": 2}]


def test_evidence_goes_when_its_time_is_up_and_the_facts_stay(engine: Engine) -> None:
    put(engine, view(1, at=0, user_agent="A"), view(2, at=MINUTE, user_agent="B"))
    engine.load(engine.spool.closed())

    assert engine.retain(1, START + MINUTE, only_evidence=True) == 1
    assert rows(engine, "SELECT user_agent FROM evidence") == [{"user_agent": "B"}]
    assert rows(engine, "SELECT count(*) AS n FROM facts") == [{"n": 2}]


def test_rewritten_file_has_everything_and_opens(engine: Engine, tmp_path: Path) -> None:
    put(engine, view(1, at=0, path="/marker-of-somebody", visitor=5), view(2, at=0))
    engine.load(engine.spool.closed())
    engine.erase(Erasure(at=START + MINUTE, visitors=(5,)))
    fresh = tmp_path / "fresh.duckdb"

    engine.rewrite(fresh)

    assert b"marker-of-somebody" not in fresh.read_bytes()
    again = Engine(fresh, spool=engine.spool, memory="256MB", threads=1, temp=tmp_path / "tmp2")
    assert rows(again, "SELECT count(*) AS n FROM facts") == [{"n": 1}]
    again.close()


def test_newer_ledger_is_not_opened(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    opened(tmp_path).close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION - 1)

    with pytest.raises(StoreNewer, match=f"version {schema.VERSION + 1}"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY facts TO '/tmp/stolen.csv'",
        "SET memory_limit = '1TB'",
    ],
)
def test_engine_reaches_nothing_outside(engine: Engine, sql: str) -> None:
    with pytest.raises(Exception, match=r"(?i)disabled|locked|permission|configuration"):
        engine.reader(sql).read_all()
