"""Asking: pages, order, filters, comparison, and what an answer says of the facts it rests on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zoco.kit.periods import moment_at
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import Filter
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.statements.statement import ReportWrong
from zoco.ledger.report import Measure, Report, report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD

Filters = Sequence[Filter]
NOW = datetime(2026, 4, 10, tzinfo=UTC)


def answered(store: Store, key: str, *, now: datetime = NOW, filters: Filters = (), **address: str) -> Answer:
    report = report_named(key)
    question = Question.from_address({"period": PERIOD, **address}, report=report, now=now)
    return ask(report, replace(question, filters=tuple(filters)), store=store, now=now)


def paths(answer: Answer) -> list[object]:
    return [row.key["path"] for row in answer.rows]


def test_pages_hold_all_rows_between_them(store: Store) -> None:
    pages = [answered(store, "pages", size="1", page=str(number)) for number in (1, 2, 3)]

    assert [paths(page) for page in pages] == [["/"], ["/a"], ["/b"]]
    assert {(page.total_rows, page.pages) for page in pages} == {(3, 3)}
    assert {page.totals["page_views"] for page in pages} == {7}


def test_a_page_beyond_the_last_is_empty_and_keeps_the_totals(store: Store) -> None:
    answer = answered(store, "pages", size="2", page="9")

    assert (answer.rows, answer.total_rows, answer.totals, answer.totals_before) == (
        [],
        3,
        {"page_views": 7},
        {"page_views": 2},
    )


def test_order_and_ties(store: Store) -> None:
    assert paths(answered(store, "pages", order="page_views")) == ["/b", "/a", "/"]
    assert paths(answered(store, "pages", order="-path")) == ["/b", "/a", "/"]
    assert paths(answered(store, "pages", order="visitors")) == ["/a", "/b", "/"]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("f.path", "/a", ["/a"]),
        ("f.path", ["/a", "/b"], ["/a", "/b"]),
        ("f.path!", "/", ["/a", "/b"]),
        ("f.path~", "b", ["/b"]),
        ("f.path!~", ["a", "b"], ["/"]),
        ("f.path^", ["/a", "/b"], ["/a", "/b"]),
        ("f.path!^", "/a", ["/", "/b"]),
        ("f.country", "", ["/"]),
        ("f.country!", "", ["/", "/a", "/b"]),
        ("f.status", "200", ["/", "/a", "/b"]),
        ("f.channel", "referral", ["/", "/b"]),
        ("f.path~", "%", []),
        ("f.path", "' or 1=1 --", []),
    ],
)
def test_filters(store: Store, name: str, value: str | list[str], found: list[str]) -> None:
    report = report_named("pages")
    address = {"period": PERIOD, "order": "path", name: value}
    question = Question.from_address(address, report=report, now=NOW)

    assert paths(ask(report, question, store=store, now=NOW)) == found


def test_verdicts(store: Store) -> None:
    everybody = answered(store, "pages", verdicts="all")

    assert [(row.key["path"], row.values["page_views"]) for row in everybody.rows] == [
        ("/", 5),
        ("/a", 3),
        ("/b", 1),
    ]
    assert (everybody.facts_used, everybody.facts_left_out) == (9, {})


def test_rows_that_are_gone_count_in_the_totals_before_only(store: Store) -> None:
    answer = answered(store, "pages", filters=[Filter("path", "is", ("/left",))])

    assert (answer.rows, answer.total_rows, answer.totals, answer.totals_before) == (
        [],
        0,
        {"page_views": 0},
        {"page_views": 1},
    )


def test_without_comparison_nothing_is_compared(store: Store) -> None:
    for key in ("pages", "traffic"):
        answer = answered(store, key, compare="none")

        assert {row.before for row in answer.rows} == {None}
        assert (answer.totals_before, answer.period_before, answer.overall_before) == (None, None, None)


def test_compared_with_the_year_before(store: Store) -> None:
    answer = answered(store, "traffic", compare="year")

    assert str(answer.period_before) == "2025-03-28..2025-03-30"
    assert [row.before and row.before["visitors"] for row in answer.rows] == [0, 0, 0]


def test_an_unfinished_step_is_marked(store: Store) -> None:
    answer = answered(store, "traffic", now=datetime(2026, 3, 29, 20, tzinfo=UTC))

    assert [row.is_unfinished for row in answer.rows] == [False, True, True]


def test_an_empty_step_is_zero_and_a_rate_of_nothing_is_unknown(store: Store) -> None:
    row = answered(store, "traffic", period="2026-04-01", compare="none").rows[0]

    assert row.values == {
        "visitors": 0,
        "sessions": 0,
        "page_views": 0,
        "bounce": None,
        "views_per_session": None,
        "duration": None,
        "engaged": None,
        "conversions": None,
        "revenue": 0,
    }


def test_a_curve_may_be_ordered_by_a_figure(store: Store) -> None:
    answer = answered(store, "traffic", order="-page_views")

    assert [row.values["page_views"] for row in answer.rows] == [3, 2, 2]


def test_the_answer_names_its_query_and_the_newest_fact(store: Store) -> None:
    answer = answered(store, "pages")

    assert answer.sql.startswith("SELECT")
    assert store.query(answer.sql).num_rows == 3
    assert answer.newest_at == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert answer.seconds > 0


def test_a_report_must_return_what_it_declares(store: Store) -> None:
    class Wrong(Report):
        key = "wrong"
        dimensions = report_named("pages").dimensions
        measures = (Measure("likes", "Likes"),)
        query = report_named("pages").query

    question = Question.from_address({"period": PERIOD}, now=NOW)

    with pytest.raises(ReportWrong, match="it declares"):
        ask(Wrong(), question, store=store, now=NOW)


def test_a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before(store: Store) -> None:
    report = report_named("pages")
    question = Question.from_address({"period": "2026-03-28", "compare": "before"}, report=report, now=NOW)
    at_noon = datetime(2026, 3, 28, 11, 3, tzinfo=UTC)  # 12:03 in Madrid, to five minutes 12:00

    answer = ask(report, question, store=store, now=at_noon)
    whole = ask(report, question, store=store, now=NOW)

    assert (answer.totals_before, whole.totals_before) == ({"page_views": 0}, {"page_views": 2})
    assert answer.period_before is not None
    assert moment_at(answer.period_before.until) == datetime(2026, 3, 27, 11, 0, tzinfo=UTC)
    assert whole.period_before is not None
    assert whole.period_before.until == 0
    later = ask(report, question, store=store, now=datetime(2026, 3, 28, 11, 6, tzinfo=UTC))
    assert later.totals_before == {"page_views": 2}
