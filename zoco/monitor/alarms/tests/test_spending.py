"""Alarms about what campaigns cost: found, named, one incident each, told to whom costs are shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import Group, Permission, User

from zoco.campaigns.costs.troubles import Judged, Trouble, too_little
from zoco.campaigns.models import Campaign, Cost, Plan
from zoco.campaigns.tests.test_reports import TRACKED, viewed
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.others.spending import CALM, CARE, spending_look
from zoco.monitor.alarms.said import incident_said, incident_title, known_said
from zoco.monitor.models import Goal
from zoco.project.roles import roles_ensure
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.compound import sum_bounds

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 30, 12, tzinfo=UTC)
USUAL = Judged(*CARE["usual"])


def of(code: str, visitor: int, day: int, amount: int = 0) -> list[Any]:
    """Return a visit by a campaign, and an order on it."""
    touch = {"campaign": code, "source": "google", "medium": "cpc", "channel": "paid_search"}
    local = f"2026-04-{day:02} 10:00:00"
    came = [viewed(local, visitor, **touch)]
    more: dict[str, Any] = {"subject_kind": "order", "subject": str(visitor), "amount_site": Decimal(amount)}
    return [*came, fact(local, visitor, "/", name="shop.order.placed", **more, **touch)] if amount else came


# Good has 40 orders of 20, poor 4 of 20, none 30 visits without one.
FACTS = [
    *(each for n in range(40) for each in of("good", 100 + n, 3 + n % 26, 20)),
    *(each for n in range(4) for each in of("poor", 300 + n, 5 + n * 5, 20)),
    *(each for n in range(30) for each in of("none", 400 + n, 4 + n % 20)),
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, FACTS, [TRACKED]) as store:
        made = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
        reads.forget()
        Goal.objects.create(site=made, name="Bought", kind="event", event="shop.order.placed")
        made.store = store  # type: ignore[attr-defined]
        yield made
    reads.forget()


def campaign(site: Site, code: str, days: range, amount: float) -> Campaign:
    """Make a campaign that costs so much on each of these days of April."""
    made = Campaign.objects.create(site=site, name=code.capitalize(), code=code)
    Cost.objects.bulk_create(
        Cost(
            campaign=made, on=date(2026, 4, day), currency="EUR", source="google", medium="cpc",
            amount=Decimal(str(amount + (day % 3 - 1) * amount / 20)),
        )
        for day in days
    )  # fmt: skip
    return made


def alarm(site: Site, kind: str, **more: Any) -> Alarm:
    roles_ensure()
    made = Alarm(site=site, kind=kind, **more)
    made.full_clean()
    made.save()
    made.roles.add(Group.objects.get(name="analyst"))
    return made


def reader() -> User:
    roles_ensure()
    made = User.objects.create_user("bea", "bea@honey.example", "hexagon-comb-12")
    made.groups.add(Group.objects.get(name="analyst"))
    return made


def test_each_campaign_off_its_plan_has_an_incident_told_once_and_closed(site: Site) -> None:
    reader()
    for code, budget in (("fast", 600), ("slow", 3_000), ("even", 1_200)):
        made = campaign(site, code, range(1, 30), 20)
        Plan.objects.create(
            campaign=made, starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 30), budget=budget
        )
    made_alarm = alarm(site, "pace")

    for minutes in (0, 10, 60, 120):
        spending_look(now=NOW + timedelta(minutes=minutes))

    fast, slow = Incident.objects.order_by("id")
    assert incident_title(fast) == "Fast on Shop will spend more than planned"
    assert incident_title(slow) == "Slow on Shop will spend less than planned"
    assert "1 Apr – 30 May 2026" in incident_said(fast).replace("\u00a0", " ")
    assert "planned are €600.00" in incident_said(fast)
    assert fast.found["low"] > 600
    assert abs(fast.found["seen"] - 1_200) < 30
    assert [each.event for each in Telling.objects.filter(incident=fast)] == ["opened"]
    assert known_said(Alarm.objects.get(pk=made_alarm.pk)) == "Watching"

    Plan.objects.filter(campaign__code="fast").update(budget=1_200)
    for hours in (3, 3 + CALM // timedelta(hours=1)):
        spending_look(now=NOW + timedelta(hours=hours))

    assert [each.closed_at is None for each in Incident.objects.order_by("id")] == [False, True]
    assert [each.event for each in Telling.objects.filter(incident=fast)] == ["opened", "closed"]


def test_a_budget_that_is_spent_is_told_without_a_forecast(site: Site) -> None:
    made = campaign(site, "fast", range(20, 30), 100)
    Plan.objects.create(campaign=made, starts_on=date(2026, 4, 20), ends_on=date(2026, 5, 30), budget=500)
    alarm(site, "pace")

    spending_look(now=NOW)

    [found] = Incident.objects.all()
    assert incident_title(found) == "Fast on Shop has spent more than planned"
    assert "€1,005 are spent; planned are €500.00." in incident_said(found)


def found_of(site: Site, sort: str, bound: float | None, judged: Judged = USUAL) -> dict[str, Trouble]:
    store: Store = site.store  # type: ignore[attr-defined]
    return {each.name: each for each in too_little(TRACKED, sort, bound, judged, now=NOW, store=store) or []}


def test_returns_and_customers_are_held_to_a_bound_with_their_interval(site: Site) -> None:
    for code in ("good", "poor"):
        campaign(site, code, range(2, 30), 10)

    roas, cac = found_of(site, "roas", 2.0), found_of(site, "cac", 20.0)

    # 28 days from 2 to 29 April cost 280 each: 40 orders of 20 are 2.86 a unit, 4 are 0.29.
    assert set(roas) == set(cac) == {"Poor"}
    poor = roas["Poor"]
    assert poor.cost == pytest.approx(280, abs=1)
    assert poor.seen == pytest.approx(80 / poor.cost)
    # Garwood's bounds of 4 at 95 % are 1.090 and 10.242; each order is 20.
    assert poor.low == pytest.approx(1.0899 * 20 / poor.cost, rel=1e-3)
    assert poor.high == pytest.approx(10.2416 * 20 / poor.cost, rel=1e-3)
    dear = cac["Poor"]
    assert dear.count == 4
    assert dear.seen == pytest.approx(dear.cost / 4)
    assert dear.low == pytest.approx(dear.cost / 10.2416, rel=1e-3)
    # 70 a customer may be chance where 50 is the bound; who asks for less certainty is told.
    assert found_of(site, "cac", 50.0) == {}
    assert found_of(site, "roas", 0.5) == {}
    assert set(found_of(site, "cac", 50.0, Judged(0.2, 0, 0))) == {"Poor"}


def test_money_without_a_conversion_is_told_once_chance_cannot_be_it(site: Site) -> None:
    campaign(site, "good", range(2, 30), 10)
    campaign(site, "none", range(16, 30), 3)

    # Both cost 322 and brought 40: for 42, 5.2 were to be expected, and none has a chance of 0.5 %.
    found = found_of(site, "wasted", None)
    assert set(found) == {"None"}
    assert found["None"].bound == pytest.approx(found["None"].cost * 40 / 322, rel=0.02)
    assert found_of(site, "wasted", None, Judged(*CARE["calm"])) == {}
    assert set(found_of(site, "wasted", 40.0)) == {"None"}
    assert found_of(site, "wasted", 50.0) == {}


def test_without_costs_of_late_it_says_so(site: Site) -> None:
    campaign(site, "good", range(2, 10), 10)
    made = alarm(site, "roas", bound=Decimal(2))

    spending_look(now=NOW)

    made.refresh_from_db()
    assert known_said(made) == "Quiet: no costs of the last two weeks are known."
    assert not Incident.objects.exists()


def test_a_bound_of_the_campaign_goes_before_that_of_the_alarm(site: Site) -> None:
    for code in ("good", "poor"):
        campaign(site, code, range(2, 30), 10)
    # 28 days cost 280 each: good returns 2.86 and costs 7 a customer, poor returns 0.29 and costs 70.
    Campaign.objects.filter(code="good").update(roas_least=Decimal(5), cac_most=Decimal(3))
    Campaign.objects.filter(code="poor").update(roas_least=Decimal("0.1"), cac_most=Decimal(500))

    own = {sort: found_of(site, sort, None) for sort in ("roas", "cac")}
    both = {sort: found_of(site, sort, bound) for sort, bound in (("roas", 2.0), ("cac", 20.0))}

    assert [set(found) for found in (*own.values(), *both.values())] == [{"Good"}] * 4
    assert (own["roas"]["Good"].bound, own["cac"]["Good"].bound) == (5.0, 3.0)
    Campaign.objects.filter(code="poor").update(roas_least=None, cac_most=None)
    assert set(found_of(site, "roas", 2.0)) == {"Good", "Poor"}
    assert set(found_of(site, "roas", None)) == {"Good"}


def test_without_any_bound_it_says_so(site: Site) -> None:
    made = campaign(site, "poor", range(2, 30), 10)
    quiet = alarm(site, "cac")

    spending_look(now=NOW)
    quiet.refresh_from_db()
    before = known_said(quiet)
    made.cac_most = Decimal(20)
    made.save()
    spending_look(now=NOW + timedelta(hours=1))
    quiet.refresh_from_db()

    assert (before, known_said(quiet)) == (
        "Quiet: set a bound here, or one of a campaign's own.", "Watching",
    )  # fmt: skip
    assert incident_title(Incident.objects.get()) == "Poor on Shop: a visitor who converts costs too much"


def test_a_bound_is_kept_where_it_means_something(site: Site) -> None:
    assert alarm(site, "wasted").bound is None
    assert alarm(site, "pace", bound=Decimal(5)).bound is None


def test_who_may_not_see_costs_is_not_told_and_sees_no_incident(site: Site) -> None:
    reader()
    client = client_of("analyst")
    campaign(site, "poor", range(2, 30), 10)
    alarm(site, "roas", bound=Decimal(2))
    spending_look(now=NOW)
    [told] = Incident.objects.all()
    pages = ("/admin/incidents/", f"/admin/incidents/{told.pk}/")
    assert all("Poor on Shop returns too little" in body(client.get(page)) for page in pages)
    assert "How sure it is" in body(client.get(pages[1]))
    assert Telling.objects.filter(incident=told).count() == 1

    costs = Permission.objects.get(codename="view_cost", content_type__app_label="zoco_campaigns")
    Group.objects.get(name="analyst").permissions.remove(costs)
    Incident.objects.all().delete()
    Alarm.objects.update(looked_at=None)
    spending_look(now=NOW)

    [untold] = Incident.objects.all()
    assert not Telling.objects.filter(incident=untold).exists()
    assert "returns too little" not in body(client.get(pages[0]))
    assert client.get(f"/admin/incidents/{untold.pk}/").status_code == 404


@pytest.mark.parametrize(("care", "most"), [("usual", 0.2), ("keen", 0.5)])
def test_a_return_just_as_it_was_set_is_seldom_a_false_alarm(care: str, most: float) -> None:
    rng, weeks, campaigns, false = np.random.default_rng(3), 26, 60, 0
    for _ in range(campaigns):
        # An order a day or so, of very different amounts; looked at each day over the last 28.
        orders = [rng.lognormal(3.0, 0.6, size=n) for n in rng.poisson(1.2, size=28 + weeks * 7)]
        cost, was = 1.2 * float(np.exp(3.0 + 0.18)) * 28, False
        for day in range(28, len(orders)):
            amounts = np.concatenate(orders[day - 28 : day])
            _low, high = sum_bounds(float(amounts.sum()), float((amounts**2).sum()), CARE[care][0])
            false += high < cost and not was
            was = high < cost

    assert false / (campaigns * weeks) < most
