"""Tables among the segments: loaded like lines, whole or not at all, without the erased."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoco.ledger import schema
from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox import SUBSCRIBERS, Subscriber
from zoco.ledger.outbox.copy import copy_from_segment
from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkSegment, BulkTable, SpoolFolder, table
from zoco.ledger.spool.segment import seal_of
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.backup import copy_spool
from zoco.ledger.store.duckdb.engine import Engine
from zoco.ledger.store.erasures import Erasures
from zoco.ledger.tests.store.engine_facts import MINUTE, START, opened, put, rows, view
from zoco.ledger.tests.store.leading import fact
from zoco.ledger.tests.store.tables import OPTIONAL, put_table, table_of
from zoco.ledger.tests.store.test_erase import AT, ERASED, MARKER, files_with, marked


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(tmp_path)
    yield made
    made.close()


def full(key: int) -> dict[str, Any]:
    return {"amount": Decimal("-12.5000"), "props": {"a": [key]}, "user_agent": "UA", "source": "letter"}


def test_a_table_is_loaded_like_lines(engine: Engine, tmp_path: Path) -> None:
    facts = [view(key, at=key * MINUTE, title=f"{key}", **full(key)) for key in range(20)]
    other = opened(tmp_path / "other")
    put(other, *facts)
    put_table(engine.spool.path, *facts)

    drained = engine.load(engine.spool.closed())

    assert drained == other.load(other.spool.closed())
    assert (drained.added, drained.aside) == (20, 0)
    for name in ("facts", "evidence", "touch"):
        question = f"SELECT * FROM {name} ORDER BY id"
        assert rows(engine, question) == rows(other, question)
    other.close()
    assert engine.spool.closed() == []


def test_kinds_and_columns_may_be_mixed(engine: Engine) -> None:
    put(engine, view(1, at=0, city="Soria"))
    put_table(engine.spool.path, view(2, at=MINUTE, city="Soria"))
    put_table(engine.spool.path, view(3, at=2 * MINUTE, city="lost"), without=OPTIONAL)
    put(engine, view(4, at=3 * MINUTE), view(2, at=MINUTE))

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.repeated) == (4, 1)
    found = rows(engine, "SELECT city, verdict, props, person FROM facts ORDER BY occurred_at")
    assert [row["city"] for row in found] == ["Soria", "Soria", "", ""]
    assert {(row["verdict"], row["props"], row["person"]) for row in found} == {("human", "{}", 0)}
    assert rows(engine, "SELECT count(DISTINCT session) AS n FROM facts") == [{"n": 1}]


def test_facts_are_read_back_as_they_were(tmp_path: Path) -> None:
    facts = [view(key, at=key, **full(key)) for key in range(3)]

    assert list(table.facts(put_table(tmp_path, *facts))) == facts


def test_a_table_appears_only_when_complete(tmp_path: Path) -> None:
    folder = SpoolFolder(tmp_path)
    with BulkTable(tmp_path, "me") as bulk:
        bulk.write(table_of(view(1, at=0)))
        bulk.write(table_of(view(2, at=0)))
        assert folder.closed() == []
        [left] = folder.unfinished()
    [path] = folder.closed()
    assert (folder.unfinished(), table.row_count(path)) == ([], 2)
    assert path.name.startswith("me.")
    assert path.name.endswith(f".v{schema.VERSION}.k{seal_of(path):08x}.parquet")

    with pytest.raises(ValueError, match="nothing is no column"), BulkTable(tmp_path, "me") as bulk:
        bulk.write(table_of(view(3, at=0)).append_column("nothing", pa.array([1])))
    with pytest.raises(ValueError, match="id is missing"), BulkTable(tmp_path, "me") as bulk:
        bulk.write(table_of(view(3, at=0)).drop_columns("id"))
    with BulkTable(tmp_path, "me"):
        pass
    left.write_bytes(b"PAR1 left by a killed import")
    folder.adopt()

    assert list(tmp_path.iterdir()) == [path]


def test_a_changed_byte_sets_the_table_aside(engine: Engine) -> None:
    path = put_table(engine.spool.path, view(1, at=0))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.aside) == (0, 1)
    assert [aside.name for aside in engine.spool.aside()] == [path.name]


def strange(path: Path, given: pa.Table) -> None:
    """Put any Parquet file into a spool under a right checksum."""
    pq.write_table(given, path)
    path.rename(path.with_name(f"x.1.v1.k{crc32(path.read_bytes()):08x}.parquet"))


@pytest.mark.parametrize(
    "given",
    [
        pa.table({"id": [1]}),
        table_of(view(1, at=0)),
        table.whole(table_of(view(1, at=0))).drop_columns("site"),
        table.whole(table_of(view(1, at=1 << 61))),
    ],
    ids=["other columns", "nullable", "a column missing", "a moment out of bounds"],
)
def test_a_table_of_something_else_goes_aside(engine: Engine, given: pa.Table) -> None:
    strange(engine.spool.path / "x", given)
    put(engine, view(2, at=0))

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.aside) == (1, 1)
    assert len(engine.spool.aside()) == 1
    assert engine.spool.closed() == []


@pytest.mark.parametrize("column", ["title", "path", "user_agent"])
def test_a_value_that_the_engine_cannot_read_sets_its_table_aside(engine: Engine, column: str) -> None:
    put_table(engine.spool.path, view(1, at=0), view(2, at=MINUTE))
    bad = table_of(view(3, at=2 * MINUTE), view(4, at=3 * MINUTE))
    place = bad.schema.get_field_index(column)
    with BulkTable(engine.spool.path, "test") as bulk:
        bulk.write(bad.set_column(place, column, pa.array([b"ok", b"\xff"]).view(pa.string())))
    put_table(engine.spool.path, view(5, at=4 * MINUTE))

    drained = engine.load(engine.spool.closed())

    assert (drained.added, drained.aside, drained.repeated) == (3, 2, 0)
    assert len(engine.spool.aside()) == 1
    assert rows(engine, "SELECT count(*) AS n, count(DISTINCT session) AS s FROM facts") == [{"n": 3, "s": 1}]
    assert rows(engine, "SELECT count(*) AS n FROM segments") == [{"n": 2}]
    assert engine.spool.closed() == []


def test_a_table_without_a_checksum_goes_aside(engine: Engine) -> None:
    path = put_table(engine.spool.path, view(1, at=0))
    path.rename(path.with_name("x.1.v1.parquet"))

    assert engine.load(engine.spool.closed()).aside == 1


def test_lines_of_the_erased_go_out_of_a_table(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    erasures.add(Erasure(at=AT, visitors=(ERASED,)))
    spool = SpoolFolder(tmp_path / "spool")
    mixed = put_table(spool.path, marked(1), fact(2), marked(2_000_000), fact(4, visitor_before=ERASED))
    alone = put_table(spool.path, marked(5))
    torn = put_table(spool.path, marked(6))
    torn.write_bytes(torn.read_bytes()[:-50])

    assert erasures.strip_folder(spool) == 4

    [path] = spool.closed()
    assert (mixed.exists(), alone.exists(), torn.exists()) == (False, False, False)
    assert [left.id for left in table.facts(path)] == [fact(2).id, fact(2_000_000).id]
    engine = opened(tmp_path / "again")
    path.rename(engine.spool.path / path.name)
    assert engine.load(engine.spool.closed()).added == 2
    engine.close()


def test_no_byte_of_the_erased_is_left_in_a_table(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    erasures.add(Erasure(at=AT, visitors=(ERASED,)))
    spool = SpoolFolder(tmp_path / "spool")
    put_table(spool.path, *(fact(number) for number in range(400)), marked(900))
    assert files_with(tmp_path, MARKER) != []

    assert erasures.strip_folder(spool) == 1

    assert files_with(tmp_path, MARKER) == []
    assert table.row_count(spool.closed()[0]) == 400


def test_a_backup_holds_the_whole_table(tmp_path: Path) -> None:
    path = put_table(tmp_path / "spool", view(1, at=0))

    [copy] = copy_spool(SpoolFolder(tmp_path / "spool"), tmp_path / "copy")

    assert copy.read_bytes() == path.read_bytes()


@pytest.mark.django_db
def test_what_a_table_holds_is_no_news(tmp_path: Path) -> None:
    told = Subscriber("test.told", ("web.page.viewed",), lambda fact: None)
    SUBSCRIBERS.add(told)
    try:
        copy_from_segment(put_table(tmp_path, view(1, at=START)))
        copy_from_segment(lines_of(tmp_path, view(2, at=START)))
    finally:
        SUBSCRIBERS.remove(told.key)

    assert [str(row.fact_id) for row in OutboxRow.objects.all()] == [view(2, at=START).id]


def lines_of(folder: Path, fact: Fact) -> Path:
    with BulkSegment(folder / "lines", "test") as segment:
        segment.write(encoder.encode(fact) + b"\n")
    [path] = SpoolFolder(folder / "lines").closed()
    return path
