"""Reads of campaigns: words that tags may be, those that visits bore, what curves show, what is spent."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import Min, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from zoco.campaigns.costs.daily import days_of
from zoco.campaigns.costs.listing import listing
from zoco.campaigns.costs.models import SOURCES_MOST as MOST
from zoco.campaigns.costs.models import Cost
from zoco.campaigns.costs.rates import Basis
from zoco.campaigns.models import Campaign, Link, Word
from zoco.campaigns.tags import TAGS
from zoco.kit.periods import Period
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures.marks import Mark
from zoco.ledger.report import report_named
from zoco.ledger.sitebook import SiteInfo

SOURCES_MOST = MOST

SEEN_DAYS = 90
SEEN_MOST = 5_000


def listed(site: int) -> dict[str, list[str]]:
    """Return the values that the tags of a site may have; campaigns are known by their codes."""
    found: dict[str, list[str]] = {name: [] for name in TAGS}
    for tag, value in Word.objects.filter(site=site).order_by("tag", "value").values_list("tag", "value"):
        found[tag].append(value)
    codes = Campaign.objects.filter(site=site).order_by("-id").values_list("code", flat=True)
    found["campaign"] = list(codes)
    return found


def seen(site: SiteInfo, now: datetime) -> dict[str, list[tuple[str, int]]]:
    """Return the values that visits of the last 90 days bore with their sessions, most frequent first."""
    today = now.astimezone(ZoneInfo(site.zone)).date()
    period = Period(today - timedelta(days=SEEN_DAYS - 1), today, site.zone)
    question = Question(site, period, compare="none", size=SEEN_MOST)
    answer = ask(report_named("tags"), question, now=now)
    sums: dict[str, dict[str, int]] = {name: {} for name in TAGS}
    for row in answer.rows:
        for name in TAGS:
            value = str(row.key[name])
            if value:
                sums[name][value] = sums[name].get(value, 0) + int(row.values["sessions"] or 0)
    return {name: sorted(each.items(), key=lambda pair: (-pair[1], pair[0])) for name, each in sums.items()}


def values(seen: dict[str, list[tuple[str, int]]]) -> dict[str, list[str]]:
    """Return the values alone."""
    return {name: [value for value, _sessions in pairs] for name, pairs in seen.items()}


def followed(site: SiteInfo, now: datetime) -> dict[str, tuple[int, int]]:
    """Return people and follows of the last 90 days by short name."""
    today = now.astimezone(ZoneInfo(site.zone)).date()
    period = Period(today - timedelta(days=SEEN_DAYS - 1), today, site.zone)
    question = replace(Question(site, period, compare="none"), size=SEEN_MOST)
    answer = ask(report_named("short-links"), question, now=now)
    return {
        str(row.key["link"]): (int(row.values["visitors"] or 0), int(row.values["follows"] or 0))
        for row in answer.rows
    }


def links(site: int) -> QuerySet[Link]:
    """Return the links of a site, the newest first."""
    return Link.objects.filter(site=site).select_related("campaign").order_by("-id")


def marks(site: SiteInfo, period: Period) -> Iterator[Mark]:
    """Yield when campaigns of the site begin and end within a period."""
    for each in Campaign.objects.filter(site=site.id).order_by("id"):
        said = {"campaign": each.name}
        if each.starts_on and period.first <= each.starts_on <= period.last:
            yield Mark(each.starts_on, _("%(campaign)s begins") % said)
        if each.ends_on and period.first <= each.ends_on <= period.last:
            yield Mark(each.ends_on, _("last day of %(campaign)s") % said)


def campaign_names(site: SiteInfo, codes: Collection[str]) -> dict[str, str]:
    """Return what campaigns of the site are called, by code as visits bore it, in whatever case."""
    found = Campaign.objects.filter(site=site.id).annotate(known=Lower("code")).order_by("id")
    wanted = {code.lower(): code for code in codes}
    named = dict(found.filter(known__in=wanted).values_list("known", "name"))
    return {code: named[code.lower()] for code in codes if code.lower() in named}


def link_names(site: SiteInfo, slugs: Collection[str]) -> dict[str, str]:
    """Return what short links are known by: their campaign, else the page that they lead to."""
    found = links(site.id).filter(slug__in=slugs)
    return {each.slug: each.campaign.name if each.campaign else _page(each.target) for each in found}


def sources_count(site: SiteInfo, period: Period) -> int:
    """Return how many sources the costs of a site had on the days of a period."""
    found = Cost.objects.filter(campaign__site=site.id, on__gte=period.first, on__lte=period.last)
    return found.order_by().values("source").distinct().count()


def costs_since(site: SiteInfo) -> date | None:
    """Return the first day of which costs of a site are known."""
    found: date | None = Cost.objects.filter(campaign__site=site.id).aggregate(first=Min("on"))["first"]
    return found


def daily_costs(site: SiteInfo, period: Period) -> tuple[dict[tuple[date, str], Decimal], dict[str, Decimal]]:
    """Return what a site spent by day and source, without VAT; by currency what no rate was in force for."""
    spent, others = defaultdict[tuple[date, str], Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for day in days_of(site, first=period.first, last=period.last):
        if day.amount is None:
            others[day.currency] += day.charged
        else:
            spent[day.on, day.source] += day.amount
    return dict(spent), dict(others)


def costs_listed(site: SiteInfo, period: Period, basis: Basis, with_creatives: bool) -> str:
    """Return what was spent and planned in a period as the report on productivity reads it."""
    return listing(site, period, basis, with_creatives=with_creatives)


def _page(address: str) -> str:
    """Return an address without scheme and query."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}".rstrip("/")
