"""Facts of a site as Parquet and back: every column of the ledger but the site, evidence beside its fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from zoco.kit.periods import micros
from zoco.ledger import expr, schema
from zoco.ledger.spool import table as tables
from zoco.moving.files.pages import PagesWrong, group_bytes

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

ROWS_MOST = 200_000
"""Rows of one group in a file; more are refused, however small they are packed."""
TEXTS_MOST = 1 << 29
"""Bytes of all texts of one group, unfolded."""
PAGES_MOST = TEXTS_MOST + (1 << 27)
"""Bytes of one group as its pages hold it, numbers too."""
EARLIEST, LATEST = micros(datetime(1990, 1, 1, tzinfo=UTC)), micros(datetime(2200, 1, 1, tzinfo=UTC))
Month = tuple[int, int]


class FactsWrong(ValueError):
    """A file does not hold facts as they must be; the message says what is wrong."""


@cache
def arrow() -> pa.Schema:
    """Return the columns of a file of an archive; a UUID is text, a moment microseconds."""
    import pyarrow as pa

    types = tables.arrow_types()
    columns = [column for column in schema.columns() if column.name != "site"]
    text = {"uuid": pa.string()}
    return pa.schema([pa.field(c.name, text.get(c.kind, types[c.name]), False) for c in columns])


def months_of(store: Store, site: int) -> list[Month]:
    """Return the months (UTC) from a site's first fact to its last."""
    found = store.query(
        "SELECT count(*) AS facts, min(occurred_at) AS first, max(occurred_at) AS last FROM facts"  # noqa: S608
        f" WHERE site = {int(site)}"
    ).to_pylist()[0]
    if not found["facts"]:
        return []
    at, last = (found["first"].year, found["first"].month), (found["last"].year, found["last"].month)
    months = []
    while at <= last:
        months.append(at)
        at = (at[0] + at[1] // 12, at[1] % 12 + 1)
    return months


def month_write(store: Store, site: int, month: Month, path: Path, *, tell: Any) -> int:
    """Write a month's facts into a file; returns how many. A month without any leaves no file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, writer = 0, None
    day = date(*month, 1)
    try:
        while (day.year, day.month) == month:
            for batch in _day(store, site, day):
                tell()
                if writer is None:
                    writer = pq.ParquetWriter(path, arrow(), compression="zstd")
                writer.write_table(pa.Table.from_batches([batch]), row_group_size=ROWS_MOST)
                rows += batch.num_rows
            day += timedelta(days=1)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _day(store: Store, site: int, day: date) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    evidence = _evidence(store, site, day)
    names = [column.name for column in schema.columns("evidence")]
    for batch in store.stream(_sql(store, "facts", site, day)):
        keys = batch.column("id").to_pylist()
        columns = []
        for field in arrow():
            if field.name in names:
                at = names.index(field.name)
                column = pa.array([evidence[key][at] if key in evidence else "" for key in keys], pa.string())
            else:
                column = batch.column(field.name).cast(field.type)
            columns.append(column)
        yield pa.RecordBatch.from_arrays(columns, schema=arrow())


def _evidence(store: Store, site: int, day: date) -> dict[str, tuple[str, ...]]:
    names = [column.name for column in schema.columns("evidence")]
    found = store.query(_sql(store, "evidence", site, day)).to_pylist()
    return {row["id"]: tuple(row[name] for name in names) for row in found}


def _sql(store: Store, part: schema.Part, site: int, day: date) -> str:
    from zoco.ledger.asking.statements.engines import table

    start = micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
    rows = table(part)
    end = expr.moment(start + 86_400_000_000)
    rows = rows.filter(rows.site == site, rows.occurred_at >= expr.moment(start), rows.occurred_at < end)
    kinds = {column.name: column.kind for column in schema.columns()}
    asked: dict[str, Any] = {
        name: rows[name].cast("string") for name in rows.columns if kinds[name] in ("uuid", "json")
    }
    asked |= {name: expr.micros(rows[name]) for name in rows.columns if kinds[name] == "moment"}
    return expr.to_sql(rows.order_by("occurred_at", "id").mutate(**asked), store.dialect)


def file_check(path: Path, rows: int) -> None:
    """Look at every value of a file. Raises FactsWrong."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _schema_check(file.schema_arrow)
            groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
            if sum(group.num_rows for group in groups) != rows:
                raise FactsWrong(f"it should hold {rows} facts and does not")
            if any(group.num_rows > ROWS_MOST or group_bytes(path, group) > PAGES_MOST for group in groups):
                raise FactsWrong("its groups of rows are too large")
        _texts_check(path)
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=20_000):
                _values_check(batch)
    except (OSError, pa.ArrowException, PagesWrong) as error:
        raise FactsWrong(f"it cannot be read: {error}") from error


def _texts_check(path: Path) -> None:
    """Measure texts while a dictionary still holds each once: a file says nothing of what they unfold to."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    names = [field.name for field in arrow() if pa.types.is_string(field.type)]
    with pq.ParquetFile(path, read_dictionary=names) as file:
        for number in range(file.num_row_groups):
            size = 0
            for name in set(names) & set(file.schema_arrow.names):
                for part in file.read_row_group(number, columns=[name]).column(name).chunks:
                    lengths = pc.binary_length(part.dictionary)
                    size += pc.sum(pc.take(lengths, part.indices)).as_py() or 0
            if size > TEXTS_MOST:
                raise FactsWrong("its texts are larger than they look")


def _schema_check(found: pa.Schema) -> None:
    for field in found:
        wanted = arrow().field(field.name) if field.name in arrow().names else None
        if wanted is None:
            raise FactsWrong(f"{field.name} is no column of facts")
        if wanted.type != field.type or field.nullable:
            raise FactsWrong(f"the column {field.name} is {field.type} and must be {wanted.type}")
    if missing := [name for name in tables.REQUIRED if name not in (*found.names, "site")]:
        raise FactsWrong(f"the column {missing[0]} is missing")


def _values_check(batch: pa.RecordBatch) -> None:
    import pyarrow.compute as pc

    there = set(batch.schema.names)
    for name, known in (("origin", schema.ORIGINS), ("verdict", schema.VERDICTS)):
        if name in there and (wrong := set(pc.unique(batch.column(name)).to_pylist()) - set(known)):
            raise FactsWrong(f"{sorted(map(str, wrong))[0]!r} is no {name}")
    for column in schema.columns():
        if column.name not in there or not batch.num_rows:
            continue
        is_count = column.kind in ("int", "small") and column.name != "quantity"
        if is_count and pc.min(batch.column(column.name)).as_py() < 0:
            raise FactsWrong(f"{column.name} is below 0")
    span = pc.min_max(batch.column("occurred_at")).as_py()
    if batch.num_rows and not EARLIEST <= span["min"] <= span["max"] < LATEST:
        raise FactsWrong("a fact happened at no time that can be")
    try:
        for key in batch.column("id").to_pylist():
            UUID(key)
        for text in pc.unique(batch.column("props")).to_pylist() if "props" in there else ():
            msgspec.json.decode(text, type=dict)
    except (ValueError, msgspec.DecodeError) as error:
        raise FactsWrong(f"a value cannot be read: {error}") from error


def batches(path: Path, site: int) -> Iterator[pa.Table]:
    """Return the facts of a file that was checked, as segments of the spool hold them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            found = file.read_row_group(number)
            raw = b"".join(UUID(key).bytes for key in found.column("id").to_pylist())
            plain = pa.Array.from_buffers(pa.binary(16), found.num_rows, [None, pa.py_buffer(raw)])
            at = found.schema.get_field_index("id")
            found = found.set_column(at, "id", pa.ExtensionArray.from_storage(pa.uuid(), plain))
            yield found.append_column("site", pa.array([site] * found.num_rows, pa.int32()))
