"""The outbox under many processes, on SQLite and on PostgreSQL: nothing skipped, order kept."""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from zoco.ledger.schema import Fact, decoder
from zoco.ledger.tests.outbox.conftest import Start

WRITERS = 8
# SQLite lets one write at a time, so that order is no question there.
EACH = {"postgresql": 1_250, "sqlite3": 150}


@pytest.mark.timeout(300)
def test_eight_writers_lose_nothing_and_keep_each_persons_order(
    start: Start, database: dict[str, Any], tmp_path: Path
) -> None:
    spool, each = tmp_path / "spool", EACH[database["ENGINE"].rpartition(".")[2]]
    for _ in range(2):
        start("sequence", spool, 0)

    writers = [start("write", worker, each, 7) for worker in range(WRITERS)]
    assert [writer.wait(240) for writer in writers] == [0] * WRITERS
    facts = wait_for(spool, WRITERS * each)
    placed = tmp_path / "placed.json"
    assert start("dump", placed).wait(60) == 0

    assert len({fact.id for fact in facts}) == WRITERS * each
    heard: dict[int, list[int]] = defaultdict(list)
    for person, number, is_spooled in json.loads(placed.read_text()):
        assert is_spooled
        heard[person].append(number)
    assert len(heard) == WRITERS * 5
    for person, numbers in heard.items():
        assert numbers == list(range((person - 1) % 10, each, 5))


@pytest.mark.crash
@pytest.mark.timeout(300)
def test_a_sequencer_killed_before_its_mark_loses_and_doubles_nothing(start: Start, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    writers = [start("write", worker, 150, 5) for worker in range(2)]

    for _ in range(3):
        assert start("sequence", spool, 1).wait(60) == -9
    assert [writer.wait(120) for writer in writers] == [0, 0]
    start("sequence", spool, 0)
    facts = wait_for(spool, 300)

    assert len(facts) > 300, "a kill between append and mark writes a batch again"
    assert in_store(spool, tmp_path) == (300, 300)


def wait_for(spool: Path, count: int) -> list[Fact]:
    """Read the spool until it holds so many different facts."""
    end = time.monotonic() + 60
    while True:
        try:
            facts = read(spool)
        except FileNotFoundError:
            continue  # a sequencer closed, that is renamed, a segment between the listing and the reading
        if len({fact.id for fact in facts}) >= count or time.monotonic() > end:
            return facts
        time.sleep(0.2)


def read(spool: Path) -> list[Fact]:
    """Read all whole lines of all segments in the order in which those were begun."""
    segments = sorted(spool.glob("*.ndjson*"), key=lambda path: path.name.split(".")[1])
    facts: list[Fact] = []
    for segment in segments:
        lines = segment.read_bytes()
        facts += [decoder.decode(line) for line in lines[: lines.rfind(b"\n") + 1].splitlines()]
    return facts


def in_store(spool: Path, tmp_path: Path) -> tuple[int, int]:
    """Load the spool into a DuckDB file; return how many facts and how many ids are there."""
    from zoco.ledger.spool import SpoolFolder
    from zoco.ledger.store.duckdb.engine import Engine

    folder = SpoolFolder(spool)
    engine = Engine(
        tmp_path / "ledger.duckdb", spool=folder, memory="500MB", threads=1, temp=tmp_path / "temp"
    )
    try:
        end = time.monotonic() + 30
        while time.monotonic() < end and any(spool.glob("*.ndjson*")):
            folder.adopt()
            engine.load(folder.closed())
            time.sleep(0.2)
        answer: Any = engine.reader("SELECT count(*) AS n, count(DISTINCT id) AS d FROM facts").read_all()
        return answer["n"][0].as_py(), answer["d"][0].as_py()
    finally:
        engine.close()
