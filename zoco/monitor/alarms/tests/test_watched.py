"""What alarms count: conversions, and what is done as a step of a funnel, on facts counted by hand."""

import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.utils.translation import override

from zoco.kit.periods import Period
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, ZONE, fact, ledger
from zoco.monitor.alarms.causes import Cause
from zoco.monitor.alarms.cube import Cube, cube_read
from zoco.monitor.alarms.detecting import Finding
from zoco.monitor.alarms.forms import AlarmForm
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.said import alarm_said, measure_said
from zoco.monitor.alarms.watched import measure_named
from zoco.monitor.funnels import Funnel
from zoco.monitor.services import goal_create
from zoco.monitor.tests.funnels.test_steps import FACTS, ORDER
from zoco.sites.models import Site
from zoco.stats.tails import tails

pytestmark = pytest.mark.django_db
DAYS = Period.parse("2026-03-28..2026-03-31", ZONE)


@pytest.fixture
def funnel() -> Funnel:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=ZONE, currency="EUR")
    goal_create(site=site.pk, name="Seen", kind="page", pattern="/p")
    goal_create(site=site.pk, name="Basket", kind="page", pattern="/b")
    goal_create(site=site.pk, name="Order", kind="event", event=ORDER)
    steps = ["Seen", "Basket", "Order"]
    return Funnel.objects.create(site=site, name="Way", steps=steps, within_seconds=3_600)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ledger(tmp_path, FACTS) as opened:
        yield opened


def by_hour(cube: Cube) -> dict[int, int]:
    counts = np.diff(cube.total.summed[0])
    return {int(hour): int(counts[hour]) for hour in np.flatnonzero(counts)}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Order value, before refunds"),
        ("es", "Valor de los pedidos, antes de reembolsos"),
        ("ru", "Сумма заказов, без учёта возвратов"),
        ("zh-hans", "订单金额（退款前）"),
    ],
)
def test_money_is_said_to_be_before_refunds(language: str, words: str) -> None:
    with override(language):
        assert measure_said("revenue") == words


@pytest.mark.figures
def test_steps_of_a_funnel_count_when_they_are_done(store: Store, funnel: Funnel) -> None:
    # Hours of the wall clock since the 28th. Visitor 1 looked twice; 3 and 4 took no second step on the way.
    seen, basket, order = (
        by_hour(cube_read(f"funnel:{funnel.pk}:{number}", SITE, DAYS, store)) for number in (1, 2, 3)
    )

    assert seen == {10: 2, 11: 1, 24 + 9: 1, 48 + 23: 1}
    assert basket == {10: 1, 11: 1, 72: 1}
    assert order == {10: 1}


@pytest.mark.figures
def test_a_step_is_parted_by_what_its_own_fact_says(store: Store, funnel: Funnel) -> None:
    cut = cube_read(f"funnel:{funnel.pk}:2", SITE, DAYS, store).cuts["device"]

    whole = dict(zip(cut.values, cut.summed[:, -1].tolist(), strict=True))
    assert {name: many for name, many in whole.items() if many} == {"phone": 3.0}


@pytest.mark.figures
def test_conversions_are_facts_that_reach_goals(store: Store, funnel: Funnel) -> None:
    # All facts of people but none of the bot; who it was need not be known.
    assert sum(by_hour(cube_read("conversions", SITE, DAYS, store)).values()) == 13


def test_what_takes_money_back_is_no_conversion(tmp_path: Path, funnel: Funnel) -> None:
    facts = [
        paid(f"2026-03-28 1{number}:00:00", number, each) for number, each in enumerate(("10", "-10", "0"))
    ]

    with ledger(tmp_path, facts) as opened:
        counted = by_hour(cube_read("conversions", SITE, DAYS, opened))

    assert counted == {10: 1, 12: 1}


@pytest.mark.figures
@pytest.mark.parametrize("key", ["funnel:77:2", "funnel:{pk}:4"])
def test_a_funnel_or_a_step_that_is_gone_counts_nothing(store: Store, funnel: Funnel, key: str) -> None:
    named = key.format(pk=funnel.pk)

    assert by_hour(cube_read(named, SITE, DAYS, store)) == {}
    assert "is gone" in measure_said(named)


def test_a_step_is_a_rate_of_the_step_before(funnel: Funnel) -> None:
    assert measure_named(f"funnel:{funnel.pk}:2").given == f"funnel:{funnel.pk}:1"
    assert measure_named(f"funnel:{funnel.pk}:1").given == "visits"


@pytest.mark.parametrize(
    "key", ["funnel:", "funnel:1", "funnel:1:0", "funnel:1:9", "funnel:x:1", "funnel:1:²"]
)
def test_what_is_no_step_is_refused(funnel: Funnel, key: str) -> None:
    with pytest.raises(KeyError):
        measure_named(key)
    assert "measure" in AlarmForm({"site": funnel.site_id, "kind": "fall", "measure": key}).errors


def test_the_form_offers_the_steps_of_the_site(funnel: Funnel) -> None:
    other = Site.objects.create(slug="other", name="Other", currency="EUR")
    given = {
        "kind": "fall",
        "measure": f"funnel:{funnel.pk}:2",
        "care": "usual",
        "minutes": 30,
        "is_on": "on",
    }
    given |= {"hook_secret": "x" * 20}

    made = AlarmForm(given | {"site": funnel.site_id})
    theirs = AlarmForm(given | {"site": other.pk})

    assert made.is_valid(), made.errors
    saved = made.save()
    assert alarm_said(Alarm.objects.get(pk=saved.pk)).endswith("Way, step 2: Basket")
    assert "measure" in theirs.errors


def paid(local: str, visitor: int, amount: str) -> Fact:
    return fact(local, visitor, "/thanks", name=ORDER, amount_site=Decimal(amount))


def test_revenue_is_counted_in_typical_orders_and_told_in_money(tmp_path: Path) -> None:
    amounts = ("10", "30", "60")
    facts = [paid(f"2026-03-28 1{number}:00:00", number, each) for number, each in enumerate(amounts)]
    with ledger(tmp_path, facts) as opened:
        cube = cube_read("revenue", SITE, DAYS, opened)
        counted = cube_read("orders", SITE, DAYS, opened)

    # (100 + 900 + 3600) / 100.
    assert (cube.unit, counted.unit) == (46.0, 1.0)
    assert float(cube.total.summed[0, -1]) * cube.unit == pytest.approx(100)
    cause = Cause("country", ("ES",), 1.0, 2.0, 1.0, 0.0)
    found = Finding("revenue", True, 24, 1.0, 3.0, 1.0, 6.0, 1e-5, 1.1, 56, cause)
    told = found.scaled(cube.unit)
    assert (told.seen, told.expected, told.low, told.high) == (46.0, 138.0, 46.0, 276.0)
    assert (told.odds, told.dispersion) == (1e-5, 1.1)
    assert told.cause == Cause("country", ("ES",), 46.0, 92.0, 1.0, 0.0)


def test_no_order_in_an_hour_is_as_likely_in_money_as_in_orders() -> None:
    # Four orders are expected. In euros a negative binomial of the same mean and variance called an hour
    # without any impossible; in typical orders it is as likely as by the orders themselves.
    random = np.random.default_rng(1)
    amounts = np.exp(3.5 + 0.8 * random.standard_normal(100_000))
    unit = float((amounts**2).sum() / amounts.sum())
    mean = 4 * float(amounts.mean())
    variance = 4 * float((amounts**2).mean())

    in_euros = tails(0, mean, variance)[0]
    in_orders = tails(0, mean / unit, variance / unit**2)[0]

    assert in_euros < 1e-4
    assert in_orders > 0.5 * math.exp(-4)
