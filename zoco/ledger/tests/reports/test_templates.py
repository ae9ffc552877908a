"""Statements are written once and filled in: for every period the same text as one written for it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot

from zoco.kit.periods import Period
from zoco.ledger import expr, metrics
from zoco.ledger.asking.filters import Filter, Operator
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements import kept, statement, templates
from zoco.ledger.asking.statements.lasting import CHOICES_MOST
from zoco.ledger.asking.statements.statement import Asked
from zoco.ledger.expr import Table
from zoco.ledger.report import Dimension, Measure, Params, Report, report_named, reports_all
from zoco.ledger.scope import Facts
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.tests.reports.written import (
    PERIODS,
    ZONES,
    Dialect,
    asked_of,
    fresh,
    site_of,
    sql,
    words,
    written,
)

__all__ = ["fresh", "site_of"]
pytestmark = pytest.mark.usefixtures("fresh")


class ByDay(Report):
    """Reads of its period what a blank cannot stand for."""

    key = "by-day"
    dimensions = (Dimension("path", "Page"),)
    measures = (Measure("a_day", "Page views a day"),)

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.page_views
        counted = views.group_by("path").aggregate(n=metrics.page_views(views))
        return counted.select("path", a_day=counted.n / facts.period.days)


class ByWord(Report):
    """Reads of its filters how long a word is."""

    key = "by-word"
    dimensions = (Dimension("path", "Page"),)
    measures = (Measure("long", "Length of the word"),)

    def query(self, facts: Facts, params: Params) -> Table:
        rows = replace(facts, filters=()).page_views
        letters = expr.whole(len(facts.filters[0].values[0]))
        return rows.group_by("path").aggregate(n=rows.count()).select("path", long=letters)


def shared(dialect: Dialect, *, is_other: bool = False) -> list[Report]:
    """Return the reports that a test asks in a dialect: each in one, and in the other one in another test.

    Filling in knows of a dialect but how it writes moments, numbers and words.
    """
    return list(reports_all()[(dialect == "clickhouse") ^ is_other :: 2])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dialect", ["duckdb", "clickhouse"])
def test_every_report_reads_the_same_filled_in_and_written_for_the_period(dialect: Dialect) -> None:
    for report in shared(dialect):
        if report.picture != "curve":  # all others know of a period but where it begins and ends
            first, other = (
                replace(asked_of(report, ZONES[3], period, dialect), site=site_of(number, ZONES[3]))
                for number, period in enumerate(PERIODS[:2])
            )
            sql(first)  # is what the other is filled into; compared with itself it could not differ
            assert words(sql(other)) == words(written(other)), report.key
            continue
        for place, zone in enumerate(ZONES):
            for number, period in enumerate(PERIODS):
                if (place + number) % 2:
                    continue  # each zone with half of the periods, each period in half of the zones
                asked = replace(asked_of(report, zone, period, dialect), site=site_of(number, zone))
                assert words(sql(asked)) == words(written(asked)), (report.key, zone, period)


@pytest.mark.parametrize("grain", ["hour", "week", "month"])
def test_every_step_of_time_too(grain: str) -> None:
    report = next(each for each in reports_all() if each.key == "traffic")
    for period in PERIODS:
        asked = asked_of(report, "Australia/Lord_Howe", period, "duckdb", grain=grain)
        assert words(sql(asked)) == words(written(asked)), period


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_every_step_of_time_after_the_period_too(grain: str) -> None:
    for period in PERIODS:
        asked = asked_of(report_named("retention"), "Australia/Lord_Howe", period, "duckdb", grain=grain)
        assert words(sql(asked)) == words(written(asked)), period
    assert templates._held


def test_a_report_that_reads_its_period_is_written_for_each() -> None:
    days = [
        sql(asked_of(ByDay(), "UTC", period, "duckdb")) for period in ("2026-01-01..2026-01-07", "2026-02-01")
    ]
    assert "/ 7" in days[0]
    assert "/ 1" in days[1]
    assert not templates._held


def test_a_value_that_looks_like_a_blank_stays_a_value() -> None:
    report = reports_all()[0]
    asked = asked_of(report, "UTC", PERIODS[0], "duckdb")
    for value in ("blank.0.start.0.", "blank0123456789abcdef.0.start.0.", "'); --"):
        filtered = replace(asked, filters=(Filter("path", "is", (value,)),))
        assert words(sql(filtered)) == words(written(filtered))


def is_kept(report: Report) -> bool:
    """Say whether the statements of a report are few enough to be kept: readers choose, and type nothing."""
    return all(0 < len(each.choices) <= CHOICES_MOST for each in report.parameters)


def test_the_next_process_finds_them_and_needs_no_ibis(tmp_path: Path) -> None:
    program = (
        "import sys; from zoco.project import ready; ready.django();"
        "from zoco.ledger.asking import converting, goals;"
        "from zoco.campaigns.reports import spent; from zoco.monitor.reports.conversions import defined;"
        "[each._providers.clear() for each in (converting, goals, spent, defined)];"
        "from zoco.ledger.tests.reports import test_templates as t;"
        "kept = [r for r in t.reports_all() if t.is_kept(r)]; site = t.site_of(int(sys.argv[1]), 'UTC');"
        "made = [t.asked_of(r, 'UTC', p, 'duckdb') for r in kept for p in t.PERIODS[1::-1]];"
        "asked = [t.replace(each, site=site) for each in made];"
        "texts = [t.sql(each) for each in asked];"
        "print('ibis' in sys.modules, hash('\\n'.join(texts)))"
    )

    environ = {"DJANGO_SETTINGS_MODULE": "tests.settings"}

    def run(site: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", program, str(site)],
            env=environ | {"ZOCO_DATA": str(tmp_path), "PYTHONHASHSEED": "1"},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.split()

    first, second, other = run(0), run(0), run(1)
    assert first[0] == "True"
    assert second == ["False", first[1]]
    assert other[0] == "False"


def test_what_a_killed_process_left_is_passed_over() -> None:
    report = next(each for each in reports_all() if is_kept(each))
    asked = asked_of(report, "UTC", PERIODS[0], "duckdb")
    text = sql(asked)
    path = kept._path()
    whole = path.read_bytes()
    path.write_bytes(b"\xff{}\nnull\n" + whole + whole[: len(whole) // 2])

    kept._read.clear()
    templates._held.clear()
    statement.page_sql.cache_clear()
    statement.curve_sql.cache_clear()

    assert [key for key, _ in kept.unread()] == [
        next(iter(kept._decoder.decode(whole.strip()).key.split("\n")))
    ]
    assert sql(asked) == text


OPERATORS: tuple[Operator, ...] = ("is", "is_not", "contains", "contains_not", "starts", "starts_not")
NASTY = (
    "ES", "", "'", "''", "\\", "\\'", "it\\'s; --", "a\nb\tc", "$$x$$", "/* */", "{x:String}", "%_",
    "ñandú 蜂蜜 мёд", "x" * 200, '"t1"', "blank.0.word.0.",
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["duckdb", "clickhouse"])
def test_every_word_of_a_filter_reads_as_if_it_had_been_written(dialect: Dialect) -> None:
    for number, report in enumerate(shared(dialect, is_other=True)):
        asked = asked_of(report, "UTC", PERIODS[0], dialect)
        fitting = Filter("path", OPERATORS[number % len(OPERATORS)], (NASTY[number % len(NASTY)],))
        filtered = replace(asked, filters=(Filter("country", "is", ("DE", "ES")), fitting))
        assert_same(filtered, written(filtered))


@pytest.mark.parametrize("dialect", ["duckdb", "clickhouse"])
def test_no_word_breaks_out_of_its_quotes(dialect: Dialect) -> None:
    asked = asked_of(report_named("pages"), "UTC", PERIODS[0], dialect)
    for operator in OPERATORS:
        for word in NASTY:
            filtered = replace(asked, filters=(Filter("path", operator, (word,)),))
            assert_same(filtered, written(filtered))
    assert len(templates._held) == len(OPERATORS)


def assert_same(asked: Asked, wanted: str) -> None:
    """Compare the text asked with the text written, whatever way quotes and backslashes are escaped."""
    dialect = asked.dialect
    if words(sql(asked)) == words(wanted):
        return  # as most are, whose words need no escape: to parse both costs more than to write them
    found, other = (sqlglot.parse_one(text, dialect=dialect).sql(dialect) for text in (sql(asked), wanted))
    assert words(found) == words(other), (asked.report.key, asked.filters)


def test_the_word_is_not_stored_and_one_statement_serves_all_words() -> None:
    asked = asked_of(report_named("pages"), "UTC", PERIODS[0], "duckdb")
    texts = [sql(replace(asked, filters=(Filter("path", "is", (f"/secret-{each}",)),))) for each in range(9)]

    assert len(set(texts)) == 9
    assert len(templates._held) == 1
    assert kept._path().read_bytes().count(b"facts") > 0
    assert b"secret" not in kept._path().read_bytes()


@pytest.mark.parametrize(
    "filters",
    [
        (Filter("path", "is", ("/a", "/b")), Filter("country", "is", ("ES", "FR"))),
        (Filter("path", "is", ("/a",)), Filter("country", "is", ("ES",)), Filter("device", "is", ("phone",))),
        (Filter("path", "is", ("/a",)), Filter("status", "is", ("404",))),
        (Filter("status", "is", ("404",)),),
    ],
)
def test_what_readers_put_together_is_not_stored(filters: tuple[Filter, ...]) -> None:
    asked = asked_of(report_named("pages"), "UTC", PERIODS[0], "duckdb")
    sql(replace(asked, filters=filters))
    assert not kept._path().exists()


def test_two_filters_are_stored_while_there_is_much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_of(report_named("pages"), "UTC", PERIODS[0], "duckdb")
    two = (Filter("country", "is", ("AA", "MA")), Filter("device", "is_not", ("secret-device",)))
    sql(replace(asked, filters=two))
    stored = kept._path().read_bytes()
    assert stored.count(b"facts") > 0
    assert b"secret" not in stored

    monkeypatch.setattr(kept, "ROOM", len(stored))
    sql(replace(asked, filters=(two[0], Filter("path", "is", ("/a",)))))
    assert kept._path().read_bytes() == stored
    sql(replace(asked, filters=two[1:]))
    assert len(kept._path().read_bytes()) > len(stored)


def test_a_report_that_reads_words_is_written_for_each() -> None:
    texts = [
        sql(
            replace(asked_of(ByWord(), "UTC", PERIODS[0], "duckdb"), filters=(Filter("path", "is", (word,)),))
        )
        for word in ("/one", "/three")
    ]
    assert "4 AS" in texts[0]
    assert "6 AS" in texts[1]
    assert not templates._held


def test_the_first_look_at_a_shared_link_is_stored_and_what_its_reader_chose_is_not() -> None:
    report = report_named("pages")
    asked = guarded_of(report, Guard(5))
    sql(asked)
    stored = kept._path().read_bytes()
    assert stored.count(b"__hidden") >= 1

    chosen = Filter("path", "is", ("/secret-marker",))
    sql(guarded_of(report, Guard(5, (chosen,)), chosen))

    assert kept._path().read_bytes() == stored
    assert words(sql(guarded_of(report, Guard(7)))) == words(written(guarded_of(report, Guard(7))))


def test_a_link_that_hides_nothing_has_statements_of_its_own() -> None:
    report, goal = report_named("channels"), Filter("goal", "is", ("Thanks",))
    asked = asked_of(report, "UTC", PERIODS[0], "duckdb")
    assert guarded_of(report, Guard(0), goal).shape != replace(asked, filters=(goal,)).shape


def guarded_of(report: Report, guard: Guard, *filters: Filter) -> Asked:
    """Return a question of somebody with a shared link."""
    site = SiteInfo(1, "shop", "Shop", "UTC", "EUR", 0, "log", False, ("shop.example",))
    asked = Question(site, Period.parse(PERIODS[0], "UTC"), filters=filters, guard=guard)
    return Asked.of(report, asked, "duckdb")


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("no folder")
    asked = asked_of(reports_all()[0], "UTC", PERIODS[0], "duckdb")
    assert words(sql(asked)) == words(written(asked))
