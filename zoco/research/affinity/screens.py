"""The page of affinity: what is bought together, and what is bought next, each with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, intervals
from zoco.ledger.store import opening
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.ledger.views.problems import problem_of
from zoco.people.opening import for_whom
from zoco.research import opened
from zoco.research.affinity.baskets import Basket, baskets, followed
from zoco.research.affinity.leaf import BoughtLeaf
from zoco.research.opening import SEE, audience_url, site_asked
from zoco.research.purchases import span_of
from zoco.research.scores.scoring import DAYS, DAYS_FIRST
from zoco.stats.kinds.together import FEWEST, THINGS_MOST, Pair, pairs

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

SHOWN_MOST = 30


@for_whom(SEE)
def affinity(request: HttpRequest) -> HttpResponse:
    """Show pairs of products of a site."""
    title, site = _("Bought together"), site_asked(request)
    if site is None:
        return no_site(request, title)
    asked = request.GET.get("days", "")
    days = asked if asked in DAYS else DAYS_FIRST
    shown = head_of_site(title, site, sitebook.sites()) | {"icon_name": "group", "site": site}
    shown |= {"choices": DAYS.items(), "days": days, "least": FEWEST}
    try:
        shown |= _found(request, site, days)
    except (QueryFailed, StoreBusy) as error:
        shown |= {"problem": problem_of(error)}
    return render(request, "zoco/research/affinity.html", shown)


def _found(request: HttpRequest, site: SiteInfo, days: str) -> dict[str, Any]:
    period = span_of(site, timezone.now(), None if days == "all" else int(days))
    found, is_cut = baskets(site=site, period=period, store=opening.store())
    together = pairs(((each.products, each.products) for each in found), most=SHOWN_MOST)
    after = pairs(followed(found), is_ordered=True, most=SHOWN_MOST)
    basis = _basis(found, is_cut=is_cut)
    asked = {"leaf": BoughtLeaf.key, "site": site.id, "days": days}

    def line(pair: Pair) -> dict[str, Any]:
        rule = asked | {"one": pair.one, "other": pair.other}
        return _line(pair) | {"audience_url": audience_url(request, rule) if pair.is_sure else ""}

    return {
        "is_empty": not found,
        "basis": basis,
        "opened": opened.affinity({"basis": basis}, site),
        "together": [line(each) for each in together],
        "after": [line(each) for each in after],
    }


def _basis(found: Sequence[Basket], *, is_cut: bool) -> str:
    orders, products = len(found), len({name for each in found for name in each.products})
    words = ngettext(
        "%(orders)s order that names its products, %(products)s different ones.",
        "%(orders)s orders that name their products, %(products)s different ones.",
        orders,
    )
    said = words % {"orders": formats.count(orders), "products": formats.count(products)}
    if is_cut:
        said = f"{said} {_('Only the newest are looked at.')}"
    if products > THINGS_MOST:
        words = _("Pairs are sought among the %(most)s products that were bought most often.")
        said = f"{said} {words % {'most': formats.count(THINGS_MOST)}}"
    return said


def _line(pair: Pair) -> dict[str, Any]:
    return {
        "one": pair.one,
        "other": pair.other,
        "both": formats.count(pair.both),
        "chance": formats.percent(pair.chance),
        "lift": formats.decimal(pair.lift, 2),
        "bounds": intervals.between(pair.low, pair.high, partial(formats.decimal, places=2)),
        "is_sure": pair.is_sure,
        "is_less": pair.high < 1,
    }
