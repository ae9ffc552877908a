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


def facts_of(outcome: Iterable[float], step: timedelta = WEEK, first: date = FIRST) -> list[Fact]:
    """Return one order a week, or a day, each at another hour (and day), worth its outcome."""
    return [
        fact(
            f"{first + number * step + timedelta(days=number % step.days)} {number % 24:02}:30:00",
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


def costs_make(site: Site, world: World, weeks: int, step: timedelta = WEEK) -> None:
    """Write down what was spent in weeks or days, those before the first outcome among them."""
    campaign = Campaign.objects.create(site=site, name="Spring", code="spring")
    since = FIRST - RUN_IN * WEEK
    rows = world.series.spend[: (weeks + RUN_IN) * 7 // step.days]
    Cost.objects.bulk_create(
        Cost(
            campaign=campaign,
            on=since + number * step + timedelta(days=(number + at) % step.days),
            source=channel,
            amount=Decimal(f"{amount:.2f}"),
            currency="EUR",
        )
        for number, row in enumerate(rows)
        for at, (channel, amount) in enumerate(zip(world.series.channels, row, strict=True))
        if amount > 0.01
    )
