"""What the simulated company's marketer keeps: campaigns, what each cost by the day, a plan, a funnel.

Costs are those of the truth, to the cent, but for letters, which nobody bills; impressions are drawn from
usual shares of clicks.
"""

import calendar
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from zoco.campaigns.costs.models import Cost, Plan
from zoco.campaigns.costs.services import AT_ONCE
from zoco.campaigns.models import Campaign
from zoco.monitor.funnels import Funnel
from zoco.sites.models import Site
from zoco.testing.company.truth import CampaignTruth, Truth
from zoco.testing.company.ways import CAMPAIGNS
from zoco.testing.company.ways import Campaign as Advertised

CLICKED = {"cpc": 0.045, "display": 0.004, "paid_social": 0.011}
"""Of how many impressions one is clicked, by medium."""
OWN = ("email",)
"""Nobody bills the shop's own letters; what goes out on one weekday alone hides behind that day besides."""
STEADY = ("generic-search", "retargeting")
"""Campaigns with a plan for the running month."""
LOOKED_BACK = 28
MORE = Decimal("1.1")
"""What was set aside for each unit that was spent."""
ROUND = 10


@transaction.atomic
def advertising_load(*, site: Site, truth: Truth, until: datetime, steps: tuple[str, ...]) -> None:
    """Make campaigns with their costs, plans for the month, and a funnel over goals of the site in order.

    What an earlier call made for the site is replaced.
    """
    today = until.astimezone(ZoneInfo(site.zone)).date()
    drawn = f"{steps[0]} → {steps[-1]}"
    Campaign.objects.filter(site=site, code__in=[each.code for each in CAMPAIGNS]).delete()
    Funnel.objects.filter(site=site, name=drawn).delete()
    rng = np.random.default_rng(truth.seed)
    for told, known in zip(truth.campaigns, CAMPAIGNS, strict=True):
        if not told.days:
            continue
        campaign = _campaign_make(site, known, told)
        if known.medium not in OWN:
            Cost.objects.bulk_create(_costs(campaign, known, told, rng, site.currency), batch_size=AT_ONCE)
        if known.code in STEADY:
            _plan_make(campaign, known, told, today)
    funnel = Funnel(site=site, name=drawn, steps=list(steps))
    funnel.full_clean()
    funnel.save()


def _campaign_make(site: Site, known: Advertised, told: CampaignTruth) -> Campaign:
    runs_on = known.flight != ((1, 1), (12, 31)) or known.code == "black-friday"
    days = sorted(told.days)
    campaign = Campaign(
        site=site,
        name=known.code.replace("-", " ").capitalize(),
        code=known.code,
        starts_on=date.fromisoformat(days[0]) if runs_on else None,
        ends_on=date.fromisoformat(days[-1]) if runs_on else None,
        budget=_rounded(told.cost * MORE) if runs_on else Decimal(0),
        margin_percent=Decimal(38),
    )
    campaign.full_clean()
    campaign.save()
    return campaign


def _costs(
    campaign: Campaign, known: Advertised, told: CampaignTruth, rng: np.random.Generator, currency: str
) -> list[Cost]:
    price = Decimal(str(known.cost_per_click))
    share = CLICKED.get(known.medium)
    return [
        Cost(
            campaign=campaign,
            on=date.fromisoformat(day),
            source=known.source,
            medium=known.medium,
            creative=known.content,
            currency=currency,
            amount=clicks * price,
            clicks=clicks,
            impressions=None if share is None else clicks + int(rng.poisson(clicks * (1 / share - 1))),
            is_imported=True,
        )
        for day, clicks in sorted(told.days.items())
    ]


def _plan_make(campaign: Campaign, known: Advertised, told: CampaignTruth, today: date) -> None:
    """Plan the running month as the four weeks before it were, a tenth more, in whole tens."""
    first = today.replace(day=1)
    before = {str(first - timedelta(days=1 + back)) for back in range(LOOKED_BACK)}
    clicks = sum(count for day, count in told.days.items() if day in before)
    length = calendar.monthrange(today.year, today.month)[1]
    budget = _rounded(clicks * Decimal(str(known.cost_per_click)) * length / LOOKED_BACK * MORE)
    if not budget:
        return
    plan = Plan(campaign=campaign, starts_on=first, ends_on=first.replace(day=length), budget=budget)
    plan.full_clean()
    plan.save()


def _rounded(amount: Decimal) -> Decimal:
    return (amount / ROUND).quantize(Decimal(1), rounding=ROUND_UP) * ROUND
