"""The simulated company: the same seed gives the same bytes, and its facts say what is true."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from zoco.kit.periods import micros
from zoco.ledger.schema import ORIGINS, TOUCH, Fact
from zoco.ledger.spool.salvage import check_line
from zoco.sites.sources.channels import judged
from zoco.testing.company import COMPANY_PARTS, Batch, Part, Truth, Visits, World, company_days, company_write
from zoco.testing.company.choices import GIVEN, Choices
from zoco.testing.company.people import REGIONS, People
from zoco.testing.company.plan import Calendar
from zoco.testing.company.ways import CAMPAIGNS, WAYS
from zoco.testing.company.world import fragment, fragments
from zoco.testing.tests.conftest import PLAN, Company, made, segments, smaller


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = company_write(smaller(), tmp_path / "a", "demo")
    company_write(smaller(), tmp_path / "b", "demo")
    company_write(smaller(seed=6), tmp_path / "c", "demo")

    assert segments(tmp_path / "a") == segments(tmp_path / "b")
    assert len(segments(tmp_path / "a")) == first.size
    assert segments(tmp_path / "a").count(b"\n") == first.facts == first.truth.facts
    assert not set(segments(tmp_path / "a").splitlines()) & set(segments(tmp_path / "c").splitlines())


def test_every_line_is_a_fact_of_the_plan(company: Company) -> None:
    for line in company.lines.splitlines():
        check_line(line)
    ids = {fact.id for fact in company.facts}
    last = micros(PLAN.until)

    assert len(ids) == len(company.facts) == company.truth.facts
    assert {UUID(text).version for text in ids} == {8}
    assert {UUID(text).variant for text in ids} == {"specified in RFC 4122"}
    assert {(fact.site, fact.origin) for fact in company.facts} == {(7, "simulated")}
    assert "simulated" in ORIGINS
    assert max(fact.occurred_at for fact in company.facts) <= last
    assert max(fact.occurred_at for fact in company.facts) > last - 3_600_000_000
    assert {fact.session for fact in company.facts} == {0}


def test_each_day_holds_what_is_true_of_it(company: Company) -> None:
    calendar = Calendar.of(PLAN)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    money: dict[str, dict[int, Decimal]] = {"shop.order.placed": {}, "shop.order.refunded": {}}
    for fact in company.facts:
        on = int(calendar.day_of(np.array([fact.occurred_at]))[0])
        counted[f"{fact.name} {fact.verdict}"][on] += 1
        if fact.name in money:
            money[fact.name][on] = money[fact.name].get(on, Decimal(0)) + fact.amount_site

    for number, day in enumerate(company.truth.days):
        assert day.page_views == counted["web.page.viewed human"][number]
        assert day.orders == counted["shop.order.placed human"][number]
        assert day.refunds == counted["shop.order.refunded human"][number]
        assert day.revenue == money["shop.order.placed"].get(number, 0)
        assert -day.refunded == money["shop.order.refunded"].get(number, 0)
    assert sum(day.orders for day in company.truth.days) == company.truth.everything.orders > 50
    assert company.truth.refunds.orders == sum(day.refunds for day in company.truth.days) > 0


def test_only_the_first_view_of_a_visit_carries_where_it_came_from(company: Company) -> None:
    views: dict[tuple[int, int], list[Fact]] = defaultdict(list)
    for fact, visit in zip(company.facts, company.visits, strict=True):
        if visit is not None and fact.name == "web.page.viewed":
            views[visit].append(fact)
    channels = Counter(first[0].channel for first in views.values())

    assert len(views) == company.truth.visits
    assert sum(len(seen) == 1 for seen in views.values()) == company.truth.bounces
    assert dict(channels) == company.truth.channel_visits
    for first, *others in views.values():
        assert first.channel == judged(first.source, first.medium, first.campaign).channel
        for other in others:
            assert [getattr(other, name) for name in TOUCH] == [""] * len(TOUCH)
            assert other.referrer_host == "alacena.example"


def test_every_way_has_the_channel_that_the_collector_would_give_it() -> None:
    for way in WAYS:
        assert judged(way.source, way.medium).channel == way.channel
    for campaign in CAMPAIGNS:
        assert judged(campaign.source, campaign.medium, campaign.code).channel == campaign.channel


def test_a_pseudonym_lasts_a_day_for_everybody_and_is_carried_through_the_first_half_hour(
    company: Company,
) -> None:
    calendar = Calendar.of(PLAN)
    by_name: dict[int, set[int]] = defaultdict(set)
    carried = 0
    for fact, visit in zip(company.facts, company.visits, strict=True):
        if visit is None:
            continue
        day = int(calendar.day_of(np.array([fact.occurred_at]))[0])
        by_name[fact.visitor].add(day)
        if fact.visitor_before:
            carried += 1
            assert fact.occurred_at - calendar.midnights[day] < 1_800_000_000

    assert carried > 0
    assert {len(days) for days in by_name.values()} == {1}
    assert abs(company.truth.consent_rate - 0.58) < 0.05


def test_choices_and_the_ids_that_they_make_are_true(company: Company) -> None:
    calendar = Calendar.of(PLAN)
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    days: dict[int, set[int]] = defaultdict(set)
    known_days, withdrawn = set(), set()
    for fact in company.facts:
        on = int(calendar.day_of(np.array([fact.occurred_at]))[0])
        counted[fact.name][on] += 1
        if fact.name == "web.consent.given":
            assert fact.known
        if fact.name == "web.consent.withdrawn" and fact.known:
            withdrawn.add(fact.known)
        elif fact.known:
            assert fact.known not in withdrawn
            days[fact.known].add(on)
            if fact.name == "web.page.viewed":
                known_days.add(fact.visitor)
    truth = company.truth.consent

    assert len(days) == truth.known == truth.given == counted["web.consent.given"].total() > 500
    assert truth.declined == counted["web.consent.withdrawn"].total() > 200
    assert len(withdrawn) == truth.withdrawn > 0
    assert len(known_days) == truth.known_days
    assert sum(len(each) > 1 for each in days.values()) > 100
    for number, day in enumerate(company.truth.days):
        assert day.given == counted["web.consent.given"][number]
        assert day.declined == counted["web.consent.withdrawn"][number]


def test_an_id_lasts_180_days_then_the_banner_asks_again() -> None:
    visits = np.zeros(9, dtype=np.int32)
    starts = np.searchsorted(np.array([0, 5, 100, 179, 180, 185, 190, 400, 410]), np.arange(500))

    found = Choices.of(3, np.array([True]), visits, starts)

    first = int(np.nonzero(found.made)[0][0])
    assert first < 3
    assert set(found.turn_after[first:4].tolist()) == {1}
    assert found.turn_after[8] == found.made.tolist().count(GIVEN) >= 3


def test_whoever_is_in_the_country_of_the_shop_is_in_one_of_its_regions(company: Company) -> None:
    seen = [fact for fact in company.facts if fact.name == "web.page.viewed" and fact.verdict == "human"]

    shares = {
        name: sum(fact.region == name for fact in seen) / sum(fact.country == "ES" for fact in seen)
        for name, _people in REGIONS
    }

    assert {fact.country for fact in seen if fact.region} == {"ES"}
    assert all(fact.region for fact in seen if fact.country == "ES")
    everybody = sum(people for _name, people in REGIONS)
    assert all(abs(shares[name] - people / everybody) < 0.08 for name, people in REGIONS)
    assert shares["AN"] > shares["RI"]


def test_people_buy_at_different_rates() -> None:
    people = People.of(PLAN, Calendar.of(PLAN))

    # A gamma of shape .5 with mean 1 has variance 2.
    assert float(people.liking.mean()) == pytest.approx(1, abs=0.12)
    assert float(people.liking.var()) == pytest.approx(2, rel=0.35)


def test_verdicts_are_true(company: Company) -> None:
    others = Counter(fact.verdict for fact in company.facts if fact.verdict != "human")

    assert dict(others) == company.truth.verdicts
    assert set(others) == {"bot", "ai", "headless", "spam", "staff"}
    assert {fact.reason for fact in company.facts if fact.verdict == "human"} == {""}
    assert len(company.truth.spam_waves) == 3


def test_the_effect_of_a_campaign_is_what_its_absence_would_take_away(company: Company) -> None:
    truth = company.truth
    for campaign in truth.campaigns:
        assert campaign.attributed.orders <= campaign.with_it.orders
        assert campaign.without_it.orders <= campaign.with_it.orders
    alone = sum(campaign.incremental_orders for campaign in truth.campaigns)
    together = truth.everything.orders - truth.without_campaigns.orders

    assert together <= alone
    assert sum(ledger.orders for ledger in truth.channels.values()) == truth.everything.orders
    assert sum(ledger.revenue for ledger in truth.channels.values()) == truth.everything.revenue
    assert sum(truth.channel_visits.values()) == truth.visits


def test_the_true_effect_is_the_one_that_was_put_in() -> None:
    truth, days = company_days(replace(PLAN, visitors=40_000, days=40, until=PLAN.until - timedelta(days=5)))
    assert sum(len(day.lines) for day in days) == truth.facts

    newsletter = effect(truth, "newsletter")
    brand = effect(truth, "brand-search")

    # Expected: (1 - anyway) of the base rate, and the lift on all visits.
    assert newsletter > 0.020
    assert abs(newsletter - (0.66 * 0.036 + 0.34 * 0.020 + 0.66 * 0.020)) < 0.012
    assert brand < 0.02


def effect(truth: Truth, code: str) -> float:
    """Return the incremental orders a visit of a campaign."""
    found = next(campaign for campaign in truth.campaigns if campaign.code == code)
    return found.incremental_orders / found.visits


def test_truth_survives_its_file(company: Company, tmp_path: Path) -> None:
    company.truth.save(tmp_path / "truth.json")

    assert Truth.load(tmp_path / "truth.json") == company.truth


def test_a_part_is_one_class() -> None:
    class Greeting(Part):
        key = "test.greeting"

        def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> list[Batch]:  # type: ignore[override]
            at = world.calendar.midnights[visits.day : visits.day + 1]
            line = fragments([fragment(name="test.day.greeted", quantity=visits.day)])
            return [Batch(at, np.array([1 << 60]), line, np.array([-1]))]

    COMPANY_PARTS.plug(Greeting)
    try:
        greeted = [fact for fact in made(smaller()).facts if fact.name == "test.day.greeted"]
    finally:
        COMPANY_PARTS.remove("test.greeting")

    assert [fact.quantity for fact in greeted] == list(range(20))
    assert {fact.visitor for fact in greeted} == {1 << 60}
