"""Settling more facts than one group of rows holds, by several threads of the engine."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from zoco.ledger.spool import BulkTable, SpoolFolder
from zoco.ledger.spool.columns import numbers, repeated, texts, uuids8
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.store.settle import GAP_MICROS
from zoco.ledger.tests.store.engine_facts import START

COUNT = 300_000


def test_sessions_of_many_facts_by_many_threads_are_those_counted_by_hand(tmp_path: Path) -> None:
    rnd = np.random.default_rng(3)
    digests = rnd.bytes(16 * COUNT)
    visitor = rnd.integers(1, 3_000, COUNT)
    at = START + rnd.integers(0, 10 * 86_400, COUNT) * 1_000_000
    page = rnd.integers(0, 50, COUNT).astype(np.int32)
    ids = uuids8(digests)
    written = pa.table(
        {
            "id": ids,
            "site": numbers(np.full(COUNT, 1, dtype=np.int32)),
            "name": repeated("web.page.served", COUNT),
            "origin": repeated("log", COUNT),
            "occurred_at": numbers(at),
            "visitor": numbers(visitor),
            "path": texts([f"/{number}" for number in range(50)], page),
        }
    )
    halves = np.frombuffer(ids.storage.buffers()[1], dtype=">u8").reshape(-1, 2)
    session, landing = by_hand(visitor, at, page, halves)
    engine = Engine(
        tmp_path / "ledger.duckdb",
        spool=SpoolFolder(tmp_path / "spool"),
        memory="500MB",
        threads=4,
        temp=tmp_path / "tmp",
    )
    with BulkTable(tmp_path / "spool", "test") as bulk:
        bulk.write(written)

    assert engine.load(engine.spool.closed()).added == COUNT

    found = engine.reader("SELECT session, landing FROM facts ORDER BY id").read_all()
    engine.close()
    by_id = np.lexsort((halves[:, 1], halves[:, 0]))
    assert found["session"].to_pylist() == session[by_id].tolist()
    assert found["landing"].to_pylist() == [f"/{number}" for number in landing[by_id].tolist()]


def by_hand(
    visitor: np.ndarray, at: np.ndarray, page: np.ndarray, halves: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return session and landing of each fact."""
    order = np.lexsort((halves[:, 1], halves[:, 0], at, visitor))
    is_start = np.diff(at[order], prepend=0) > GAP_MICROS
    is_start |= np.diff(visitor[order], prepend=0) != 0
    first = order[np.flatnonzero(is_start)][np.cumsum(is_start) - 1]
    session, landing = np.empty(COUNT, dtype=np.int64), np.empty(COUNT, dtype=np.int32)
    session[order] = (halves[first, 1] & ((1 << 63) - 1)).astype(np.int64)
    landing[order] = page[first]
    return session, landing
