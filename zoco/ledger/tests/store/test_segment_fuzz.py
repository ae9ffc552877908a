"""Segments that the disk changed: no crash, no wrong fact, every refused line counted."""

import random
from pathlib import Path

import pytest

from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.spool import BulkSegment, SpoolFolder
from zoco.ledger.spool.salvage import LineRefused, check_line
from zoco.ledger.store.duckdb.engine import Engine
from zoco.testing.mutation import mutated

LINES = 10_000


@pytest.fixture
def folder(tmp_path: Path) -> SpoolFolder:
    return SpoolFolder(tmp_path / "spool")


@pytest.fixture
def engine(tmp_path: Path, folder: SpoolFolder) -> Engine:
    return Engine(tmp_path / "ledger.duckdb", spool=folder, memory="256MB", threads=1, temp=tmp_path / "tmp")


def line(number: int) -> bytes:
    return schema.encoder.encode(
        schema.Fact(
            id=uuid8(number),
            site=1,
            name="web.page.viewed",
            origin="tracker",
            occurred_at=1_700_000_000_000_000 + number,
            visitor=number % 97 + 1,
            path=f"/seite/ü/{number}",
            props={"n": number, "deep": {"list": [1, "two", None]}},
        )
    )


def test_each_changed_line_is_loaded_as_it_reads_or_counted(engine: Engine, folder: SpoolFolder) -> None:
    rnd = random.Random(7)
    lines = [mutated(line(number), rnd) if number % 2 else line(number) for number in range(LINES)]
    lines = [part for changed in lines for part in changed.split(b"\n") if part.strip()]
    (folder.path / "stranger.ndjson").write_bytes(b"\n".join(lines) + b"\n")
    good: dict[str, list[schema.Fact]] = {}
    refused = 0
    for each in lines:
        try:
            fact = check_line(each)
            good.setdefault(fact.id.lower(), []).append(fact)
        except LineRefused:
            refused += 1

    drained = engine.load(folder.closed())

    read = len([fact for facts in good.values() for fact in facts])
    assert (drained.added + drained.repeated, drained.aside) == (read, refused)
    assert refused > LINES // 10
    rows = engine.reader("SELECT id::VARCHAR AS id, epoch_us(occurred_at) AS at, visitor, path FROM facts")
    for row in rows.read_all().to_pylist():
        known = [(fact.occurred_at, fact.visitor, fact.path) for fact in good[row["id"]]]
        assert (row["at"], row["visitor"], row["path"]) in known


def test_one_flipped_bit_sets_a_closed_segment_aside(engine: Engine, folder: SpoolFolder) -> None:
    with BulkSegment(folder.path, "test") as bulk:
        bulk.write(b"".join(line(number) + b"\n" for number in range(100)))
    [path] = folder.closed()
    content = bytearray(path.read_bytes())
    content[content.index(b'"visitor":') + 10] ^= 1
    path.write_bytes(content)

    drained = engine.load(folder.closed())

    assert (drained.added, drained.aside) == (0, 100)
    assert [aside.name for aside in folder.aside()] == [path.name]
    assert folder.closed() == []
