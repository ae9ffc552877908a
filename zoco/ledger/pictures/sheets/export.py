"""Answers as files and as JSON: the shapes that programs rely on, described in docs/guide/reports.md.

CSV and Parquet hold all rows of the period, without comparison. Numbers are never rounded.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from zoco.kit.cells import disarmed
from zoco.kit.periods import moment_at
from zoco.ledger.asking.answer import Answer, Figure, ImportedRow, Key, Row
from zoco.ledger.asking.ask import EVERYTHING, WALL_START, ask, ask_all, rows_all

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.kit.periods import Period
    from zoco.ledger.asking.question import Question
    from zoco.ledger.report import Report
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

Format = Literal["json", "csv", "parquet"]
FORMATS: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
SAFE_INTEGER = 2**53 - 1
CHUNK = 1 << 16
PIECE_ROWS = 500


def export(
    report: Report,
    question: Question,
    format: Format,
    *,
    store: Store | None = None,
    is_for_spreadsheet: bool = False,
) -> Iterator[bytes]:
    """Return a file in pieces: all rows of the question, whatever its page and size.

    `is_for_spreadsheet` puts an apostrophe before text that a spreadsheet would run as a formula;
    programs want the text as it is. Raises what `ask` raises, before the first piece.
    """
    if format == "json":
        return _json(*ask_all(report, question, store=store))
    report = question.report_for(report)
    batches = _batches(report, question, store)
    if format == "csv":
        return _csv(batches, is_for_spreadsheet=is_for_spreadsheet)
    return _parquet(batches)


def answer_json(answer: Answer) -> bytes:
    """Write an answer as JSON. Integers beyond 53 bits and money are strings, moments are ISO 8601."""
    return msgspec.json.encode(answer_dict(answer))


def answer_dict(answer: Answer) -> dict[str, Any]:
    """Return the JSON shape of an answer."""
    question = answer.question
    return {
        "report": report_dict(answer.report),
        "site": site_dict(question.site),
        "period": _period(question.period),
        "period_before": _period(answer.period_before) if answer.period_before else None,
        "verdicts": list(answer.report.verdicts or question.verdicts_chosen),
        "filters": [
            {"column": each.column, "operator": each.operator, "values": list(each.values)}
            for each in question.filters
        ],
        "params": question.params_for(answer.report),
        "rows": [_row(row) for row in answer.rows],
        "total_rows": answer.total_rows,
        "page": question.page,
        "size": min(question.size, max(answer.total_rows, 1))
        if question.size == EVERYTHING
        else question.size,
        "pages": answer.pages,
        "totals": _values(answer.totals),
        "totals_before": _optional(answer.totals_before),
        "overall": _values(answer.overall),
        "overall_before": _optional(answer.overall_before),
        "largest": _values(answer.largest),
        "imported": _imported(answer),
        "imported_rows": [_beside(each) for each in answer.imported_rows],
        "imported_total": answer.imported_total,
        "facts": {
            "used": answer.facts_used,
            "left_out": dict(answer.facts_left_out),
            "newest_at": answer.newest_at.isoformat() if answer.newest_at else None,
        },
        "query": answer.sql,
        "seconds": round(answer.seconds, 4),
    }


def report_dict(report: Report) -> dict[str, Any]:
    """Return what there is to say of a report, in the language in force."""
    return {
        "key": report.key,
        "area": report.area,
        "label": str(report.label),
        "question": str(report.question),
        "definition": str(report.definition),
        "method": report.method,
        "picture": report.picture,
        "dimensions": [
            {"name": each.name, "label": str(each.label), "kind": each.kind, "filter": each.filter}
            for each in report.dimensions
        ],
        "measures": [
            {"name": each.name, "label": str(each.label), "unit": each.unit, "adds_up": each.adds_up}
            for each in report.measures
        ],
        "parameters": [
            {
                "name": each.name,
                "label": str(each.label),
                "default": each.default,
                "choices": [value for value, _ in each.choices],
            }
            for each in report.parameters
        ],
    }


def site_dict(site: SiteInfo) -> dict[str, Any]:
    """Return what a program must know of a site to read its figures."""
    return {
        "slug": site.slug,
        "name": site.name,
        "zone": site.zone,
        "currency": site.currency,
        "counting": site.counting,
        "is_demo": site.is_demo,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": {name: _plain(value) for name, value in row.key.items()},
        "values": _values(row.values),
        "before": _optional(row.before),
        "before_key": {name: _plain(value) for name, value in row.before_key.items()}
        if row.before_key
        else None,
        "is_unfinished": row.is_unfinished,
        "is_cut": row.is_cut,
        "is_imported": row.is_imported,
    }


def _imported(answer: Answer) -> dict[str, Any] | None:
    found = answer.imported
    if found is None:
        return None
    span = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    return {"origins": list(found.names), **span, "days": found.days}


def _beside(row: ImportedRow) -> dict[str, Any]:
    return {
        "label": row.label,
        "page_views": row.page_views,
        "sessions": row.sessions,
        "events": row.events,
    }


def _values(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in figures.items()}


def _optional(figures: Mapping[str, Figure] | None) -> dict[str, Any] | None:
    return None if figures is None else _values(figures)


def _plain(value: Figure | Key) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        return str(value)
    return value


def _period(period: Period) -> dict[str, str | None]:
    until = moment_at(period.until).isoformat() if period.until else None
    return {"first": period.first.isoformat(), "last": period.last.isoformat(), "until": until}


def _batches(report: Report, question: Question, store: Store | None) -> Iterator[pa.RecordBatch]:
    """Return all rows in batches of the report's schema; of a curve with the steps that saw nothing."""
    if report.picture != "curve":
        return _recast(report, rows_all(report, question, store=store))
    import pyarrow as pa

    answer = ask(report, replace(question, compare="none"), store=store)
    rows = [{**row.key, **row.values} for row in answer.rows]
    found = pa.schema([(name, pa.string()) for name in report.columns])
    return iter([pa.RecordBatch.from_pylist(rows, schema=_schema(report, found))])


def _recast(report: Report, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = _schema(report, reader.schema)
    is_empty = True
    for batch in reader:
        is_empty = False
        columns = [batch.column(field.name).cast(field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
    if is_empty:
        yield pa.RecordBatch.from_pylist([], schema=schema)


def _schema(report: Report, found: pa.Schema) -> pa.Schema:
    """Return the types of a file, the same whichever engine answered."""
    import pyarrow as pa

    types = {"count": pa.int64(), "money": pa.decimal128(38, 4)}
    kinds = {each.name: types.get(each.unit, pa.float64()) for each in report.measures}
    for each in report.dimensions:
        if each.kind == "bucket":
            kinds[each.name] = pa.timestamp("us")
        elif not pa.types.is_integer(found.field(each.name).type):
            kinds[each.name] = pa.string()
        else:
            kinds[each.name] = pa.int64()
    return pa.schema([(name, kinds[name]) for name in found.names])


def _json(answer: Answer, rows: Iterator[Row]) -> Iterator[bytes]:
    """Write what `answer_json` writes, the rows as they come."""
    shape = list(answer_dict(answer).items())
    place = [name for name, _ in shape].index("rows")
    yield msgspec.json.encode(dict(shape[:place])).removesuffix(b"}") + b',"rows":['
    parting = b""
    while piece := list(islice(rows, PIECE_ROWS)):
        yield parting + b",".join(msgspec.json.encode(_row(row)) for row in piece)
        parting = b","
    yield b"]," + msgspec.json.encode(dict(shape[place + 1 :])).removeprefix(b"{") + b"\n"


def _csv(batches: Iterator[pa.RecordBatch], *, is_for_spreadsheet: bool) -> Iterator[bytes]:
    for number, batch in enumerate(batches):
        text = io.StringIO()
        writer = csv.writer(text)
        if number == 0:
            writer.writerow(batch.schema.names)
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            writer.writerow([_cell(value, is_for_spreadsheet) for value in row])
        yield text.getvalue().encode()


def _cell(value: Any, is_for_spreadsheet: bool) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == WALL_START.time()
        return value.date().isoformat() if midnight else value.isoformat()
    return disarmed(value) if is_for_spreadsheet and isinstance(value, str) else value


def _parquet(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    from pyarrow import parquet

    with tempfile.SpooledTemporaryFile(max_size=16 << 20) as file:
        writer = None
        for batch in batches:
            writer = writer or parquet.ParquetWriter(file, batch.schema)
            writer.write_batch(batch)
        if writer is not None:
            writer.close()
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece
