"""Segments that are tables, for tests: the facts that they hold are made as elsewhere."""

from collections.abc import Collection
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from zoco.ledger.schema import Fact, encoder
from zoco.ledger.spool import BulkTable
from zoco.ledger.spool.table import REQUIRED, arrow_types


def table_of(*facts: Fact, without: Collection[str] = ()) -> pa.Table:
    """Return facts as a table of all columns, but for those named."""
    rows = []
    for fact in facts:
        row = {name: getattr(fact, name) for name in fact.__struct_fields__ if name not in without}
        row |= {"id": UUID(fact.id).bytes}
        if "props" in row:
            row["props"] = encoder.encode(fact.props).decode()
        rows.append(row)
    given = pa.schema([(name, kind) for name, kind in arrow_types().items() if name in rows[0]])
    return pa.Table.from_pylist(rows, given)


def put_table(spool: Path, *facts: Fact, without: Collection[str] = ()) -> Path:
    """Write facts as one table into a spool; returns the segment."""
    with BulkTable(spool, "test") as bulk:
        bulk.write(table_of(*facts, without=without))
    return max(spool.glob("*.parquet"))


OPTIONAL = frozenset(arrow_types()) - {*REQUIRED, "visitor", "path", "channel"}
