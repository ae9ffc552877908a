"""Rows of the scratch engine on their way into the store."""

import pyarrow as pa


def sendable(rows: pa.Table) -> pa.Table:
    """Write ids as text, JSON as text and moments in UTC, as the store reads them."""
    for place, field in enumerate(rows.schema):
        column = rows.column(place)
        if pa.types.is_timestamp(field.type):
            column = column.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
        elif isinstance(field.type, pa.BaseExtensionType):
            column = pa.chunked_array([chunk.storage for chunk in column.chunks], field.type.storage_type)
        rows = rows.set_column(place, field.name, column)
    return rows
