"""The vocabulary on DuckDB against plain Python: local time in five zones, picks, uniques, properties."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pyarrow as pa
import pytest

from zoco.kit.ids import uuid7
from zoco.kit.periods import Grain, Period, bucket_start, micros
from zoco.ledger import expr

ZONES = ("UTC", "Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York")
WALL = datetime(1970, 1, 1)  # noqa: DTZ001
SCHEMA = {
    "id": "!uuid", "occurred_at": "!timestamp(6)", "visitor": "!int64", "path": "!string", "props": "!json",
}  # fmt: skip


def asked(rows: list[tuple[Any, ...]], table: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute(
            "create table t (id uuid, occurred_at timestamp, visitor bigint, path varchar, props json)"
        )
        given = pa.table(dict(zip(SCHEMA, zip(*rows, strict=True), strict=True)))
        con.register("given", given)
        con.execute("insert into t select * from given")
        return con.execute(expr.to_sql(table, "duckdb")).fetchall()


def table() -> Any:
    return ibis.table(ibis.schema(SCHEMA), name="t")


def expected(at: datetime, zone: str, grain: Grain, week_start: int) -> datetime:
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if grain == "hour":
        return local.replace(minute=0, second=0, microsecond=0)
    return datetime.combine(bucket_start(local.date(), grain, week_start), WALL.time())


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_buckets_equal_plain_python_through_both_changes_of_the_clock(zone: str, grain: Grain) -> None:
    period = Period(date(2026, 2, 20), date(2026, 11, 10), zone)
    steps = range(period.start, period.end, 7_777_777_777)
    moments = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at) for at in steps]
    moments += [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=offset.since + shift)
        for offset in period.offsets()
        for shift in (0, 1, 3_600_000_000)
    ]
    t = table()
    week_start = 6
    rows = [
        (f"00000000-0000-0000-0000-{n:012x}", at.replace(tzinfo=None), n, "", "{}")
        for n, at in enumerate(moments)
    ]

    found = asked(
        rows,
        t.select(t.visitor, bucket=expr.bucket(t.occurred_at, period, grain, week_start)).order_by("visitor"),
    )

    assert [WALL + timedelta(microseconds=bucket) for _, bucket in found] == [
        expected(at, zone, grain, week_start) for at in moments
    ]


def test_every_bucket_that_is_found_is_one_of_the_period() -> None:
    period = Period(date(2026, 3, 1), date(2026, 4, 30), "Australia/Lord_Howe")
    for grain in ("hour", "day", "week", "month"):
        buckets = period.buckets(grain, 2)
        assert buckets == sorted(set(buckets))


def test_ties_go_by_id_and_uniques_leave_none_out() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 5)  # noqa: DTZ001
    rows = [
        ("f0000000-0000-8000-8000-000000000001", at, 5, "/last", "{}"),
        ("00000000-0000-8000-8000-000000000002", at, 5, "/first", "{}"),
        ("70000000-0000-8000-8000-000000000003", at, 0, "/middle", "{}"),
    ]
    t = table()

    found = asked(
        rows,
        t.aggregate(
            first=expr.first_by(t.path, t), last=expr.last_by(t.path, t), who=expr.uniques(t.visitor)
        ),
    )

    assert found == [("/first", "/last", 1)]


def test_facts_of_one_moment_go_in_the_order_in_which_they_were_made() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 5)  # noqa: DTZ001
    made = [(uuid7(1_772_366_400_000_005), at, 5, f"/{number}", "{}") for number in range(50)]
    t = table()

    for rows in (made, made[::-1]):
        found = asked(rows, t.aggregate(first=expr.first_by(t.path, t), last=expr.last_by(t.path, t)))

        assert found == [("/0", "/49")]


def test_properties() -> None:
    at = datetime(2026, 3, 1)  # noqa: DTZ001
    props = [
        '{"a.b": "x", "n": 1.5, "f": true}',
        '{"a.b": 7, "n": "2", "f": false}',
        "{}",
        '{"a.b": null, "n": "?"}',
    ]
    rows = [(f"00000000-0000-0000-0000-{n:012x}", at, n, "", text) for n, text in enumerate(props)]
    t = table()

    found = asked(
        rows,
        t.order_by("visitor").select(
            text=expr.prop_text(t, "a.b"), number=expr.prop_number(t, "n"), flag=expr.prop_flag(t, "f")
        ),
    )

    assert found == [("x", 1.5, True), ("7", 2.0, False), ("", 0.0, False), ("", 0.0, False)]


def test_quantile_and_share() -> None:
    at = datetime(2026, 3, 1)  # noqa: DTZ001
    rows = [(f"00000000-0000-0000-0000-{n:012x}", at, n, "", "{}") for n in (1, 2, 3, 10)]
    t = table()

    found = asked(
        rows,
        t.aggregate(
            median=expr.quantile(t.visitor, 0.5),
            share=expr.share(t.visitor.sum(), t.count()),
            none=expr.share(t.visitor.sum(), t.count() * 0),
        ),
    )

    assert found == [(2.5, 4.0, None)]


def test_moments_are_written_without_a_zone() -> None:
    t = table()
    at = micros(datetime(2026, 3, 1, 12, tzinfo=UTC))

    sql = expr.to_sql(t.filter(t.occurred_at >= expr.moment(at)), "clickhouse")

    assert "toDateTime64('2026-03-01 12:00:00.000000', 6, 'UTC')" in sql
