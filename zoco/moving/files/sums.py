"""Imported days of other programs as Parquet and back, under the keys of their imports here.

The rows of an import lie together in the file, so that never more than one import is unfolded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zoco.kit.runs import Tell
from zoco.ledger.store.imported import SCHEMA
from zoco.moving.files.facts import ROWS_MOST, FactsWrong
from zoco.moving.files.pages import PagesWrong, group_bytes

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

GROUP_ROWS, GROUP_BYTES, FILE_ROWS = 1 << 20, 3 << 27, 20_000_000
IMPORT_ROWS, IMPORT_TEXTS, IMPORTS = 2_000_000, 1 << 28, 10_000
"""Rows of one import, bytes of their texts unfolded, imports; the program that makes them keeps within."""
LABEL_BYTES, KEY_BYTES = 2_000, 100
FIRST, LAST = date(1990, 1, 1), date(2200, 1, 1)
KEY, TEXTS = "origin_key", ["origin_key", "dimension", "label", "measure"]


def sums_write(store: Store, site: int, path: Path) -> int:
    """Write the imported days of a site with the key of their import; returns how many rows."""
    import pyarrow.parquet as pq

    names = ", ".join([KEY, *SCHEMA.names])
    found = store.query(
        f"SELECT {names} FROM imported_daily WHERE site = {int(site)}"  # noqa: S608 - names and a number
        f" ORDER BY {names}"
    )
    pq.write_table(found.cast(_schema()), path, compression="zstd", row_group_size=ROWS_MOST)
    return int(found.num_rows)


def sums_check(path: Path, rows: int) -> None:
    """Look at every value, texts measured while a dictionary holds each once. Raises FactsWrong."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        _frame_check(path, rows)
        known: dict[str, tuple[int, int]] = {}
        last = None
        for table in _groups(path):
            if any(column.null_count for column in table.columns):
                raise FactsWrong(_("a value is missing"))
            span = pc.min_max(table.column("day")).as_py()
            if table.num_rows and not FIRST <= span["min"] <= span["max"] < LAST:
                raise FactsWrong(_("a day is none that can be"))
            for key, count, size in _measured(table):
                before = known.get(key, (0, 0))
                if before[0] and key != last:
                    raise FactsWrong(_("the rows of an import do not lie together"))
                known[key], last = (before[0] + count, before[1] + size), key
                if known[key][0] > IMPORT_ROWS or known[key][1] > IMPORT_TEXTS or len(known) > IMPORTS:
                    raise FactsWrong(_("an import in it is larger than any can be"))
    except (OSError, pa.ArrowException, PagesWrong) as error:
        raise FactsWrong(_("it cannot be read: %(why)s") % {"why": error}) from error


def sums_take(store: Store, site: int, path: Path, here: dict[str, str], tell: Tell) -> None:
    """Put imported days in, `here` says under which key each import is known; others stay out."""
    import pyarrow.compute as pc

    key = ""
    parts: list[pa.Table] = []
    for table in _groups(path):
        for found in pc.unique(table.column(KEY)).to_pylist():
            if found not in here:
                continue
            if found != key:
                _put(store, site, here.get(key, ""), parts)
                key, parts = found, []
            tell()
            parts.append(table.filter(pc.equal(table.column(KEY), found)).drop_columns([KEY]))
    _put(store, site, here.get(key, ""), parts)


def _put(store: Store, site: int, key: str, parts: list[pa.Table]) -> None:
    import pyarrow as pa

    if parts:
        store.put_imported(site, key, pa.concat_tables(parts).cast(SCHEMA))


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(KEY, pa.string()), *SCHEMA])


def _frame_check(path: Path, rows: int) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(at) for at in range(file.num_row_groups)]
        if not sum(group.num_rows for group in groups) == file.metadata.num_rows == rows <= FILE_ROWS:
            raise FactsWrong(
                _("it should hold %(rows)s rows, %(most)s at most") % {"rows": rows, "most": FILE_ROWS}
            )
        if any(group.num_rows > GROUP_ROWS or group_bytes(path, group) > GROUP_BYTES for group in groups):
            raise FactsWrong(_("its groups of rows are too large"))
        if not file.schema_arrow.equals(_schema()):
            raise FactsWrong(_("its columns are not those of imported days"))


def _groups(path: Path) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, read_dictionary=TEXTS) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number)


def _measured(table: pa.Table) -> list[tuple[str, int, int]]:
    """Return key, rows and bytes of texts of each import in a group, in their order. Raises FactsWrong."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sizes = pa.chunked_array([pa.array([0] * table.num_rows, pa.int64())])
    for name in TEXTS:
        lengths = _lengths(table.column(name))
        if (pc.max(lengths).as_py() or 0) > (KEY_BYTES if name == KEY else LABEL_BYTES):
            raise FactsWrong(_("a text in it is too long"))
        sizes = pc.add(sizes, lengths)
    keys = table.column(KEY).cast(pa.string())
    found = pa.table({"key": keys, "size": sizes}).group_by("key", use_threads=False)
    rows = found.aggregate([("size", "count"), ("size", "sum")])
    turns = pc.sum(pc.not_equal(keys[1:], keys[:-1])).as_py() or 0
    if table.num_rows and turns + 1 != rows.num_rows:
        raise FactsWrong(_("the rows of an import do not lie together"))
    return [(row["key"], row["size_count"], row["size_sum"]) for row in rows.to_pylist()]


def _lengths(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return how many bytes each text of a column takes that a dictionary holds once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = [pc.take(pc.binary_length(part.dictionary), part.indices) for part in texts.chunks]
    return pa.chunked_array([part.cast(pa.int64()) for part in found], pa.int64())
