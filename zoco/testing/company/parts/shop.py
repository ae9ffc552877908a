"""What people do in the shop: products seen, baskets, orders and refunds, and what the campaigns did."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.assortment import (
    FREE_SHIPPING_FROM,
    POPULARITY,
    PRICES,
    PRODUCTS,
    SHIPPING,
    page_numbers,
)
from zoco.testing.company.numbers import pick
from zoco.testing.company.parts.web import befores, touches
from zoco.testing.company.people import COUNTRIES
from zoco.testing.company.plan import until_micros
from zoco.testing.company.truth import CampaignTruth, Ledger
from zoco.testing.company.visits import Visits, known_ids, pseudonyms
from zoco.testing.company.ways import CAMPAIGNS, WAYS
from zoco.testing.company.world import COMPANY_PARTS, Batch, Order, Part, World, fragment, fragments

CENT = Decimal("0.01")
REFUNDED, REFUNDED_WHOLE = 0.055, 0.7
RATES = {"EUR": Decimal(1), "GBP": Decimal("0.86"), "USD": Decimal("1.12")}
PAYS_IN = {"GB": "GBP", "US": "USD"}
_AT = page_numbers()


@COMPANY_PARTS.plug
class Shop(Part):
    """Products, baskets and orders within the visits of the day."""

    key = "shop.orders"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield what the shop saw, and count orders with and without each campaign."""
        products = (visits.view_page >= _AT["product"]) & (visits.view_page < _AT["basket"])
        seen = np.nonzero(products)[0]
        about = fragments([fragment(subject_kind="product", subject=row[0]) for row in PRODUCTS])
        number = visits.view_page[seen] - _AT["product"]
        yield _within(world, visits, "shop.product.viewed", seen, 150_000, about[number])
        quantity = 1 + pick(np.array([0.78, 0.17, 0.05]), rng.random(len(visits)))
        second = np.where(
            rng.random(len(visits)) < 0.35, pick(np.array(POPULARITY), rng.random(len(visits))), -1
        )
        baskets = np.nonzero(visits.view_page == _AT["basket"])[0]
        chosen = visits.view_visit[baskets]
        added = about[visits.product[chosen]] + fragments(
            [b',"quantity":%d' % count for count in quantity[chosen].tolist()]
        )
        yield _within(world, visits, "shop.basket.added", baskets, -200_000, added)
        twice = second[chosen] >= 0
        yield _within(
            world, visits, "shop.basket.added", baskets[twice], -100_000,
            about[second[chosen][twice]] + b',"quantity":1',
        )  # fmt: skip
        checkouts = np.nonzero(visits.view_page == _AT["checkout"])[0]
        begun = fragments([fragment(subject_kind="basket")] * len(checkouts))
        yield _within(world, visits, "shop.checkout.begun", checkouts, 120_000, begun)
        totals = _totals(visits, quantity, second)
        count_truth(world, visits, totals)
        yield self._orders(world, visits, rng, quantity, second, totals)

    def _orders(
        self,
        world: World,
        visits: Visits,
        rng: np.random.Generator,
        quantity: NDArray[np.int64],
        second: NDArray[np.int64],
        totals: NDArray[np.int64],
    ) -> Batch:
        thanks = np.nonzero(visits.view_page == _AT["thanks"])[0]
        days = world.calendar.day_of(visits.view_at[thanks])
        touch, told = touches(), []
        for row, (view, day) in enumerate(zip(thanks.tolist(), days.tolist(), strict=True)):
            visit = int(visits.view_visit[view])
            country = COUNTRIES[world.people.place[visits.who[visit]] // 10][
                world.people.place[visits.who[visit]] % 10
            ][0]
            currency, total = PAYS_IN.get(country, "EUR"), _money(int(totals[visit]))
            order = Order(
                number=f"A{world.calendar.dates[visits.day]:%y%m%d}-{row + 1:04d}",
                total=total,
                charged=(total * RATES[currency]).quantize(CENT),
                currency=currency,
                quantity=int(quantity[visit]) + int(second[visit] >= 0),
                touch=touch[visits.way[visit]],
            )
            told.append(_order_line(order, visits, visit, quantity, second))
            truth = world.truth.days[day]
            truth.orders, truth.revenue = truth.orders + 1, truth.revenue + total
            _refund_plan(world, visits.day, rng, order)
        return _within(world, visits, "shop.order.placed", thanks, 100_000, fragments(told))


@COMPANY_PARTS.plug
class Refunds(Part):
    """Orders taken back days later, as negative facts that carry the order's touchpoint."""

    key = "shop.refunds"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the refunds that fall on this day, made by the shop and not by a visit."""
        due = world.due.pop(visits.day, [])
        start = int(world.calendar.midnights[visits.day])
        at = start + np.sort(rng.integers(9 * 3_600, 18 * 3_600, len(due))) * 1_000_000
        kept = [(order, moment) for order, moment in zip(due, at.tolist(), strict=True)
                if moment <= until_micros(world.plan)]  # fmt: skip
        truth = world.truth.days[visits.day]
        for order, _ in kept:
            truth.refunds, truth.refunded = truth.refunds + 1, truth.refunded + order.total
            world.truth.refunds.add(1, order.total)
        rest = fragments([
            fragment(name="shop.order.refunded", subject_kind="order", subject=order.number,
                     amount=-order.charged, amount_site=-order.total, currency=order.currency,
                     quantity=-order.quantity, verdict="human") + b"," + order.touch[:-1]
            for order, _ in kept
        ])  # fmt: skip
        moments = np.array([moment for _, moment in kept], dtype=np.int64)
        none = np.full(len(kept), -1, dtype=np.int64)
        yield Batch(moments, np.zeros(len(kept), dtype=np.int64), rest, none)


def count_truth(world: World, visits: Visits, totals: NDArray[np.int64]) -> None:
    """Count orders as they were, without each campaign, and without any."""
    truth = world.truth
    has_come = (visits.brought_by < 0) & ((visits.campaign < 0) | visits.anyway)
    _add(truth.everything, visits.bought, totals)
    _add(truth.without_campaigns, has_come & visits.would_buy, totals)
    for way in np.unique(visits.way[visits.bought]).tolist():
        channel = (*WAYS, *CAMPAIGNS)[way].channel
        _add(truth.channels.setdefault(channel, Ledger()), visits.bought & (visits.way == way), totals)
    for number, campaign in enumerate(truth.campaigns):
        its_own, its_people = visits.campaign == number, visits.brought_by == number
        touched = its_own | its_people
        without = ~its_people & np.where(its_own, visits.anyway & visits.would_buy, visits.bought)
        _spend(campaign, int(its_own.sum()), CAMPAIGNS[number].cost_per_click, truth.days[visits.day].date)
        _add(campaign.attributed, its_own & visits.bought, totals)
        _add(campaign.with_it, touched & visits.bought, totals)
        _add(campaign.without_it, touched & without, totals)


def _spend(campaign: CampaignTruth, clicks: int, price: float, day: str) -> None:
    """Count a day's visits of a campaign and what they cost."""
    campaign.visits += clicks
    campaign.cost += clicks * Decimal(str(price))
    if clicks:
        campaign.days[day] = campaign.days.get(day, 0) + clicks


def _add(ledger: Ledger, those: NDArray[np.bool_], totals: NDArray[np.int64]) -> None:
    ledger.add(int(those.sum()), _money(int(totals[those].sum())))


def _totals(visits: Visits, quantity: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what each visit would pay if it ordered: cents, shipping included; the same in every world."""
    prices = np.array([*(int(price * 100) for price in PRICES), 0], dtype=np.int64)
    goods = prices[visits.product] * quantity + prices[second]
    return np.where(goods >= int(FREE_SHIPPING_FROM * 100), goods, goods + int(SHIPPING * 100))


def _money(cents: int) -> Decimal:
    return (Decimal(cents) / 100).quantize(CENT)


def _order_line(
    order: Order, visits: Visits, visit: int, quantity: NDArray[np.int64], second: NDArray[np.int64]
) -> bytes:
    product, other = int(visits.product[visit]), int(second[visit])
    lines: list[list[Any]] = [[PRODUCTS[product][0], int(quantity[visit]), PRODUCTS[product][1]]]
    if other >= 0:
        lines.append([PRODUCTS[other][0], 1, PRODUCTS[other][1]])
    return fragment(
        subject_kind="order", subject=order.number, amount=order.charged, currency=order.currency,
        amount_site=order.total, quantity=order.quantity, props={"lines": lines},
    )  # fmt: skip


def _refund_plan(world: World, day: int, rng: np.random.Generator, order: Order) -> None:
    is_refunded, is_whole, delay = rng.random(), rng.random(), int(rng.integers(3, 21))
    if is_refunded >= REFUNDED:
        return
    if is_whole >= REFUNDED_WHOLE:
        order.total = (order.total / 2).quantize(CENT)
        order.charged = (order.charged / 2).quantize(CENT)
        order.quantity = max(1, order.quantity // 2)
    world.due[day + delay].append(order)


def _within(
    world: World, visits: Visits, name: str, views: NDArray[np.int64], shift: int, told: NDArray[np.object_]
) -> Batch:
    """Return facts that happen `shift` microseconds after these views, within their visits."""
    visit = visits.view_visit[views]
    at = visits.view_at[views] + shift
    names, before = pseudonyms(world.plan, world.calendar, visits.who[visit], at)
    rest = fragment(name=name) + b"," + befores(before) + world.browsers(visits)[visit] + b"," + told
    return Batch(at, names, rest, visit, known_ids(world.plan, visits, visit, at))
