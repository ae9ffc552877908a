"""Incidents of campaigns in words: what they cost against what was planned, set or to be expected."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.pictures import formats

if TYPE_CHECKING:
    from zoco.monitor.alarms.models import Incident


def title(incident: Incident) -> str:
    """Say in a few words which campaign it is, and what is wrong with it."""
    words = {"campaign": incident.found["name"], "site": incident.alarm.site.name}
    match incident.found["sort"]:
        case "over":
            return _("%(campaign)s on %(site)s will spend more than planned") % words
        case "under":
            return _("%(campaign)s on %(site)s will spend less than planned") % words
        case "spent":
            return _("%(campaign)s on %(site)s has spent more than planned") % words
        case "roas":
            return _("%(campaign)s on %(site)s returns too little") % words
        case "cac":
            return _("%(campaign)s on %(site)s: a visitor who converts costs too much") % words
    return _("%(campaign)s on %(site)s spends, and nobody converts") % words


def text(incident: Incident) -> str:
    """Say what was seen with its interval, and what it was held against."""
    found = incident.found
    words = _words(incident)
    match found["sort"]:
        case "over" | "under":
            return _("%(days)s: %(cost)s are spent. Going on so it will be %(seen)s, between %(low)s and "
                     "%(high)s; planned are %(bound)s.") % words  # fmt: skip
        case "spent":
            return _("%(days)s: %(cost)s are spent; planned are %(bound)s.") % words
        case "roas":
            return _("%(days)s: each unit spent returned %(seen)s, by chance between %(low)s and %(high)s; "
                     "at least %(bound)s is to come back.") % words  # fmt: skip
        case "cac":
            return _dear(found, words)
    if found["bound"]:
        return _("%(days)s: %(cost)s were spent and nobody converted; by what the campaigns of this site "
                 "bring for their money, %(bound)s conversions were to be expected.") % words  # fmt: skip
    return _("%(days)s: %(cost)s were spent and nobody converted, which is as much as may be.") % words


def _dear(found: dict[str, Any], words: dict[str, str]) -> str:
    if not found["count"]:
        return _("%(days)s: %(cost)s were spent and nobody converted; by chance a visitor who converts "
                 "costs at least %(low)s, and %(bound)s at most is to be.") % words  # fmt: skip
    visitors = ngettext("%(count)s visitor who converted", "%(count)s visitors who converted", found["count"])
    said = visitors % {"count": formats.count(found["count"])}
    return _("%(days)s: %(cost)s by %(visitors)s is %(seen)s each, by chance between %(low)s and %(high)s; "
             "%(bound)s at most is to be.") % {**words, "visitors": said}  # fmt: skip


def _words(incident: Incident) -> dict[str, str]:
    found, currency = incident.found, incident.alarm.site.currency
    first, last = (date.fromisoformat(found[name]) for name in ("first", "last"))
    is_share = found["sort"] in {"roas", "wasted"}

    def said(name: str) -> str:
        value = found[name]
        if value is None:
            return "–"
        return formats.decimal(value, 2) if is_share else formats.money_figure(value, currency)

    return {
        "days": formats.span(first, last),
        "cost": formats.money_figure(found["cost"], currency),
        **{name: said(name) for name in ("seen", "low", "high", "bound")},
    }


LEVELS = {"calm": 0.99, "usual": 0.95, "keen": 0.8}
ODDS = {"calm": 1_000, "usual": 100, "keen": 20}


def how(incident: Incident) -> list[str]:
    """Say by what it was judged: the interval, where that comes from, and what it cannot know."""
    found = incident.found
    words = {"level": formats.percent(LEVELS[found["care"]], 0), "odds": formats.count(ODDS[found["care"]])}
    match found["sort"]:
        case "over" | "under":
            return [
                _("The interval is to hold the sum of all days in %(level)s of plans whose days go on as "
                  "they did; it lies wholly beyond the plan.") % words,
                _("Days are taken as means of their weekday, each leaning on the one before (Box and Jenkins "
                  "1970, section 3.2; Marriott and Pope 1954). A level that changes for good is not "
                  "foreseen."),
            ]  # fmt: skip
        case "spent":
            return [_("Counted, not estimated: what was written down or imported is more than the budget.")]
        case "roas" | "cac":
            return [
                _("The interval is to hold in %(level)s of cases what would come of many such periods; it "
                  "lies wholly beyond the bound that you set.") % words,
                _("Visitors who convert come as a Poisson count (Garwood 1936), revenue is counted in "
                  "typical orders (Feller 1968, section XII.2). Visits are credited to where they came from, "
                  "which is no proof that they would not have come without ads."),
            ]  # fmt: skip
    if not found["bound"]:
        return [_("Counted, not estimated: it was held against the sum that you set.")]
    return [_("Were this campaign like the others of the last 56 days, nobody at all would convert less than "
              "once in %(odds)s times.") % words]  # fmt: skip


def way(incident: Incident) -> tuple[str, str] | None:
    """Return where the campaign's costs are, in a project that has the page."""
    try:
        return reverse("zoco_cost", args=[incident.found["campaign"]]), _("Open the campaign’s costs")
    except NoReverseMatch:
        return None
