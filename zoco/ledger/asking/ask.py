"""Asking: a report and a question in, an answer out. The only place that runs a report's query."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from zoco.kit.periods import Grain, Period, micros, midnight, moment_at
from zoco.ledger import expr
from zoco.ledger.asking.answer import Answer, Figure, Key, Row
from zoco.ledger.asking.guard import HIDDEN
from zoco.ledger.asking.imported import days as imported_days
from zoco.ledger.asking.imported import rows as imported_rows
from zoco.ledger.asking.question import Question, bucket_end
from zoco.ledger.asking.statements import statement
from zoco.ledger.asking.statements.census import COUNT, NEWEST, census_sql
from zoco.ledger.asking.statements.statement import Asked
from zoco.ledger.report import Dimension, Measure, Report

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

Raw = Mapping[str, Any]
EVERYTHING = 1_000_000_000
SLICE_ROWS = 2_000
WALL_START = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock time has no zone


def ask(
    report: Report, question: Question, *, store: Store | None = None, now: datetime | None = None
) -> Answer:
    """Answer a question. `store` is the process's own unless given.

    Raises QuestionWrong, ParameterWrong, StoreBusy, QueryFailed.
    """
    began = time.perf_counter()
    store, now = store or _opened(), now or datetime.now(UTC)
    asked = Asked.of(report, question, store.dialect, now)
    answer = _curve if report.picture == "curve" else _table
    found = answer(asked, question, store, now)
    if report.takes_imported:
        found = imported_days.added(found, store, lambda daily: _of_facts(report, daily, store, now))
    elif report.imports[0]:
        found = imported_rows.beside(found, store)
    return replace(found, seconds=time.perf_counter() - began)


def _of_facts(report: Report, question: Question, store: Store, now: datetime) -> Answer:
    return _curve(Asked.of(report, question, store.dialect, now), question, store, now)


def ask_all(
    report: Report, question: Question, *, store: Store | None = None, now: datetime | None = None
) -> tuple[Answer, Iterator[Row]]:
    """Answer with all rows whatever the page; of a table they come as they are read, not in the answer.

    Raises what `ask` raises, before the first row; a stream that breaks off raises while it is read.
    """
    began = time.perf_counter()
    store, now = store or _opened(), now or datetime.now(UTC)
    whole = replace(question, page=1, size=EVERYTHING)
    if report.picture == "curve":
        answer = ask(report, whole, store=store, now=now)
        return replace(answer, rows=[]), iter(answer.rows)
    asked = Asked.of(report, whole, store.dialect, now)
    raw = _each(store.stream(statement.page_sql(asked)))
    first = next(raw, None)
    measures = [each.name for each in report.measures]
    found = imported_rows.beside(_around(asked, whole, first or {}, store, now), store)
    rows = (_row(asked, each, measures, now) for each in (chain([first], raw) if first else ()))
    return replace(found, seconds=time.perf_counter() - began), rows


def _each(reader: pa.RecordBatchReader) -> Iterator[Raw]:
    """Return the rows one by one; only some of them are Python's at a time."""
    for batch in reader:
        for start in range(0, batch.num_rows, SLICE_ROWS):
            yield from batch.slice(start, SLICE_ROWS).to_pylist()


def rows_all(report: Report, question: Question, *, store: Store | None = None) -> pa.RecordBatchReader:
    """Return all rows of the period in order, in batches, without comparison; for large exports.

    Buckets are whole microseconds of the wall clock, as the query returns them.
    """
    store = store or _opened()
    asked = Asked.of(report, replace(question, compare="none"), store.dialect)
    return store.stream(expr.to_sql(statement.every_row(asked), store.dialect))


def _opened() -> Store:
    from zoco.ledger.store.opening import store

    return store()


def _table(asked: Asked, question: Question, store: Store, now: datetime) -> Answer:
    raw = store.query(statement.page_sql(asked)).to_pylist()
    if not raw and asked.offset:
        first = ask(asked.report, replace(question, page=1), store=store, now=now)
        return replace(first, question=question, rows=[])
    measures = [each.name for each in asked.report.measures]
    found = _around(asked, question, raw[0] if raw else {}, store, now)
    return replace(found, rows=[_row(asked, each, measures, now) for each in raw])


def _around(asked: Asked, question: Question, top: Raw, store: Store, now: datetime) -> Answer:
    """Return the answer without its rows, of which `top` is the first; each carries the totals."""
    measures = [each.name for each in asked.report.measures]
    adding = [each.name for each in asked.report.measures if each.adds_up]
    return Answer(
        report=asked.report,
        question=question,
        rows=[],
        total_rows=int(top.get(statement.ROWS) or 0),
        totals=_figures(asked.report, top, adding, statement.TOTAL),
        largest=_figures(asked.report, top, measures, statement.LARGEST),
        totals_before=_totals_before(asked, question, top, adding, store, now),
        period_before=asked.before,
        hidden_rows=int(top.get(HIDDEN) or 0),
        sql=statement.page_sql(asked),
        **_census(asked, store),
    )


def _row(asked: Asked, raw: Raw, measures: list[str], now: datetime) -> Row:
    report = asked.report
    before = _figures(report, raw, measures, statement.BEFORE) if asked.before else None
    if asked.guard and before and not before[report.crowd[0]]:
        before = None
    key = {each.name: _key(each, raw[each.name]) for each in report.dimensions}
    return Row(key=key, values=_figures(report, raw, measures), before=before)


def _totals_before(
    asked: Asked, question: Question, top: Raw, adding: list[str], store: Store, now: datetime
) -> Mapping[str, Figure] | None:
    if asked.before is None:
        return None
    if top:
        known = _figures(asked.report, top, adding, statement.TOTAL_BEFORE)
        return {name: value for name, value in known.items() if value} if asked.guard else known
    earlier = replace(question, period=asked.before, compare="none", page=1, size=1)
    return ask(asked.report, earlier, store=store, now=now).totals


def _curve(asked: Asked, question: Question, store: Store, now: datetime) -> Answer:
    report = asked.report
    name = report.dimensions[0].name
    raw = store.query(statement.curve_sql(asked)).to_pylist()
    found = {(each[statement.IS_NOW], each[name]): each for each in raw if not each[statement.IS_WHOLE]}
    whole = {each[statement.IS_NOW]: each for each in raw if each[statement.IS_WHOLE]}
    measures = [each.name for each in report.measures]
    nothing = _nothing(report, whole.get(1, {}))
    steps = _steps(asked, asked.period)
    steps_before = _steps(asked, asked.before) if asked.before else []
    rows = []
    for number, start in enumerate(steps):
        earlier = steps_before[number] if number < len(steps_before) else None
        rows.append(_step(asked, name, start, earlier, found, nothing, now))
    rows.sort(key=lambda row: _rank(row, asked.order), reverse=asked.order[1])
    # Sums over the steps that are shown are no figure of the whole period.
    has_sums = not asked.guard or 1 in whole
    has_sums_before = not asked.guard or 0 in whole
    return Answer(
        report=report,
        question=question,
        rows=rows,
        total_rows=len(rows),
        totals=_sums(report, (each for (is_now, _), each in found.items() if is_now)) if has_sums else {},
        largest={measure: max((row.values[measure] or 0 for row in rows), default=0) for measure in measures},
        totals_before=_sums(report, (each for (is_now, _), each in found.items() if not is_now))
        if asked.before and has_sums_before
        else None,
        overall=_figures(report, whole[1], measures) if 1 in whole else {},
        overall_before=_figures(report, whole[0], measures) if 0 in whole else None,
        period_before=asked.before,
        sql=statement.curve_sql(asked),
        **_census(asked, store),
    )


def _step(
    asked: Asked,
    name: str,
    start: datetime,
    earlier: datetime | None,
    found: Mapping[tuple[int, int], Raw],
    nothing: Raw,
    now: datetime,
) -> Row:
    grain, zone = _grain(asked), asked.site.zone
    ends = bucket_end(start, grain, zone)
    is_cut = not (asked.report.counts_whole or grain == "hour") and (
        micros(ends) > asked.period.end or midnight(start.date(), zone) < asked.period.start
    )
    now_raw, before_raw = found.get((1, _wall(start))), found.get((0, _wall(earlier))) if earlier else None
    return Row(
        key={name: start},
        values=_step_figures(asked, now_raw, nothing),
        before=_step_figures(asked, before_raw, nothing) if earlier else None,
        before_key={name: earlier} if earlier else None,
        is_unfinished=ends > now,
        is_cut=is_cut,
        is_hidden=asked.guard is not None and now_raw is None,
    )


def _nothing(report: Report, whole: Raw) -> Raw:
    """Return a step in which nothing happened: 0 where something is known at all; shares are of nothing."""
    return {each.name: 0 for each in report.measures if each.counts and whole.get(each.name) is not None}


def _step_figures(asked: Asked, raw: Raw | None, nothing: Raw) -> Mapping[str, Figure]:
    """Return a step's figures: zeros where it has no row, nothing known where that may mean a few people."""
    names = [each.name for each in asked.report.measures]
    if raw is None and asked.guard:
        return dict.fromkeys(names)
    return _figures(asked.report, nothing if raw is None else raw, names)


def _census(asked: Asked, store: Store) -> dict[str, Any]:
    if asked.guard:
        return {"seconds": 0.0, "facts_used": 0, "facts_left_out": {}, "newest_at": None}
    sql = census_sql(asked.site, asked.period, asked.filters, asked.report.counts, asked.dialect)
    counted = store.query(sql).to_pylist()
    newest = [each[NEWEST] for each in counted if each[NEWEST] is not None]
    return {
        "seconds": 0.0,
        "facts_used": sum(each[COUNT] for each in counted if each["verdict"] in asked.verdicts),
        "facts_left_out": {
            each["verdict"]: each[COUNT]
            for each in sorted(counted, key=lambda each: (-each[COUNT], each["verdict"]))
            if each["verdict"] not in asked.verdicts
        },
        "newest_at": moment_at(max(newest)) if newest else None,
    }


def _figures(report: Report, raw: Raw, names: Iterable[str], suffix: str = "") -> dict[str, Figure]:
    measures = {each.name: each for each in report.measures}
    return {name: _figure(raw.get(f"{name}{suffix}"), measures[name]) for name in names}


def _figure(value: Any, measure: Measure) -> Figure:
    """Return a figure as its unit wants it: engines give sums of whole numbers as decimals."""
    if value is None and measure.may_lack:
        return None
    if measure.unit == "count":
        return int(value or 0)
    if measure.unit == "money":
        return Decimal(value or 0)
    return None if value is None else float(value)


def _sums(report: Report, rows: Iterable[Raw]) -> dict[str, Figure]:
    kept = list(rows)
    return {
        each.name: _figure(_sum(row[each.name] for row in kept), each)
        for each in report.measures
        if each.adds_up
    }


def _sum(values: Iterable[Any]) -> Any:
    """Return the sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _key(dimension: Dimension, value: Any) -> Key:
    if dimension.kind == "bucket":
        return WALL_START + timedelta(microseconds=value)
    return cast("Key", "" if value is None else value)


def _wall(start: datetime) -> int:
    return (start - WALL_START) // timedelta(microseconds=1)


def _grain(asked: Asked) -> Grain:
    return cast("Grain", dict(asked.params).get("grain", "day"))


def _steps(asked: Asked, period: Period) -> list[datetime]:
    return period.buckets(_grain(asked), asked.site.week_start)


def _rank(row: Row, order: tuple[str, bool]) -> tuple[bool, Any]:
    """Order rows so that figures that are not known come last either way."""
    name, is_descending = order
    value: Any = row.key.get(name, row.values.get(name))
    return (value is None) != is_descending, 0 if value is None else value
