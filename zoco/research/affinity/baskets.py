"""What was in each order: product ids from the facts' property "lines", a list whose rows begin with one.

Newest orders first, of everybody: whoever is not known has baskets too, but no next purchase. Orders of
which all was given back are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import msgspec
from pyroaring import BitMap

from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.scope import Facts
from zoco.people.models import NUMBER_BASE
from zoco.research.purchases import ORDERED, order_facts, told

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

ORDERS_MOST = 20_000
"""So many are read and counted within a request, in about a fifth of a second."""
BUYING_MOST = 200_000
"""So many orders of known people that may hold a product are read at most, to know all who bought it."""
LAST_MOST = 50
"""So many orders of a person are looked through for one that names its products."""
LINES_MOST, PRODUCTS_MOST = 50, 100_000
"""Of one order, and of all of them."""
LONGEST = 100


class _Props(msgspec.Struct):
    lines: list[Any] = []


_read = msgspec.json.Decoder(_Props)


@dataclass(frozen=True, slots=True)
class Basket:
    """An order: whose (0 for nobody known), when in UTC microseconds, and which products."""

    person: int
    placed: int
    products: frozenset[str]


class BuyersTooMany(ValueError):
    """So many orders may hold a product that not all of them are read."""


def _kept(facts: Facts) -> Table:
    """Return orders of which something is left: subject_kind, number, person, placed, props, money."""
    return _left(order_facts(facts, "props"))


def _left(rows: Table) -> Table:
    is_placed = rows.name == ORDERED
    marked = rows.select(
        "subject_kind",
        "number",
        "amount_site",
        person=is_placed.ifelse(rows.person, 0),
        placed=is_placed.ifelse(expr.micros(rows.occurred_at), 0),
        props=is_placed.ifelse(rows.props.cast("string"), ""),
    )
    each = marked.group_by("subject_kind", "number").aggregate(
        person=marked.person.max(),
        placed=marked.placed.max(),
        props=marked.props.max(),
        money=marked.amount_site.sum(),
    )
    return each.filter(each.placed > 0, each.money > 0)


def lined(facts: Facts) -> Table:
    """Return the newest orders: person, placed, props."""
    kept = _kept(facts)
    newest = kept.order_by([kept.placed.desc(), kept.number.asc(), kept.subject_kind.asc()]).limit(
        ORDERS_MOST
    )
    return newest.select("person", "placed", "props")


def baskets(*, site: SiteInfo, period: Period, store: Store) -> tuple[list[Basket], bool]:
    """Ask the ledger; says beside them whether older ones are left out. Raises QueryFailed, StoreBusy."""
    table = told("research baskets", lined, site=site, period=period, store=store)
    found, left = list[Basket](), PRODUCTS_MOST
    for person, placed, props in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
        products = products_of(props or "")
        if products:
            key = person - NUMBER_BASE if person > NUMBER_BASE else 0
            found.append(Basket(key, placed, products))
            left -= len(products)
        if left < 0:
            return found, True
    return found, table.num_rows == ORDERS_MOST


def buyers(product: str, *, site: SiteInfo, period: Period, store: Store) -> BitMap:
    """Return all known people whose orders of a period hold a product, however long ago.

    Raises BuyersTooMany, QueryFailed, StoreBusy.
    """
    # JSON writes these letters as they are; whether the product is really among the lines is read below.
    piece = max(re.split(r'["\\\x00-\x1f\x7f]', product), key=len)

    def write(facts: Facts, within: str) -> Table:
        kept = _kept(facts)
        ours = kept.filter(kept.person > expr.whole(NUMBER_BASE), kept.props.contains(within))
        return ours.limit(BUYING_MOST).select("person", "props")

    table = told("research buyers", write, site=site, period=period, store=store, words=(piece,))
    if table.num_rows == BUYING_MOST:
        raise BuyersTooMany(f"{BUYING_MOST:,} orders or more of {site.slug} may hold it; take fewer days.")
    people, props = (table[name].to_pylist() for name in ("person", "props"))
    both = zip(people, props, strict=True)
    return BitMap(person - NUMBER_BASE for person, each in both if product in products_of(each))


def last_products(person: int, *, site: SiteInfo, period: Period, store: Store) -> frozenset[str]:
    """Return what the newest order of a known person held that names products; nothing where none does.

    Raises QueryFailed, StoreBusy.
    """

    def write(facts: Facts, number: str) -> Table:
        whose = expr.number_in(expr.text(number), "int64")
        rows = order_facts(facts, "props")
        # What was given back may not say of whom: all that is of an order is kept, and of no other.
        placed = rows.filter(rows.name == ORDERED, rows.person == whose).select("subject_kind", "number")
        kept = _left(rows.semi_join(placed, ["subject_kind", "number"]))
        ours = kept.filter(kept.person == whose)
        newest = ours.order_by([ours.placed.desc(), ours.number.asc(), ours.subject_kind.asc()])
        return newest.limit(LAST_MOST).select("placed", "props")

    words = (str(NUMBER_BASE + person),)
    table = told("research last", write, site=site, period=period, store=store, words=words)
    named = (products_of(props or "") for props in table["props"].to_pylist())
    return next((products for products in named if products), frozenset())


def products_of(props: str) -> frozenset[str]:
    """Return the products of an order by its properties; what says none has none."""
    try:
        lines = _read.decode(props).lines
    except msgspec.MsgspecError:
        return frozenset()
    firsts = (line[0] for line in lines[:LINES_MOST] if isinstance(line, list) and line)
    return frozenset(str(each)[:LONGEST] for each in firsts if isinstance(each, str | int) and each != "")


def followed(found: list[Basket]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield what each known person bought and what next, of orders at different moments."""
    ours = sorted((each for each in found if each.person), key=lambda each: (each.person, each.placed))
    for _person, mine in groupby(ours, key=lambda each: each.person):
        for one, other in pairwise(mine):
            if other.placed > one.placed:
                yield one.products, other.products
