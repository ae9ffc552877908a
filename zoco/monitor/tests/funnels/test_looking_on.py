"""Steps after the period: as long as the period is looked at, by whichever origin counts on their day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import Goal
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.monitor.reports.funnels import drawn
from zoco.monitor.reports.funnels.chains import Funnel

FUNNEL = Funnel("Shop", (Goal("Seen", "page", "/p"), Goal("Basket", "page", "/b")), 3_600)
VIEWED = {"name": "web.page.viewed", "origin": "tracker"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(drawn, "_providers", [(lambda _site, _key: FUNNEL, lambda _site: ())])
    return tmp_path


def asked(store: Store, now: datetime, **address: str) -> Answer:
    report = report_named("funnel")
    return ask(report, Question.from_address(address, report=report, now=now), store=store, now=now)


def test_a_period_before_stands_as_it_did_at_the_same_moment_of_it(place: Path) -> None:
    at_ten = datetime(2026, 3, 27, 9, tzinfo=UTC)
    facts = [
        # the day before: 1 goes on, 2 goes on after ten, 3 stops, 4 begins after ten
        fact("2026-03-26 09:00:00", 1, "/p"),
        fact("2026-03-26 09:30:00", 1, "/b"),
        fact("2026-03-26 09:40:00", 2, "/p"),
        fact("2026-03-26 10:20:00", 2, "/b"),
        fact("2026-03-26 08:00:00", 3, "/p"),
        fact("2026-03-26 11:00:00", 4, "/p"),
        # today until ten
        fact("2026-03-27 09:10:00", 5, "/p"),
        fact("2026-03-27 09:20:00", 5, "/b"),
    ]

    with ledger(place, facts) as store:
        rows = asked(store, at_ten, period="2026-03-27").rows
        whole = asked(store, at_ten, period="2026-03-26", compare="none").rows

    figures = ("people", "stopped", "not_yet")
    before = [[row.before[name] for name in figures] for row in rows if row.before]
    assert [row.values["people"] for row in rows] == [1, 1]
    assert before == [[3, 1, 1], [1, 0, 0]]
    assert [[row.values[name] for name in figures] for row in whole] == [[4, 2, 0], [2, 0, 0]]


def test_page_views_of_a_step_are_of_the_origin_that_counts_on_its_day(place: Path) -> None:
    changed = replace(
        SITE, id=2, slug="other", counting="tracker",
        counted=((date.min, "log"), (date(2026, 3, 31), "tracker")),
    )  # fmt: skip
    facts = [
        each
        for site in (SITE.id, changed.id)
        for each in (
            fact("2026-03-30 23:50:00", site, "/p", site=site),
            fact("2026-03-31 00:10:00", site, "/b", site=site, **VIEWED),
        )
    ]
    now = datetime(2026, 4, 10, tzinfo=UTC)

    with ledger(place, facts, [SITE, changed]) as store:
        found = [
            [row.values["people"] for row in asked(store, now, site=slug, period="2026-03-30").rows]
            for slug in ("shop", "other", "shop")
        ]

    assert found == [[1, 0], [1, 1], [1, 0]]
