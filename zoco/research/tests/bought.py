"""Orders of a small shop, counted by hand: who bought what, and what was given back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from zoco.ledger.schema import Fact
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.tests.reports.made import fact
from zoco.people.models import NUMBER_BASE
from zoco.research.purchases import ORDERED, REFUNDED

SITE = SiteInfo(1, "shop", "Shop", "Europe/Madrid", "EUR", 0, "tracker", False, ("shop.example",))
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
ANA, BEA, CARL, DORA = 1, 2, 3, 4


def order(local: str, person: int, number: str, money: str, **more: Any) -> Fact:
    """Return an order of a person by a key, 0 for nobody known."""
    given: dict[str, Any] = {"name": ORDERED, "origin": "server", "zone": SITE.zone, "site": SITE.id}
    given |= {"subject_kind": "order", "subject": number, "quantity": 1, "amount_site": Decimal(money)}
    whose = {"person": NUMBER_BASE + person} if person else {}
    return fact(local, 7, number, **(given | whose | more))


def back(local: str, number: str, money: str, **more: Any) -> Fact:
    """Return what a shop gave back of an order; the shop does not say to whom."""
    return order(local, 0, number, f"-{money}", name=REFUNDED, quantity=-1, **more)


def orders_made(site: int = SITE.id) -> Sequence[Fact]:
    """Return eleven facts. What is left: Ana 2 orders of 30, Bea 1 of 5, nobody known 1 of 9."""
    of = {"site": site}
    return [
        order("2026-01-10 10:00:00", ANA, "A1", "20", **of),
        order("2026-03-01 00:30:00", ANA, "A2", "15", **of),
        back("2026-03-05 09:00:00", "A2", "5", **of),
        order("2026-02-01 10:00:00", BEA, "B1", "12", **of),
        back("2026-02-03 10:00:00", "B1", "12", **of),
        order("2026-02-10 10:00:00", BEA, "", "5", **of),
        order("2026-02-11 10:00:00", 0, "C1", "9", **of),
        order("2026-02-12 10:00:00", CARL, "D1", "99", verdict="bot", **of),
        back("2026-02-13 10:00:00", "Z9", "4", **of),
        back("2026-02-13 11:00:00", "A1", "4", subject_kind="product", **of),
        order("2026-02-14 10:00:00", DORA, "E1", "0", **of),
    ]
