"""A company whose channels work as is known, as costs and facts of a site."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import fact
from zoco.mix.weeks import RUN_IN, WEEK
from zoco.sites.models import Site
from zoco.stats.tests.mix.worlds import World

FIRST = date(2024, 1, 1)
"""A Monday: the first week of outcomes."""


def facts_of(outcome: Iterable[float], first: date = FIRST) -> list[Fact]:
    """Return one order a week from a Monday on, each on another day and hour, worth the week's outcome."""
    return [
        fact(
            f"{first + number * WEEK + timedelta(days=number % 7)} {number % 24:02}:30:00",
            number + 1,
            "/thanks",
            name="order.placed",
            origin="tracker",
            amount_site=Decimal(f"{amount:.2f}"),
        )
        for number, amount in enumerate(outcome)
    ]


def site_make() -> Site:
    """Make the site that the facts are of."""
    return Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")


def costs_make(site: Site, world: World, weeks: int) -> None:
    """Write down what was spent: the world's last weeks, those before the first outcome among them."""
    campaign = Campaign.objects.create(site=site, name="Spring", code="spring")
    since = FIRST - RUN_IN * WEEK
    rows = world.series.spend[: weeks + RUN_IN]
    Cost.objects.bulk_create(
        Cost(
            campaign=campaign,
            on=since + number * WEEK + timedelta(days=(number + at) % 7),
            source=channel,
            amount=Decimal(f"{amount:.2f}"),
            currency="EUR",
        )
        for number, row in enumerate(rows)
        for at, (channel, amount) in enumerate(zip(world.series.channels, row, strict=True))
        if amount > 0.01
    )
