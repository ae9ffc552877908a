"""How statements are written: what was built once is not built again, and no garbage is looked for."""

import gc
from dataclasses import replace

import pytest

from zoco.ledger import expr
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.expr import Table
from zoco.ledger.report import GRAIN, Dimension, Measure, Params, Report, reports_all
from zoco.ledger.scope import Facts
from zoco.ledger.tests.reports.written import PERIODS, asked_of, fresh, sql, written

__all__ = ["fresh"]
pytestmark = pytest.mark.usefixtures("fresh")


class Counting(Report):
    """Knows how often it was built, and of which facts."""

    key = "counting"
    dimensions = (Dimension("path", "Page"),)
    measures = (Measure("n", "Page views"),)

    def __init__(self) -> None:
        self.built: list[Facts] = []

    def query(self, facts: Facts, params: Params) -> Table:
        self.built.append(facts)
        views = facts.page_views
        return views.group_by("path").aggregate(n=views.count())

    def overall(self, facts: Facts, params: Params) -> Table | None:
        self.built.append(facts)
        return facts.page_views.aggregate(n=facts.page_views.count())


def test_columns_are_found_once_and_rows_and_figures_are_built_of_the_same_facts() -> None:
    report = Counting()
    asked = asked_of(report, "UTC", PERIODS[0], "duckdb")

    sql(replace(asked, filters=(Filter("path", "is", ("/a",)),)))
    narrow = {len(facts.columns) for facts in report.built if facts.columns}
    periods = {id(facts.period): set[int]() for facts in report.built if facts.columns}
    for facts in report.built:
        if facts.columns:
            periods[id(facts.period)].add(id(facts))

    assert len([facts for facts in report.built if not facts.columns]) == 2, "one query, one overall"
    assert len(narrow) == 1
    assert sorted(len(each) for each in periods.values()) == [1, 1], "the period, and the one before"


def test_a_question_written_in_two_ways_finds_its_columns_once() -> None:
    report = Counting()
    asked = asked_of(report, "UTC", PERIODS[0], "duckdb")

    sql(asked)
    written(asked)

    assert len([facts for facts in report.built if not facts.columns]) == 2


@pytest.mark.parametrize("is_on", [True, False])
def test_no_garbage_is_looked_for_meanwhile_and_then_as_before(is_on: bool) -> None:
    asked = asked_of(Counting(), "UTC", PERIODS[0], "duckdb")
    given, seen = Given(asked.site, asked.periods), []

    def write(_given: Given) -> Table:
        seen.append(gc.isenabled())
        return asked.query(asked.period)

    def fails(_given: Given) -> Table:
        raise LookupError

    (gc.enable if is_on else gc.disable)()
    try:
        text = templates.written(write, given, "duckdb")
        with pytest.raises(LookupError):
            templates.written(fails, given, "duckdb")
        after = gc.isenabled()
    finally:
        gc.enable()

    assert text == expr.to_sql(asked.query(asked.period), "duckdb")
    assert (seen, after) == ([False], is_on)


def test_every_curve_is_written_by_months() -> None:
    curves = [each for each in reports_all() if each.picture == "curve" and GRAIN in each.parameters]

    for report in curves:
        # one month, beside a period before of two: those of a statement must have the same columns
        assert sql(asked_of(report, "UTC", "2026-03-01..2026-03-31", "duckdb", grain="month")), report.key

    assert len(curves) >= 6
