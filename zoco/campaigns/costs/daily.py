"""What was spent day by day in the site's currency, summed for whoever asks: pages, reports, models above."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from zoco.campaigns.costs.models import Cost
from zoco.campaigns.costs.rates import Basis, rates_of, taxed
from zoco.ledger.sitebook import SiteInfo
from zoco.sites.models import Site
from zoco.sites.sources.channels import judged
from zoco.sites.sourcing.services import own_sources


@dataclass(frozen=True, slots=True)
class DayCost:
    """A day's spend of a campaign at one place with one creative; `amount` is None where no rate was."""

    on: date
    campaign: int
    code: str
    source: str
    medium: str
    creative: str
    currency: str
    charged: Decimal
    amount: Decimal | None
    impressions: int | None
    clicks: int | None


def known_sum(one: int | None, other: int | None) -> int | None:
    """Add counts of which either may not be known, then the other is the sum; None where neither is."""
    return other if one is None else one if other is None else one + other


@dataclass(slots=True)
class Spending:
    """Sums: `amount` of what could be converted, `others` by currency of what could not."""

    amount: Decimal = Decimal(0)
    others: dict[str, Decimal] = field(default_factory=dict)
    impressions: int | None = None
    clicks: int | None = None

    def add(self, day: DayCost) -> None:
        """Add a day's spend."""
        if day.amount is None:
            self.others[day.currency] = self.others.get(day.currency, Decimal(0)) + day.charged
        else:
            self.amount += day.amount
        self._count(day.impressions, day.clicks)

    def join(self, other: Spending) -> None:
        """Add other sums."""
        self.amount += other.amount
        for currency, charged in other.others.items():
            self.others[currency] = self.others.get(currency, Decimal(0)) + charged
        self._count(other.impressions, other.clicks)

    def _count(self, impressions: int | None, clicks: int | None) -> None:
        self.impressions = known_sum(self.impressions, impressions)
        self.clicks = known_sum(self.clicks, clicks)

    @property
    def whole(self) -> Decimal | None:
        """The whole amount, None where some of it could not be converted."""
        return None if self.others else self.amount


def days_of(
    site: SiteInfo,
    *,
    first: date | None = None,
    last: date | None = None,
    campaigns: Collection[int] | None = None,
    basis: Basis = "net",
) -> Iterator[DayCost]:
    """Yield what was spent, by day; `first` and `last` are both among the days."""
    rows = Cost.objects.filter(campaign__site=site.id)
    if campaigns is not None:
        rows = rows.filter(campaign__in=campaigns)
    if first is not None:
        rows = rows.filter(on__gte=first)
    if last is not None:
        rows = rows.filter(on__lte=last)
    names = ("on", "campaign", "campaign__code", "source", "medium", "creative", "currency")
    by = ("with_vat", "vat_percent")
    sums = {f"{name}_sum": Sum(name) for name in ("amount", "impressions", "clicks")}
    found = rows.order_by(*names, *by).values(*names, *by).annotate(**sums).values_list(*names, *by, *sums)
    rates = rates_of(site)
    for *said, with_vat, vat_percent, amount, impressions, clicks in found.iterator(chunk_size=5_000):
        on, campaign, code, source, medium, creative, currency = said
        charged = taxed(amount, with_vat=with_vat, vat_percent=vat_percent, basis=basis)
        rate = rates.at(currency, on)
        yield DayCost(
            on, campaign, code, source, medium, creative, currency, charged,
            None if rate is None else charged * rate, impressions, clicks,
        )  # fmt: skip


class Channels:
    """The source channel of costs, as visits with the same tags get theirs."""

    def __init__(self, site: SiteInfo) -> None:
        self._own = own_sources(Site.objects.get(pk=site.id))
        self._known: dict[tuple[str, str, str], str] = {}

    def of(self, day: DayCost) -> str:
        """Return the channel."""
        tags = (day.source, day.medium, day.code)
        if tags not in self._known:
            self._known[tags] = judged(*tags, "", self._own).channel
        return self._known[tags]
