"""The planner by a history whose sums are made here: revenue drawn in, a ratio, who comes back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from zoco.ledger import sitebook
from zoco.ledger.store import opening
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import load
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.stats.trials.metrics import mean, proportion, ratio
from zoco.stats.trials.moments import Floats, Moments
from zoco.stats.trials.planning import Coming, Design, Past, Way, plan
from zoco.stats.trials.planning_live import plan_live
from zoco.stats.trials.planning_revenue import past_of_revenue
from zoco.trials.analysis.history import history as past_of
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.asked.services import answer_through, question_ask
from zoco.trials.choices import Unit
from zoco.trials.tests.simulated import DAY, SIGNED, START, Visits, draft, site_made
from zoco.trials.tests.worked import store_of

pytestmark = pytest.mark.django_db
NOW = START + 40 * DAY
NEW, PLAN = "/admin/trials/new/", "/admin/trials/plan/"
GIVEN: dict[str, Any] = {
    "goal": "Order", "kind": "revenue", "per": "", "of_amount": False, "quantile": 0.97, "from_day": 1,
    "unit": "browser", "window_days": 3, "lift": 20.0, "arms": 2, "power": 80.0, "share": 50,
}  # fmt: skip
Rows = dict[int, list[float]]
REVENUE = {
    "site": "shop", "goal": "", "kind": "revenue", "unit": "visitor", "window_days": "1", "lift": "25",
    "arms": "2", "power": "80", "share": "100", "quantile": "0.95", "from_day": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def history(folder: Path, count: int, *, payers: float = 0.2) -> Rows:
    """Load browsers of four weeks; return of each: paid, orders, sign-ups, whether it came back, its day."""
    made, rng, rows = Visits(draft()), Random(11), {}
    for _ in range(count):
        browser, first = rng.getrandbits(62) + 1, NOW - (3.5 + 27 * rng.random()) * DAY

        def after(days: float, first: datetime = first) -> datetime:
            return first + timedelta(days=days)

        def order(at: datetime, amount: str, browser: int = browser) -> None:
            made.event(at, browser, "order", amount, known=browser)

        made.view(first, browser, known=browser)
        row = rows[browser] = [0.0, 0.0, 0.0, 0.0, float((first - NOW) // DAY + 31)]
        for _ in range(rng.choice((1, 2)) if rng.random() < payers else 0):
            amount = f"{10 * rng.paretovariate(1.3):.2f}"
            order(after(2.9 * rng.random()), amount)
            row[0], row[1] = row[0] + float(amount), row[1] + 1
        if rng.random() < 0.5:
            made.event(after(0.1), browser, "sign up", known=browser)
            row[2] += 1
        if rng.random() < 0.3:
            made.view(after(1.1 + 1.8 * rng.random()), browser, known=browser)
            row[3] = 1.0
        elif rng.random() < 0.3:
            made.view(after(rng.choice((0.5, 3.1))), browser, known=browser)
            order(after(3.2), "5000")
    load(folder, made.facts)
    return rows


def coming(days: Floats) -> Coming:
    """Return how many come by the end of each day to half of the traffic, and a day then."""
    half = tuple(float((days <= day).sum()) / 2 for day in range(28))
    return Coming(half, (half[27] - half[20]) / 7)


def asked(store: Store, **more: Any) -> TrialQuestion:
    key = question_ask(site=1, kind="plan", given=GIVEN | more, by=None, at=NOW).pk
    found = answer_through(key=key, store=store)
    assert found is not None
    assert found.state == "done"
    return found


def holds(answer: dict[str, Any], past: Past, before: float, days: Floats) -> None:
    count = len(days)
    fixed = plan(past, 0.2 * past.value, Design(), daily=coming(days))
    assert (answer["before"], answer["after"]) == pytest.approx((before, before * 1.2))
    assert answer["units"] == count
    assert (answer["fixed"]["units"], answer["fixed"]["days"]) == (fixed.units, fixed.days)


@pytest.mark.parametrize("engine", ["duckdb", "clickhouse"])
def test_revenue_ratio_and_coming_back_are_planned_by_the_sums_of_the_history(
    engine: str, tmp_path: Path
) -> None:
    store: Store = store_of(engine, tmp_path)
    rows = np.array(list(history(tmp_path, 500).values()))
    store.drain()

    revenue = asked(store).answer
    each = asked(store, kind="ratio", per="Sign up", of_amount=True).answer
    back = asked(store, kind="retention", goal="").answer
    often = asked(store, kind="mean").answer
    rate = asked(store, kind="ratio", per="Sign up").answer
    store.close()

    paid, orders, signed, came_back, days = rows.T
    cap = np.sort(paid)[int(np.ceil(0.97 * len(paid))) - 1]
    assert revenue["cap"] == pytest.approx(cap)
    past = past_of_revenue(paid, 0.97, 0.2, Design())
    holds(revenue, past, np.minimum(paid, cap).mean(), days)
    live = plan_live(past, 0.2 * past.value, Design(), daily=coming(days))
    assert (revenue["live"]["units"], revenue["live"]["days"]) == (live.units, live.days)
    money = ratio(Moments.of(paid, signed))
    told = (paid - money.value * signed) / signed.mean()
    assert money.variance == pytest.approx(told.var(ddof=1))
    holds(each, Past.of(money, Way.EACH), paid.sum() / signed.sum(), days)
    count = mean(Moments.of(orders))
    holds(often, Past.of(count, Way.EACH, chance=count.value), orders.mean(), days)
    clicks = ratio(Moments.of(orders, signed))
    chance = clicks.value / signed.mean()
    assert chance < clicks.variance
    holds(rate, Past.of(clicks, Way.EACH, chance=chance), orders.sum() / signed.sum(), days)
    share = proportion(int(came_back.sum()), 500).value
    holds(back, Past.of_share(share), came_back.mean(), days)


def test_too_little_and_revenue_that_is_all_drawn_in_are_sentences_without_a_number(tmp_path: Path) -> None:
    store = store_of("duckdb", tmp_path)
    rows = history(tmp_path, 900, payers=0.05)
    store.drain()
    paid = sum(row[0] > 0 for row in rows.values())

    drawn = asked(store, quantile=0.9)
    fine = asked(store, quantile=0.99)
    none = asked(store, kind="ratio", goal="Order", per="Nothing")
    few = asked(store, goal="Sign up")
    large = asked(store, quantile=0.99, lift=900.0 * 2.5)
    store.close()

    assert 25 < paid < 90
    assert (drawn.said[:32], drawn.answer) == ("Drawn in at this quantile, nothi", {})
    assert drawn.said_places == {"paid": paid, "units": 900}
    assert fine.answer["units"] == 900
    assert [each.said[:12] for each in (none, few, large)] == ["The site has", "Too little i", "No trial of "]
    assert few.said_places["events"] == 0
    assert [each.answer for each in (none, few, large)] == [{}, {}, {}]


def test_a_site_of_two_weeks_is_planned_by_its_own_days_and_an_outage_counts(tmp_path: Path) -> None:
    store = store_of("duckdb", tmp_path)
    end, made, visitor = NOW - DAY, Visits(draft()), 0
    for day in range(14):
        for _ in range(0 if day in {5, 11} else 100):
            visitor += 1
            at = end - (14 - day) * DAY + visitor % 24 * DAY / 24
            made.view(at, visitor)
            if visitor % 4 == 0:
                made.event(at, visitor, "sign up")
    load(tmp_path, made.facts)
    store.drain()

    young = past_of(sitebook.site("shop"), SIGNED, Unit.VISITOR, store, now=NOW, tell=lambda **_told: None)
    store.close()

    assert young.came.tolist() == [100] * 5 + [0] + [100] * 5 + [0] + [100] * 2
    assert young.daily == pytest.approx(1_200 / 14)
    assert young.daily_late == pytest.approx(600 / 7)
    days = [young.coming(1.0).days(units) for units in (1, 100, 500, 501, 1_200, 1_201, 3_000)]
    assert days == [1, 1, 5, 7, 14, 15, 14 + 21]
    assert young.coming(0.5).days(600) == 14
    whole = replace(young, came=np.full(14, 100)).coming(1.0)
    assert [whole.days(units) for units in (100, 1_000, 3_000)] == [1, 10, 30]


def test_the_page_plans_revenue_and_offers_the_trial_that_counts_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    opening.close()
    made, rng, now = Visits(draft()), Random(5), datetime.now(UTC)
    for visitor in range(1, 401):
        at = now - (2 + 20 * rng.random()) * DAY
        made.view(at, visitor)
        if rng.random() < 0.3:
            made.event(at, visitor, "order", f"{10 * rng.paretovariate(1.5):.2f}")
    load(tmp_path, made.facts)
    opening.store().drain()
    client = client_of("marketer")

    answer = client.post(PLAN, REVENUE)
    answer_through(key=TrialQuestion.objects.get().pk)
    shown = body(client.get(answer["Location"]))
    new = unescape(re.search(r'href="(/admin/trials/new/[^"]*)"', shown)[1])  # type: ignore[index]
    offered = body(client.get(new))

    assert "Revenue was drawn in at" in shown
    assert "Figures of the last units come 1 day later" in shown
    assert "New ones a day in the last of these weeks" in shown
    hidden = dict(re.findall(r'name="(\w+)"[^>]*data-z-kinds="([\w ]+)"', shown))
    assert set(hidden) == {"goal", "per", "of_amount", "quantile", "from_day"}  # the share of traffic stays
    assert "(s₀² + m²)(1 + l) − m²(1 + l)²" in shown
    assert "Planned as though more units paid, each as much as those who paid." in shown
    assert '<option value="revenue" selected>' in offered
    assert 'name="metrics-0-share" value="0.95"' in offered
    opening.close()


def test_a_plan_that_lacks_what_its_kind_needs_says_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    opening.close()
    draft()
    client, asked = client_of("marketer"), REVENUE

    assert "needs a goal of the site" in body(client.post(PLAN, asked | {"kind": "proportion"}))
    assert "is a ratio: choose as well for each" in body(
        client.post(PLAN, asked | {"kind": "ratio", "goal": "Order"})
    )
    assert "nobody is seen to come back" in body(client.post(PLAN, asked | {"kind": "retention"}))
    back = asked | {"kind": "retention", "unit": "browser"}
    assert "from a day on, before its last day" in body(client.post(PLAN, back))
    hidden = {"kind": "proportion", "goal": "Order", "per": "Gone", "quantile": "7", "from_day": "no"}
    assert client.post(PLAN, asked | hidden).status_code == 302
    assert client.post(PLAN, asked | {"kind": "quantile", "quantile": "1e999"}).status_code == 200
    assert client.get(NEW, {"kind": "x", "per": "<b>", "share": "nan", "window_days": "-"}).status_code == 200
    opening.close()
