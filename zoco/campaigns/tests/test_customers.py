"""New customers and those from before, on orders counted by hand, alike on both engines."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.campaigns.models import Campaign, Cost
from zoco.campaigns.tests.test_reports import TRACKED, viewed
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.ledger.tests.reports.made import fact
from zoco.sites import reads as sites
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, tzinfo=UTC)
SPRING = {"campaign": "spring", "source": "google", "medium": "cpc", "channel": "paid_search"}
AUTUMN = SPRING | {"campaign": "autumn"}


def ordered(local: str, visitor: int, number: str, **more: Any) -> Any:
    return fact(
        local, visitor, "/", name="shop.order.placed", subject_kind="order", subject=number,
        amount_site=Decimal(10), **more,
    )  # fmt: skip


FACTS = [
    viewed("2026-03-28 09:00:00", 1, **SPRING),
    # Ana ordered long ago, and comes again by another browser of hers: the person is known.
    ordered("2026-01-05 10:00:00", 21, "1", person=900, **AUTUMN),
    ordered("2026-03-28 10:00:00", 1, "2", person=900, **SPRING),
    # Bea orders for the first time, and twice in the same row: new, once.
    ordered("2026-03-28 11:00:00", 2, "3", person=901, **SPRING),
    ordered("2026-03-29 11:00:00", 2, "4", person=901, **SPRING),
    # Then by another campaign, which did not win her.
    ordered("2026-03-29 12:00:00", 2, "5", person=901, **AUTUMN),
    # Nobody knows who this is, nor whether the same browser came before.
    ordered("2026-03-29 13:00:00", 3, "6", **SPRING),
    # An order after the period changes nothing, and a robot is no customer.
    ordered("2026-03-30 13:00:00", 4, "7", person=902, **SPRING),
    ordered("2026-03-29 14:00:00", 5, "8", verdict="bot", **SPRING),
]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with engines.both(tmp_path_factory.mktemp("customers"), FACTS, [TRACKED]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def spring() -> Iterator[Campaign]:
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    sites.forget()
    made = Campaign.objects.create(site=site, name="Spring", code="spring")
    Cost.objects.create(
        campaign=made, on=date(2026, 3, 28), currency="EUR", amount=30, source="google", medium="cpc"
    )
    yield made
    sites.forget()


def found(store: Store, **address: str) -> dict[str, tuple[Any, ...]]:
    report = report_named("productivity")
    asked = {"period": "2026-03-28..2026-03-29", "compare": "before", **address}
    answer = ask(report, Question.from_address(asked, report=report, now=NOW), store=store, now=NOW)
    names = ("new_customers", "earlier_customers", "cac_new")
    return {
        str(next(iter(row.key.values()))): tuple(row.values[name] for name in names) for row in answer.rows
    }


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_whose_first_order_it_was_is_new_and_others_are_from_before(
    stores: dict[str, Store], engine: str
) -> None:
    by_campaign = found(stores[engine])
    by_channel = found(stores[engine], by="channel")
    filtered = found(stores[engine], **{"f.campaign": "autumn"})

    # Spring won Bea and the unknown one for 30; Ana was there. Autumn won nobody in these days.
    assert by_campaign == {"spring": (2, 1, Decimal(15)), "autumn": (0, 1, None)}
    assert by_channel == {"paid_search": (2, 1, Decimal(15))}
    # A filter leaves facts out of the count, and not out of what somebody did before.
    assert filtered == {"autumn": (0, 1, None)}
    in_january = found(stores[engine], period="2026-01-01..2026-01-31")
    assert in_january == {"autumn": (1, 0, None)}
