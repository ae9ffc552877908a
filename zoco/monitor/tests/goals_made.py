"""A handful of facts and goals, and what of each goal was reached, counted by hand."""

from decimal import Decimal
from typing import Any

from zoco.ledger.asking.goals import Goal, PropCondition
from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import fact
from zoco.monitor.tests.test_tracked import event, viewed

GOOGLE = {"source": "google", "medium": "organic", "channel": "organic_search"}


def engaged(local: str, visitor: int, path: str, seconds: int, **more: Any) -> Fact:
    return fact(local, visitor, path, name="web.page.engaged", quantity=seconds * 1_000, **more)


FACTS = [
    # visitor 1, from Google: reads, signs up twice, pays
    viewed("2026-03-28 10:00:00", 1, "/", **GOOGLE),
    viewed("2026-03-28 10:01:00", 1, "/blog/2026/spring/"),
    engaged("2026-03-28 10:02:00", 1, "/blog/2026/spring/", 40),
    event("2026-03-28 10:03:00", 1, "sign up", props={"plan": "gold", "seats": 5}),
    event("2026-03-28 10:04:00", 1, "sign up", props={"plan": "silver", "seats": 2}),
    viewed("2026-03-28 10:05:00", 1, "/thanks/"),
    event("2026-03-28 10:06:00", 1, "order", amount_site=Decimal("59.90"), currency="EUR"),
    # visitor 2, direct: a form, and a refund that names nothing that was sold: it is of nothing
    viewed("2026-03-29 12:00:00", 2, "/blog/", channel="direct"),
    engaged("2026-03-29 12:00:20", 2, "/blog/", 20),
    event("2026-03-29 12:01:00", 2, "form", props={"form": "contact"}),
    event("2026-03-29 12:02:00", 2, "refund", amount_site=Decimal("-9.90"), currency="EUR"),
    # visitor 3 sees one page; an order of which no visitor is known
    viewed("2026-03-30 09:00:00", 3, "/blogs", channel="direct"),
    fact("2026-03-30 09:30:00", 0, "", name="shop.order.placed", amount_site=Decimal(100), currency="EUR"),
    # a bot
    viewed("2026-03-28 11:00:00", 90, "/thanks", verdict="bot"),
]
GOALS = (
    Goal("Read the blog", "page", pattern="/blog/**"),
    Goal("Thanks", "page", pattern="/thanks"),
    Goal("A year's post", "page", pattern="/blog/*/*"),
    Goal("Sign-up", "event", event="sign up"),
    Goal("Large gold", "event", event="sign up", conditions=(
        PropCondition("plan", "is", "gold"), PropCondition("seats", "above", "4"),
    )),
    Goal("Not gold", "event", event="sign up", conditions=(PropCondition("plan", "is_not", "gold"),)),
    Goal("Any form", "form"),
    Goal("Newsletter", "form", event="newsletter"),
    Goal("Shop's order", "event", event="shop.order.placed"),
    Goal("Money", "revenue"),
    Goal("Money of orders", "revenue", event="order"),
    Goal("A hundred", "revenue", amount=Decimal(100)),
    Goal("Half a minute", "engagement", seconds=30),
    Goal("Three pages", "engagement", views=3),
)  # fmt: skip
# visitors, conversions, revenue
REACHED = {
    "Read the blog": (2, 2, Decimal(0)),
    "Thanks": (1, 1, Decimal(0)),
    "A year's post": (1, 1, Decimal(0)),
    "Sign-up": (1, 2, Decimal(0)),
    "Large gold": (1, 1, Decimal(0)),
    "Not gold": (1, 1, Decimal(0)),
    "Any form": (1, 1, Decimal(0)),
    "Newsletter": (0, 0, Decimal(0)),
    "Shop's order": (0, 1, Decimal(100)),
    "Money": (1, 2, Decimal("159.90")),
    "Money of orders": (1, 1, Decimal("59.90")),
    "A hundred": (0, 1, Decimal(100)),
    "Half a minute": (1, 1, Decimal(0)),
    "Three pages": (1, 1, Decimal(0)),
}
# each fact that reaches a goal, once; visits that last are none
CONVERSIONS = 8
