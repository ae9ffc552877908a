"""Each report on the hand-counted facts: every row, in order."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from zoco.ledger import sitebook
from zoco.ledger.asking import goals
from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named, reports_all
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD, SITE

NOW = datetime(2026, 4, 10, tzinfo=UTC)


def wall(day: int, hour: int = 0) -> datetime:
    """Return a moment of March 2026 on the site's wall clock."""
    return datetime(2026, 3, day, hour)  # noqa: DTZ001


def answered(store: Store, key: str, **address: str) -> Answer:
    report = report_named(key)
    question = Question.from_address({"period": PERIOD, **address}, report=report, now=NOW)
    return ask(report, question, store=store, now=NOW)


def table(answer: Answer) -> list[tuple[Any, ...]]:
    return [(*row.key.values(), *row.values.values()) for row in answer.rows]


def test_traffic_by_day(store: Store) -> None:
    answer = answered(store, "traffic")

    assert table(answer) == [
        # visitors, sessions, page views, bounce, views per session, seconds, engagement, conversions, revenue
        (wall(28), 2, 2, 3, 0.0, 2.0, 750.0, None, None, 0),
        (wall(29), 2, 1, 2, 1.0, 1.0, 0.0, None, None, 0),
        (wall(30), 1, 1, 2, 1.0, 1.0, 0.0, None, None, 0),
    ]
    assert answer.totals == {"page_views": 7, "conversions": None, "revenue": 0}
    assert answer.overall == {
        "visitors": 3,
        "sessions": 4,
        "page_views": 7,
        "bounce": 0.5,
        "views_per_session": 1.5,
        "duration": 375.0,
        "engaged": None,
        "conversions": None,
        "revenue": 0,
    }


def test_traffic_of_the_period_before_stands_beside_by_number(store: Store) -> None:
    answer = answered(store, "traffic")

    assert [row.before and row.before["page_views"] for row in answer.rows] == [0, 0, 2]
    assert [row.before_key for row in answer.rows] == [{"bucket": wall(day)} for day in (25, 26, 27)]
    assert answer.totals_before == {"page_views": 2, "conversions": None, "revenue": 0}
    assert answer.overall_before is not None
    assert answer.overall_before["visitors"] == 1


def test_traffic_by_hour_leaves_out_the_hour_that_the_clock_skips(store: Store) -> None:
    answer = answered(store, "traffic", period="2026-03-29", grain="hour", compare="none")

    assert len(answer.rows) == 23
    assert [row.key["bucket"] for row in answer.rows][:4] == [wall(29, hour) for hour in (0, 1, 3, 4)]
    seen = {row.key["bucket"]: row.values["page_views"] for row in answer.rows if row.values["page_views"]}
    assert seen == {wall(29, 0): 1, wall(29, 12): 1}


def test_traffic_by_week_and_month(store: Store) -> None:
    weeks = answered(store, "traffic", grain="week", compare="none")
    months = answered(store, "traffic", grain="month", compare="none")

    assert [(row.key["bucket"], row.values["page_views"], row.is_cut) for row in weeks.rows] == [
        (wall(23), 5, True),
        (wall(30), 2, True),
    ]
    assert [(row.key["bucket"], row.values["visitors"]) for row in months.rows] == [(wall(1), 3)]


def test_requests_of_everybody(store: Store) -> None:
    answer = answered(store, "requests", verdicts="all")

    assert table(answer) == [
        # requests, pages, assets, redirects, calls, not found, failures
        (wall(28), 8, 4, 1, 1, 0, 2, 0),
        (wall(29), 3, 3, 0, 0, 0, 0, 0),
        (wall(30), 3, 2, 0, 0, 0, 0, 1),
    ]


def test_pages(store: Store) -> None:
    answer = answered(store, "pages")

    assert table(answer) == [("/", 3, 4), ("/a", 1, 2), ("/b", 1, 1)]
    assert answer.totals == {"page_views": 7}
    assert answer.totals_before == {"page_views": 2}
    assert answer.largest == {"visitors": 3, "page_views": 4}
    assert [row.before for row in answer.rows] == [
        {"visitors": 1, "page_views": 1},
        {"visitors": 0, "page_views": 0},
        {"visitors": 0, "page_views": 0},
    ]
    assert (answer.facts_used, answer.facts_left_out) == (7, {"ai": 1, "bot": 1})


def test_entry_pages(store: Store) -> None:
    assert table(answered(store, "entry-pages")) == [
        # sessions, bounce, views per session, seconds
        ("/", 2, 0.5, 1.5, 150.0),
        ("/a", 1, 1.0, 1.0, 0.0),
        ("/b", 1, 0.0, 2.0, 1200.0),
    ]


def test_exit_pages(store: Store) -> None:
    assert table(answered(store, "exit-pages")) == [("/", 2, 4, 0.5), ("/a", 2, 2, 1.0)]


def test_referrers(store: Store) -> None:
    assert table(answered(store, "referrers")) == [("google.com", 1, 1), ("news.example", 1, 1)]


@pytest.mark.parametrize("own", ["news.example", "www.news.example"])
def test_own_hosts_refer_to_nobody_with_www_or_without(
    store: Store, monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    site = replace(SITE, hostnames=(own, "maps.google.com"))
    monkeypatch.setattr(sitebook, "_providers", [lambda: [site]])

    assert table(answered(store, "referrers")) == [("google.com", 1, 1)]


def test_channels(store: Store) -> None:
    assert table(answered(store, "channels")) == [
        # visitors, sessions, page views, bounce, conversions, rate, its bounds, revenue
        ("direct", 1, 1, 2, 1.0, None, None, None, None, 0),
        ("email", 1, 1, 1, 1.0, None, None, None, None, 0),
        ("organic_search", 1, 1, 2, 0.0, None, None, None, None, 0),
        ("referral", 1, 1, 2, 0.0, None, None, None, None, 0),
    ]


def test_the_share_that_reached_a_goal_has_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "_providers", [lambda _site: (goals.Goal("A", "page", pattern="/a"),)])

    answer = answered(store, "channels")

    # Of one visitor Wilson's interval ends at 1 / (1 + z²) or z² / (1 + z²), with z² = 3.84146.
    none, one = (0, 0.0, 0.0, 0.79345), (1, 1.0, 0.20655, 1.0)
    names = ("conversions", "rate", "rate_low", "rate_high")
    assert {row.key["channel"]: tuple(row.values[name] for name in names) for row in answer.rows} == {
        "direct": pytest.approx(one, abs=1e-5),
        "email": pytest.approx(none, abs=1e-5),
        "organic_search": pytest.approx(one, abs=1e-5),
        "referral": pytest.approx(none, abs=1e-5),
    }


def test_sources_and_campaigns(store: Store) -> None:
    assert table(answered(store, "sources")) == [
        ("", "", 1, 1, 2, 1.0, None, None, None, None, 0),
        ("google", "organic", 1, 1, 2, 0.0, None, None, None, None, 0),
        ("letter", "email", 1, 1, 1, 1.0, None, None, None, None, 0),
        ("news.example", "referral", 1, 1, 2, 0.0, None, None, None, None, 0),
    ]
    assert table(answered(store, "campaigns")) == [("spring", 1, 1, 1, 1.0, None, None, None, None, 0)]


def test_countries_languages_devices_browsers_systems(store: Store) -> None:
    assert table(answered(store, "countries")) == [("FR", 2, 3), ("ES", 1, 3), ("", 0, 1)]
    assert table(answered(store, "languages")) == [("fr", 2, 3), ("es", 1, 3)]
    assert table(answered(store, "devices")) == [("desktop", 2, 3), ("phone", 1, 3), ("", 0, 1)]
    assert table(answered(store, "browsers")) == [("Firefox", 2, 3), ("Safari", 1, 3), ("", 0, 1)]
    assert table(answered(store, "systems")) == [("Linux", 2, 3), ("iOS", 1, 3), ("", 0, 1)]


def test_errors_say_where_the_link_is(store: Store) -> None:
    assert table(answered(store, "errors")) == [
        ("/boom", 500, "news.example", "log", 1, 1),
        ("/missing", 404, "https://shop.example/a", "log", 1, 1),
    ]
    assert table(answered(store, "errors", kind="not_found", verdicts="all")) == [
        ("/gone", 404, "", "log", 1, 1),
        ("/missing", 404, "https://shop.example/a", "log", 1, 1),
    ]
    assert table(answered(store, "errors", kind="failure")) == [("/boom", 500, "news.example", "log", 1, 1)]


def test_bots_whatever_verdicts_are_chosen(store: Store) -> None:
    answer = answered(store, "bots")

    assert table(answer) == [
        ("Googlebot", "bot", "search", 2, 1, 1),
        ("GPTBot", "ai", "ai_training", 1, 1, 0),
    ]
    assert (answer.facts_used, answer.facts_left_out) == (3, {"human": 11})


def test_verdicts_of_everybody_with_their_reasons(store: Store) -> None:
    assert table(answered(store, "verdicts")) == [
        ("human", "", 11, 7),
        ("bot", "Googlebot", 2, 1),
        ("ai", "GPTBot", 1, 1),
    ]


def test_served(store: Store) -> None:
    assert table(answered(store, "served")) == [
        ("web.asset.served", "/app.css", 200, 1, 1),
        ("web.redirect.served", "/old", 301, 1, 1),
    ]
    assert table(answered(store, "served", kind="redirect")) == [("web.redirect.served", "/old", 301, 1, 1)]


def test_every_report_about_visitors_says_what_one_is_over_several_days() -> None:
    said = {report.key: str(report.definition) for report in reports_all() if "visitors" in report.columns}

    assert len(said) > 20
    assert [key for key, definition in said.items() if "counts three times" not in definition] == []
