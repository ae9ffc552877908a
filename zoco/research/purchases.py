"""Purchases: what known people bought on a site, from the facts of orders, what was given back taken off.

An order is what facts `shop.order.placed` and `shop.order.refunded` say of one number (their subject); one
without a number stands alone. It counts from the moment at which it was placed, for what is left of it in
the site's currency, and not at all once nothing is left: what was given back until a year after the period
is taken off too. Refunds of orders from before the period say nothing here. A number is one of its kind:
what was given back of a product is not of the order of the same number. Whose an order is follows joins and
merges as they are known now.

Nothing here runs a query but `Bought.of` and `Sold.of`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zoco.kit.periods import HOUR, Period, micros
from zoco.ledger import expr
from zoco.ledger.asking.refunds import REFUNDS_SECONDS
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given, counting_of
from zoco.ledger.expr import Table
from zoco.ledger.scope import Facts
from zoco.people.models import NUMBER_BASE

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

ORDERED, REFUNDED = "shop.order.placed", "shop.order.refunded"
COUNTED = ("human", "server")
"""Verdicts of facts that people did: in a browser, or as a server tells of them."""
BEGINNING = date(1971, 1, 1)
DAY = 24 * HOUR
QUARTER = HOUR // 4
"""All zones' clocks change at a whole quarter of an hour."""
FAR = 1 << 62
KEPT = ("id", "occurred_at", "known", "person", "name", "subject_kind", "subject", "amount_site")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def order_facts(facts: Facts, *columns: str) -> Table:
    """Return what facts say of orders that were placed in the period, and refunds of a year after it too.

    Columns: KEPT, `columns`, and number, which with subject_kind tells which order it is.
    """
    wide = facts.later(REFUNDS_SECONDS)
    rows = wide.where(
        lambda rows: (
            (rows.name == REFUNDED)
            | ((rows.name == ORDERED) & (rows.occurred_at < expr.end_of(facts.period)))
        )
    )
    known = facts.known(rows.select(*KEPT, *columns))
    return known.mutate(number=(known.subject == "").ifelse(known.id.cast("string"), known.subject))


def orders(facts: Facts) -> Table:
    """Return one row an order of which something is left.

    Columns: person (0 for nobody known), placed (UTC microseconds), money, pieces.
    """
    rows = order_facts(facts, "quantity")
    is_placed = rows.name == ORDERED
    # An order has its buyer: a shop that takes it back may not know whose it was.
    marked = rows.select(
        "subject_kind",
        "number",
        "amount_site",
        "quantity",
        buyer=is_placed.ifelse(rows.person, 0),
        placed=is_placed.ifelse(expr.micros(rows.occurred_at), FAR),
    )
    each = marked.group_by("subject_kind", "number").aggregate(
        person=marked.buyer.max(),
        placed=marked.placed.min(),
        money=marked.amount_site.sum(),
        pieces=marked.quantity.sum(),
    )
    return each.filter(each.placed < FAR, each.money > 0).drop("subject_kind", "number")


def customers(facts: Facts) -> Table:
    """Return one row a known person who bought: person (the key), purchases, first, last, money, pieces."""
    each = orders(facts)
    ours = each.filter(each.person > expr.whole(NUMBER_BASE))
    return ours.group_by(person=ours.person - expr.whole(NUMBER_BASE)).aggregate(
        purchases=ours.count(),
        first=ours.placed.min(),
        last=ours.placed.max(),
        money=ours.money.sum(),
        pieces=ours.pieces.sum(),
    )


def sold(facts: Facts) -> Table:
    """Return two rows at most: is_known, orders, money; of known people, and of everybody else."""
    each = orders(facts)
    marked = each.mutate(is_known=each.person > expr.whole(NUMBER_BASE))
    return marked.group_by("is_known").aggregate(orders=marked.count(), money=marked.money.sum())


def each_order(facts: Facts) -> Table:
    """Return one row an order of a known person: person (the key), placed, money."""
    each = orders(facts)
    ours = each.filter(each.person > expr.whole(NUMBER_BASE))
    return ours.select("placed", "money", person=ours.person - expr.whole(NUMBER_BASE))


def told(
    key: str,
    write: Callable[..., Table],
    *,
    site: SiteInfo,
    period: Period,
    store: Store,
    words: Sequence[str] = (),
) -> pa.Table:
    """Ask the ledger. Raises QueryFailed, StoreBusy."""
    return store.query(statement(key, write, site=site, period=period, store=store, words=words))


def statement(
    key: str,
    write: Callable[..., Table],
    *,
    site: SiteInfo,
    period: Period,
    store: Store,
    words: Sequence[str] = (),
) -> str:
    """Write the statement that asks of a site's facts of a period.

    `write` gets the facts and the words, which may differ each time: one text is kept for all of them.
    """

    def expression(given: Given) -> Table:
        return write(Facts(given.site, given.periods[0], verdicts=COUNTED), *given.words)

    shape, given = (key, counting_of(site, period), store.dialect), Given(site, (period,), words)
    return templates.filled(shape, given, store.dialect, expression, lasting="never")


@dataclass(frozen=True, slots=True)
class Bought:
    """Known people by their keys, ascending, with what they bought; moments in UTC microseconds."""

    people: Ints
    purchases: Ints
    first: Ints
    last: Ints
    money: Floats
    pieces: Floats

    def __len__(self) -> int:
        return len(self.people)

    @classmethod
    def of(cls, *, site: SiteInfo, period: Period, store: Store) -> Bought:
        """Ask the ledger for all who bought in a period. Raises QueryFailed, StoreBusy."""
        return cls.of_table(told("research customers", customers, site=site, period=period, store=store))

    @classmethod
    def of_table(cls, found: pa.Table) -> Bought:
        """Return what `customers` found."""
        table = found.sort_by("person")
        people, purchases, first, last = (
            _column(table, name, "int64") for name in ("person", "purchases", "first", "last")
        )
        money, pieces = (_column(table, name, "float64") for name in ("money", "pieces"))
        return cls(people, purchases, first, last, money, pieces)


@dataclass(frozen=True, slots=True)
class Sold:
    """How many orders there were and for how much, of known people and of everybody else."""

    orders: int
    money: float
    other_orders: int
    other_money: float

    @classmethod
    def of(cls, *, site: SiteInfo, period: Period, store: Store) -> Sold:
        """Ask the ledger for what was bought in a period. Raises QueryFailed, StoreBusy."""
        found = told("research sold", sold, site=site, period=period, store=store).to_pylist()
        sums = {bool(row["is_known"]): (int(row["orders"]), float(row["money"])) for row in found}
        return cls(*sums.get(True, (0, 0.0)), *sums.get(False, (0, 0.0)))


def _column(table: pa.Table, name: str, kind: str) -> Any:
    return table[name].cast(kind).to_numpy()


def span_of(site: SiteInfo, now: datetime, days: int | None) -> Period:
    """Return the last so many local days, today included, or all there ever were; up to now."""
    today = now.astimezone(ZoneInfo(site.zone)).date()
    first = BEGINNING if days is None else max(today - timedelta(days=days - 1), BEGINNING)
    return Period(first, today, site.zone, until=micros(now))


def local_days(at: Ints, zone: str) -> Ints:
    """Return the local day of each moment as a number: days since 1 January 1970."""
    quarters, places = np.unique(np.asarray(at, dtype=np.int64) // QUARTER, return_inverse=True)
    where, start = ZoneInfo(zone), datetime(1970, 1, 1, tzinfo=UTC)
    moments = (start + timedelta(microseconds=int(each) * QUARTER) for each in quarters)
    days = [each.astimezone(where).date().toordinal() - start.toordinal() for each in moments]
    found: Ints = np.array(days, dtype=np.int64)[places.ravel()] if days else np.arange(0)
    return found
