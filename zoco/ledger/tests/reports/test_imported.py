"""Imported days in the curve of traffic: marked, never counted beside our own, people never summed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from zoco.ledger.asking import imported
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.export import answer_dict
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.charts import chart
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.store.imported import SCHEMA
from zoco.ledger.tests.reports.made import ledger

# Our own days are 27 to 30 March 2026; 28 March is in the import as well.
THEIRS = {
    date(2026, 3, 24): (10, 6, 5, 3, 60),
    date(2026, 3, 25): (20, 10, 8, 4, 40),
    date(2026, 3, 28): (999, 999, 999, 0, 0),
}
MEASURES = ("page_views", "visits", "visitors", "bounces", "seconds")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, ledger_in(folder, patch) as opened:
        rows = [
            {"day": day, "dimension": "", "label": "", "measure": measure, "amount": Decimal(amount)}
            for day, sums in THEIRS.items()
            for measure, amount in zip(MEASURES, sums, strict=True)
        ]
        opened.put_imported(1, "plausible-1", pa.Table.from_pylist(rows, SCHEMA))
        yield opened


@contextmanager
def ledger_in(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Store]:
    patch.setenv("ZOCO_DATA", str(folder))
    with ledger(folder) as opened:
        yield opened


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(imported.NAMES, "plausible", "Plausible")


def asked(store: Store, period: str, **more: str) -> Answer:
    report = report_named("traffic")
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
    assert 'class="l1 imp"' in drawn.svg
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
