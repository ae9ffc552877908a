"""What a guarded answer leaves out, on hand-counted rows, and that nobody can work it out from the rest."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import filters_read
from zoco.ledger.asking.guard import Guard, NotForStrangers
from zoco.ledger.asking.question import Question, QuestionWrong
from zoco.ledger.pictures.sheets.export import export
from zoco.ledger.report import report_named, reports_all
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD

NOW = datetime(2026, 4, 10, tzinfo=UTC)


def question(key: str, least: int = 3, /, **address: str) -> Question:
    report = report_named(key)
    found = Question.from_address({"period": PERIOD, **address}, report=report, now=NOW)
    return replace(found, guard=Guard(least, found.filters))


def asked(store: Store, key: str, least: int = 3, /, **address: str) -> Answer:
    return ask(report_named(key), question(key, least, **address), store=store, now=NOW)


def visitors(answer: Answer) -> list[tuple[Any, ...]]:
    return [(*row.key.values(), row.values["visitors"]) for row in answer.rows]


def test_rows_with_too_few_visitors_are_left_out_and_counted(store: Store) -> None:
    answer = asked(store, "pages")

    assert visitors(answer) == [("/", 8), ("/a", 4), ("/b", 3)]
    assert answer.hidden_rows == 2  # /c with 1, /d with 2: together 3
    assert answer.total_rows == 3


def test_totals_and_largest_values_are_those_of_the_rows_shown(store: Store) -> None:
    answer = asked(store, "pages")

    assert answer.totals == {"page_views": 13 + 4 + 3}
    assert answer.largest == {"visitors": 8, "page_views": 13}


def test_a_row_that_would_be_hidden_alone_takes_the_smallest_other_one_along(store: Store) -> None:
    answer = asked(store, "devices")

    assert visitors(answer) == [("phone", 4)]  # tablet has 1; desktop has 3 and keeps it company
    assert answer.hidden_rows == 2


def test_a_total_of_one_value_gives_nothing_away_either(store: Store) -> None:
    answer = asked(store, "regions", 2)

    # Madrid 3, Navarra 2; hidden are Murcia and Alsace with 1 each, together enough. But Murcia alone is
    # what Spain has besides the others, and Spain can be filtered by: Navarra keeps it company.
    assert visitors(answer) == [("Madrid", "ES", 3)]
    assert answer.hidden_rows == 3


def test_where_no_row_is_left_nothing_is_said_of_how_many_there_are(store: Store) -> None:
    answer = asked(store, "countries")  # Spain 6, France 2: France alone would be 8 less 6

    assert answer.rows == []
    assert answer.hidden_rows == 0
    assert answer.is_empty
    assert answer.totals == {"page_views": 0}


def test_nobody_and_too_few_look_the_same(store: Store) -> None:
    nobody, few = asked(store, "pages", **{"f.path": "/nowhere"}), asked(store, "pages", **{"f.path": "/c"})

    assert (nobody.rows, nobody.totals, nobody.hidden_rows, nobody.is_empty) == (
        few.rows,
        few.totals,
        few.hidden_rows,
        few.is_empty,
    )
    assert (nobody.facts_used, nobody.newest_at) == (few.facts_used, few.newest_at) == (0, None)


@pytest.mark.parametrize("order", ["visitors", "-visitors", "path", "-path", "page_views", "-page_views"])
def test_no_order_brings_a_hidden_row_back(store: Store, order: str) -> None:
    pages = [asked(store, "pages", order=order, size="1", page=str(page)) for page in (1, 2, 3)]

    assert {row.key["path"] for page in pages for row in page.rows} == {"/", "/a", "/b"}
    assert {page.total_rows for page in pages} == {3}


def test_the_period_before_is_guarded_by_itself(store: Store) -> None:
    before = {row.key["path"]: row.before for row in asked(store, "pages", 1).rows}
    guarded = asked(store, "pages")

    assert before["/a"] == {"visitors": 1, "page_views": 1}
    # Before there were "/" with 3 and "/a" with 1; one hidden row alone would be known, so both are.
    assert [row.before for row in guarded.rows] == [None, None, None]
    assert guarded.totals_before == {}


def test_steps_with_too_few_are_gaps_and_are_in_no_sum_that_is_told(store: Store) -> None:
    answer = asked(store, "traffic")

    # 28th: 8 visitors; 29th: 1; 30th: 4, hidden as the total less the 28th would tell of the 29th.
    assert [row.is_hidden for row in answer.rows] == [False, True, True]
    assert [row.values["visitors"] for row in answer.rows] == [8, None, None]
    assert answer.overall["visitors"] == 8
    assert answer.overall["page_views"] == 24


def test_steps_without_anybody_are_gaps_as_well(store: Store) -> None:
    answer = asked(store, "traffic", period="2026-03-26..2026-03-28", compare="none")

    assert [row.is_hidden for row in answer.rows] == [True, True, False]


def test_a_period_with_too_few_has_no_figures(store: Store) -> None:
    answer = asked(store, "traffic", period="2026-03-29", compare="none")

    assert answer.is_empty
    assert answer.overall == {}
    assert answer.totals == {}


def test_difference_to_the_answer_without_a_filter_is_no_small_group(store: Store) -> None:
    spain = asked(store, "pages", **{"f.country": "ES"})

    # "/" has 8, of Spain 6: the 2 of France would be known. "/a" likewise (4, 3). "/b" is Spain's alone.
    assert visitors(spain) == [("/b", 3)]
    assert asked(store, "traffic", **{"f.country": "ES"}).overall == {}


def test_a_filter_that_leaves_enough_on_both_sides_is_answered(store: Store) -> None:
    phones = asked(store, "traffic", compare="none", **{"f.device": "phone"})
    pages = asked(store, "pages", **{"f.device": "phone"})

    assert phones.overall["visitors"] == 4
    assert visitors(pages) == [("/", 4)]  # and 4 others; "/a" has 3, but 1 other; "/b" and "/c" have 1
    assert pages.hidden_rows == 3


def test_two_filters_are_held_against_each_and_against_neither(store: Store) -> None:
    both = {"f.device": "phone", "f.path": "/"}

    turned = list(question("pages", **both).guard.turned(filters_read({k: [v] for k, v in both.items()})))  # type: ignore[union-attr]

    assert [[(each.column, each.operator) for each in some] for some in turned] == [
        [("device", "is_not"), ("path", "is")],
        [("device", "is"), ("path", "is_not")],
        [("device", "is_not"), ("path", "is_not")],
    ]
    assert visitors(asked(store, "pages", **both)) == [("/", 4)]


def test_a_fixed_filter_is_nothing_that_a_reader_could_leave_out(store: Store) -> None:
    spain = replace(question("pages", **{"f.country": "ES"}), guard=Guard(3))

    answer = ask(report_named("pages"), spain, store=store, now=NOW)

    assert visitors(answer) == [("/", 6), ("/a", 3), ("/b", 3)]


def test_files_hold_no_hidden_row(store: Store) -> None:
    def column(key: str, name: str) -> list[str]:
        text = b"".join(export(report_named(key), question(key), "csv", store=store)).decode()
        return [row[name] for row in csv.DictReader(io.StringIO(text))]

    assert column("pages", "path") == ["/", "/a", "/b"]
    assert column("traffic", "visitors") == ["8", "", ""]
    assert b"__hidden" not in b"".join(export(report_named("pages"), question("pages"), "csv", store=store))


def test_what_may_come_from_one_buyer_is_left_out(store: Store) -> None:
    for key in ("traffic", "channels", "events"):
        guarded, whole = asked(store, key), asked(store, key, 0)

        assert {"conversions", "rate", "revenue", "value"} & set(guarded.report.columns) == set()
        assert {"revenue", "value"} & set(whole.report.columns)
        assert set(guarded.totals) <= {"page_views", "events"}
    with pytest.raises(QuestionWrong):
        asked(store, "channels", order="-revenue")


def test_without_a_threshold_all_is_shown(store: Store) -> None:
    assert len(asked(store, "pages", 0).rows) == 5
    assert [row.values["visitors"] for row in asked(store, "traffic", 0).rows] == [8, 1, 4]


def test_reports_that_do_not_count_people_are_refused(store: Store) -> None:
    open_to_strangers = {report.key for report in reports_all() if report.crowd}

    assert open_to_strangers == {
        "traffic", "channels", "sources", "campaigns", "referrers", "pages", "countries", "regions",
        "cities", "languages", "events", "devices", "browsers", "systems", "screens", "ai-assistants",
        "short-links", "tags", "consent", "conversions", "rfm", "surveys", "surveys-options",
        "surveys-over-time",
    }  # fmt: skip
    for key in ("bots", "errors", "served", "refusals", "requests", "entry-pages"):
        for least in (0, 3):
            with pytest.raises(NotForStrangers):
                asked(store, key, least)


@pytest.mark.parametrize("key", [report.key for report in reports_all() if report.crowd])
def test_the_crowd_of_a_report_is_among_its_counts(key: str) -> None:
    report = report_named(key)

    assert set(report.crowd) <= {each.name for each in report.measures if each.unit == "count"}
