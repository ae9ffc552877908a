"""Sites share written statements; each gets the same text as one written for it alone."""

from dataclasses import replace
from datetime import date

import pytest

from zoco.ledger import expr
from zoco.ledger.asking.statements import templates
from zoco.ledger.expr import Table
from zoco.ledger.report import Dimension, Measure, Params, Report, report_named, reports_all
from zoco.ledger.scope import Facts
from zoco.ledger.tests.reports.written import PERIODS, asked_of, fresh, site_of, sql, words, written

__all__ = ["fresh"]
pytestmark = pytest.mark.usefixtures("fresh")


class BySite(Report):
    """Reads of its site what a blank cannot stand for."""

    key = "by-site"
    dimensions = (Dimension("path", "Page"),)
    measures = (Measure("own", "Own currency"),)

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        own = views.count(where=views.currency == facts.site.currency)
        return views.group_by("path").aggregate(own=own)


class ById(BySite):
    """Reads its site's key as a number."""

    key = "by-id"

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        return views.group_by("path").aggregate(own=views.count(where=views.site == facts.site.id + 1))


class ByHost(BySite):
    """Reads of its site how long its host names are."""

    key = "by-host"

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        letters = expr.whole(sum(len(each) for each in facts.site.own_hosts))
        return views.group_by("path").aggregate(n=views.count()).select("path", own=letters)


def test_sites_share_a_statement_of_each_report() -> None:
    sites = [site_of(number, "UTC") for number in (0, 1, 3, 4)]
    for report in reports_all():
        texts = [sql(replace(asked_of(report, "UTC", PERIODS[0], "duckdb"), site=site)) for site in sites]
        assert len(set(texts)) == len(sites), report.key

    assert len(templates._held) == len(reports_all())
    assert {key: len(alike) for key, alike in templates._held.items() if len(alike) > 1} == {}


def test_facts_of_all_times_are_asked_of_each_site_as_it_counted_then() -> None:
    report = report_named("retention")
    changed = ((date(2020, 1, 1), "tracker"), (date(2025, 6, 1), "log"))
    for number, counted in ((0, ()), (1, changed), (3, ()), (4, changed)):
        site = replace(site_of(number, "UTC"), counted=counted)
        asked = replace(asked_of(report, "UTC", PERIODS[0], "duckdb"), site=site)
        assert words(sql(asked)) == words(written(asked)), number

    assert [len(alike) for alike in templates._held.values()] == [2]


def test_only_sites_with_as_many_hosts_share_what_speaks_of_hosts() -> None:
    report = report_named("referrers")
    for number in (0, 1, 2, 3, 2, 1, 0):
        asked = replace(asked_of(report, "UTC", PERIODS[0], "duckdb"), site=site_of(number, "UTC"))
        assert words(sql(asked)) == words(written(asked)), number

    assert [len(alike) for alike in templates._held.values()] == [2]


@pytest.mark.parametrize("report", [BySite(), ById(), ByHost()])
def test_whatever_else_a_report_reads_of_its_site_binds_the_statement_to_it(report: Report) -> None:
    for number in (0, 1, 2, 3, 2, 1, 0):
        asked = replace(asked_of(report, "UTC", PERIODS[0], "duckdb"), site=site_of(number, "UTC"))
        assert words(sql(asked)) == words(written(asked)), number


def test_sites_of_other_weeks_and_other_counting_have_statements_of_their_own() -> None:
    report = report_named("traffic")
    day = date(2026, 1, 10)
    others = (
        {"week_start": 6},
        {"counting": "tracker"},
        {"counted": ((date(2025, 1, 1), "log"), (day, "tracker"))},
        {"counted": ((date(2025, 1, 1), "log"), (day, "import"))},
        {"counted": ((date(2025, 1, 1), "tracker"),)},
    )
    for number, other in enumerate(({}, *others, {})):
        site = replace(site_of(number, "UTC"), **other)  # type: ignore[arg-type]
        asked = replace(asked_of(report, "UTC", PERIODS[0], "duckdb", grain="week"), site=site)
        assert words(sql(asked)) == words(written(asked)), other
