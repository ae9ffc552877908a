"""Imported days in the curve of traffic: marked, never counted beside our own, people never summed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.imported import days as imported
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.relative import first_day
from zoco.ledger.pictures.charts import chart
from zoco.ledger.pictures.sheets.export import answer_dict
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.store.imported import SCHEMA
from zoco.ledger.store.imported_sql import rows_sql
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.ledger.tests.store import chdb

# Our own days are 27 to 30 March 2026; 28 March is in the import as well.
THEIRS = {
    date(2026, 3, 24): (10, 6, 5, 3, 60),
    date(2026, 3, 25): (20, 10, 8, 4, 40),
    date(2026, 3, 28): (999, 999, 999, 0, 0),
}
PARTS = (
    ("page", "/a", "page_views", 3),
    ("page", "/theirs", "page_views", 5),
    ("country", "ES", "visits", 4),
    ("country", "Narnia", "visits", 1),
)
MEASURES = ("page_views", "visits", "visitors", "bounces", "seconds")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("data")) as opened:
        rows = [
            {"day": day, "dimension": "", "label": "", "measure": measure, "amount": Decimal(amount)}
            for day, sums in THEIRS.items()
            for measure, amount in zip(MEASURES, sums, strict=True)
        ]
        rows += [
            {
                "day": day,
                "dimension": dimension,
                "label": label,
                "measure": measure,
                "amount": Decimal(amount),
            }
            for day in (date(2026, 3, 24), date(2026, 3, 25), date(2026, 3, 28))
            for dimension, label, measure, amount in PARTS
        ]
        opened.put_imported(1, "plausible-1", pa.Table.from_pylist(rows, SCHEMA))
        yield opened


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(imported.NAMES, "plausible", "Plausible")


def asked(store: Store, period: str, key: str = "traffic", **more: str) -> Answer:
    report = report_named(key)
    question = Question.from_address({"period": period} | more, report=report)
    return ask(report, question, store=store)


def test_a_day_is_counted_by_one_of_both(store: Store) -> None:
    answer = asked(store, "2026-03-24..2026-03-30")

    by_day = {row.key["bucket"].day: row for row in answer.rows}  # type: ignore[union-attr]
    assert [day for day, row in by_day.items() if row.is_imported] == [24, 25]
    assert by_day[24].values["visitors"] == 5
    assert by_day[24].values["bounce"] == 0.5
    assert by_day[24].values["duration"] == 10
    assert by_day[24].values["revenue"] is None
    assert by_day[28].values["page_views"] == 3
    own = sum(int(by_day[day].values["page_views"] or 0) for day in (27, 28, 29, 30))
    assert answer.totals["page_views"] == own + 30
    assert answer.overall["visitors"] is None
    assert answer.imported is not None
    assert (answer.imported.names, answer.imported.days) == (("Plausible",), 2)


def test_weeks_add_what_adds_up_and_leave_people_open(store: Store) -> None:
    days = asked(store, "2026-03-23..2026-03-29")
    weeks = asked(store, "2026-03-23..2026-03-29", grain="week")

    (week,) = weeks.rows
    assert week.is_imported
    assert week.values["page_views"] == days.totals["page_views"]
    assert week.values["sessions"] == days.overall["sessions"]
    assert week.values["visitors"] is None


def test_one_imported_day_alone_has_its_visitors(store: Store) -> None:
    answer = asked(store, "2026-03-24")

    assert answer.overall["visitors"] == 5
    assert not answer.is_empty


def test_filters_bots_and_hours_take_nothing_from_imports(store: Store) -> None:
    period = "2026-03-24..2026-03-25"

    assert asked(store, period, **{"f.country": "ES"}).imported is None
    assert asked(store, period, verdicts="bots").imported is None
    hours = asked(store, "2026-03-24", grain="hour")
    assert not any(row.is_imported for row in hours.rows)


def test_the_period_before_may_be_imported(store: Store) -> None:
    answer = asked(store, "2026-03-27..2026-03-30", compare="before")

    assert answer.imported is None
    assert answer.totals_before is not None
    assert answer.totals_before["page_views"] == 30
    assert answer.overall_before is not None
    assert answer.overall_before["visitors"] is None


def test_the_drawing_and_the_answer_say_where_days_come_from(store: Store) -> None:
    answer = asked(store, "2026-03-24..2026-03-30")

    drawn = chart(answer, "page_views")

    assert drawn is not None
    assert drawn.imported == "Plausible"
    assert 'class="l1 imp"' in drawn.svg.wide
    assert any("2 days" in words and "Plausible" in words for words in drawn.words)
    assert drawn.points["imported"][:3] == [10, 20, 0]
    assert drawn.points["ours"][:2] == [None, None]
    said = answer_dict(answer)
    assert said["imported"] == {
        "origins": ["Plausible"],
        "first": "2026-03-24",
        "last": "2026-03-25",
        "days": 2,
    }
    assert [row["is_imported"] for row in said["rows"]].count(True) == 2


def test_table_shows_imported_days_beside_its_rows_and_adds_nothing_up(store: Store) -> None:
    period = "2026-03-20..2026-03-30"
    own = [row.values for row in asked(store, "2026-03-26..2026-03-30", "pages").rows]

    answer = asked(store, period, "pages")

    assert [row.values for row in answer.rows] == own
    assert [(row.label, row.page_views, row.sessions) for row in answer.imported_rows] == [
        ("/theirs", 10, None),
        ("/a", 6, None),
    ]
    assert answer.imported is not None
    assert (answer.imported_total, answer.imported.days, answer.imported.names) == (2, 2, ("Plausible",))
    told = answer_dict(asked(store, period, "countries", size="1", page="1"))
    assert told["imported_rows"] == [{"label": "ES", "page_views": None, "sessions": 8, "events": None}]
    assert told["imported_total"] == 2


@pytest.mark.parametrize(
    ("key", "more"),
    [("pages", {"f.country": "ES"}), ("pages", {"verdicts": "all"}), ("cities", {}), ("referrers", {})],
)
def test_table_says_nothing_of_imports_where_they_know_nothing(
    store: Store, key: str, more: dict[str, str]
) -> None:
    assert asked(store, "2026-03-20..2026-03-30", key, **more).imported_rows == ()


def test_day_given_to_an_import_is_theirs_in_curve_and_tables(store: Store) -> None:
    site = replace(
        SITE, counted=((date.min, "log"), (date(2026, 3, 28), "import"), (date(2026, 3, 29), "log"))
    )
    period = Period(date(2026, 3, 28), date(2026, 3, 29), site.zone)
    question = Question(site, period, compare="none")

    curve = ask(report_named("traffic"), question, store=store)
    pages = ask(report_named("pages"), question, store=store)

    assert [(row.is_imported, row.values["page_views"]) for row in curve.rows] == [(True, 999), (False, 2)]
    assert [(row.key["path"], row.values["page_views"]) for row in pages.rows] == [("/", 1), ("/a", 1)]
    assert [(row.label, row.page_views) for row in pages.imported_rows] == [("/theirs", 5), ("/a", 3)]


def test_both_engines_give_the_same_page_of_sums() -> None:
    rows = [
        {"day": day, "dimension": dimension, "label": label, "measure": measure, "amount": Decimal(amount)}
        for day in THEIRS
        for dimension, label, measure, amount in PARTS
    ]
    store = chdb.opened()
    store.put_imported(1, "plausible-1", pa.Table.from_pylist(rows, SCHEMA))

    found = store.query(rows_sql(1, "country", list(THEIRS), "visits", size=1, offset=1)).to_pylist()

    store.close()
    assert found == [
        {"label": "Narnia", "page_views": None, "visits": Decimal(3), "events": None, "whole": 2}
    ]


def test_all_time_begins_with_what_was_imported(store: Store) -> None:
    assert first_day(SITE, store=store) == date(2026, 3, 24)
