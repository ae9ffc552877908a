"""What plans expect of visits, on facts counted by hand: days that tell, forecasts, states, words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from zoco.campaigns.costs.expecting import expected
from zoco.campaigns.costs.plan_screens import PlanForm, plans_said
from zoco.campaigns.costs.planning import Progress, progress_of
from zoco.campaigns.costs.reads import days_over
from zoco.campaigns.models import Campaign, Plan
from zoco.campaigns.tests.test_reports import POSTER, TRACKED
from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.models import Goal
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.pace import pace

pytestmark = pytest.mark.django_db
BROUGHT = [2, 1, 3, 2, 0, 1, 1, 3, 1, 2, 2, 1, 0, 1, 0]
"""How many of the campaign's visitors converted on each of the first 15 days of March, the last one quiet."""


def facts() -> Iterator[Fact]:
    """Yield each day a visitor without the campaign, one with it who only looks, but for the 15th, and those
    who convert for 10 each. On the 16th, which is today, one more converts.
    """
    for day, count in enumerate([*BROUGHT, 1], 1):
        local = f"2026-03-{day:02} 1"
        yield fact(f"{local}0:00:00", day * 10, "/", name="web.page.viewed")
        if day != 15:
            yield fact(f"{local}0:30:00", day * 10 + 1, "/", name="web.page.viewed", **POSTER)
        for number in range(count):
            yield fact(
                f"{local}1:00:0{number}", day * 10 + 2 + number, "/thanks", name="web.page.viewed",
                amount_site=Decimal(10), **POSTER,
            )  # fmt: skip


@pytest.fixture(autouse=True)
def spring(tmp_path: Path) -> Iterator[Campaign]:
    with ledger(tmp_path, list(facts()), [TRACKED]):
        site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
        Goal.objects.create(site=site, name="Thanks", kind="page", pattern="/thanks")
        reads.forget()
        yield Campaign.objects.create(site=site, name="Spring", code="spring")
    reads.forget()


def planned(campaign: Campaign, conversions: int | None, revenue: int | None, last: int = 30) -> None:
    days = {"starts_on": date(2026, 2, 20), "ends_on": date(2026, 3, last)}
    Plan.objects.create(campaign=campaign, budget=1, conversions=conversions, revenue=revenue, **days)


def progress(campaign: Campaign, today: int) -> Progress:
    [found] = progress_of(TRACKED, campaign, now=datetime(2026, 3, today, 16, tzinfo=UTC))
    return found


def test_conversions_and_revenue_are_forecast_from_the_first_visit_to_the_day_before(
    spring: Campaign,
) -> None:
    planned(spring, 60, 100)

    found = progress(spring, 16)

    # The plan began nine days before anybody came, and the quiet 15th was counted: 15 days, 15 to come.
    by_hand = pace(np.array(BROUGHT, dtype=float), 15)
    count, money = found.conversions, found.revenue
    assert count is not None
    assert money is not None
    assert (count.actual, money.actual) == (21, 210)  # with today's
    assert count.forecast is not None
    assert money.forecast is not None
    assert (count.forecast.so_far, count.forecast.level) == (20, 0.9)
    assert count.forecast.total == pytest.approx(by_hand.total)
    assert (count.forecast.low, count.forecast.high) == pytest.approx((max(21, by_hand.low), by_hand.high))
    assert money.forecast.total == pytest.approx(10 * by_hand.total)
    assert money.forecast.high == pytest.approx(10 * by_hand.high)
    assert (count.state, money.state, count.share) == ("under", "reached", 0.35)


def test_days_add_up_to_what_the_page_says_of_the_whole(spring: Campaign) -> None:
    now = datetime(2026, 3, 16, 16, tzinfo=UTC)
    planned(spring, 1, 1)

    days = days_over(TRACKED, spring, date(2026, 2, 20), date(2026, 3, 16), now)

    outcome = progress(spring, 16).outcome
    assert outcome is not None
    assert sum(each.conversions or 0 for each in days) == outcome.conversions == 21
    assert sum(each.revenue or 0 for each in days) == outcome.revenue == 210
    assert [each.conversions for each in days if each.on >= date(2026, 3, 1)] == [*BROUGHT, 1]


def test_days_of_a_campaign_with_a_goal_are_of_all_its_visits_and_add_up(spring: Campaign) -> None:
    now = datetime(2026, 3, 16, 16, tzinfo=UTC)
    Goal.objects.create(site=spring.site, name="Home", kind="page", pattern="/")
    Campaign.objects.filter(pk=spring.pk).update(goal="Home")
    spring.refresh_from_db()
    planned(spring, 1, 1)

    days = days_over(TRACKED, spring, date(2026, 2, 20), date(2026, 3, 16), now)

    outcome = progress(spring, 16).outcome
    assert outcome is not None
    # One a day looks at the home page, but for the 15th; those who pay do not.
    assert sum(each.conversions or 0 for each in days) == outcome.conversions == 15
    assert sum(each.revenue or 0 for each in days) == outcome.revenue == 210
    assert [each.visitors for each in days if each.on >= date(2026, 3, 13)] == [1, 2, 0, 2]


def test_too_few_days_and_a_plan_that_is_over_have_words_and_no_number(spring: Campaign) -> None:
    planned(spring, 21, 900, last=16)

    few, over = progress(spring, 13), progress(spring, 17)

    for found, states in ((few, ("unsure", "unsure")), (over, ("reached", "missed"))):
        assert found.conversions is not None
        assert found.revenue is not None
        assert (found.conversions.forecast, found.revenue.forecast) == (None, None)
        assert (found.conversions.state, found.revenue.state) == states
    [said] = plans_said(TRACKED, spring, datetime(2026, 3, 17, 16, tzinfo=UTC))
    assert said["conversions"] == "21 of 21 (100%)"
    assert said["revenue"] == "€210.00 of €900.00 (23%)"
    assert [(each["state"], each["forecast"], each["is_bad"]) for each in said["coming"]] == [
        ("As much as planned has come.", "", False),
        ("It is over, and less has come than planned.", "", True),
    ]
    shown = body(client_of("analyst").get(f"/admin/costs/campaign/{spring.pk}/"))
    assert "<strong>It is over, and less has come than planned.</strong>" in shown
    assert "21 of 21 (100%)" in shown


def test_days_on_which_the_site_counts_nobody_are_not_known_and_two_weeks_of_them_are_said(
    spring: Campaign,
) -> None:
    planned(spring, None, 900, last=31)

    late, silent = progress(spring, 30), progress(spring, 31)
    [said] = plans_said(TRACKED, spring, datetime(2026, 3, 31, 16, tzinfo=UTC))

    assert (late.conversions, silent.conversions) == (None, None)  # nothing was planned of them
    assert late.revenue is not None
    assert late.revenue.forecast is not None
    # The 16th was the newest day with a visitor: from it on days may go on as they did.
    assert late.revenue.forecast.so_far == 210
    assert late.revenue.forecast.total == pytest.approx(pace(np.array([*BROUGHT, 1.0]) * 10, 15).total)
    assert silent.revenue is not None
    assert (silent.revenue.forecast, silent.revenue.state) == (None, "silent")
    [coming] = said["coming"]
    assert coming["state"] == "Not known: the site counted no visitor in the last 14 days."


def test_on_the_first_day_of_a_site_nobody_says_that_it_counted_nobody(spring: Campaign) -> None:
    planned(spring, 60, 900)

    [said] = plans_said(TRACKED, spring, datetime(2026, 3, 1, 16, tzinfo=UTC))

    assert said["conversions"] == "2 of 60 (3%)"
    states = {each["state"] for each in said["coming"]}
    assert states == {
        "Not yet: it takes 14 days from the first visit on, 10 of them with conversions or revenue."
    }


def test_a_plan_that_is_sent_twice_at_once_is_kept_once_and_said(
    spring: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"plan": "1", "plan-starts_on": "2026-03-01", "plan-ends_on": "2026-03-30", "plan-budget": "300"}
    real = PlanForm.is_valid

    def valid(form: PlanForm) -> bool:
        is_valid = real(form)
        planned(spring, None, None)
        Plan.objects.update(starts_on=date(2026, 3, 1))
        return is_valid

    monkeypatch.setattr(PlanForm, "is_valid", valid)
    answer = client_of("marketer").post(f"/admin/costs/campaign/{spring.pk}/", given)

    assert (answer.status_code, Plan.objects.count()) == (422, 1)
    assert "Another plan of the campaign has some of these days." in body(answer)


def test_words_say_where_it_leads_with_the_wider_whole_bounds(spring: Campaign) -> None:
    planned(spring, 60, None)
    by_hand = pace(np.array(BROUGHT, dtype=float), 15)

    [said] = plans_said(TRACKED, spring, datetime(2026, 3, 16, 16, tzinfo=UTC))

    [coming] = said["coming"]
    low, high = int(max(by_hand.low, 21)), int(by_hand.high) + 1
    assert said["conversions"] == "21 of 60 (35%)"
    assert coming["state"] == "Less than planned will come if days go on so."
    assert coming["forecast"] == (
        f"{round(by_hand.total)} by the last day; with 90% confidence between {low} and {high}."
    )


@pytest.mark.parametrize(("plan", "state"), [(20, "reached"), (21, "over"), (35, "even"), (80, "under")])
def test_the_interval_is_held_against_the_plan(plan: int, state: str) -> None:
    days = [float(each) for each in [2, 1] * 7]  # 21, and some 42 in 28 days

    found = expected(plan, 20, days, 14, is_over=False, level=0.9, may_fall=False)

    assert (found.state, found.planned) == (state, plan)


def test_what_is_not_known_is_not_forecast() -> None:
    found = expected(5, None, [1.0] * 20, 9, is_over=False, level=0.9, may_fall=False)

    assert (found.state, found.forecast, found.share) == ("unknown", None, None)
