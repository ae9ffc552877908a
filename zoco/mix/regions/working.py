"""A plan or a measurement is worked out in the background."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.campaigns.reads import daily_costs
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.mix.models import RegionalTest
from zoco.mix.naming import goals_now
from zoco.mix.regions.panels import Regions, regions_of
from zoco.mix.running import counter
from zoco.mix.weeks import UNNAMED, WEEK, WeeksWrong
from zoco.stats.incrementality import Panel, group_placebos, groups_most, lift, planned, two_by_two
from zoco.stats.incrementality.planning import PAST_LEAST, TESTS_LEAST, UNITS_LEAST

SHOWN = 12
RECENT_WEEKS = 13


def do(test: RegionalTest) -> None:
    """Plan or measure. Raises what the mathematics refuse, WeeksWrong, FilterWrong, RunStopped."""
    sites = {each.id: each for each in sitebook.sites()}
    site = sites[test.site_id]
    test.result = _plan(test, site) if test.kind == RegionalTest.Kind.PLAN else _measured(test, site)
    test.result["goals"] = goals_now(site.id)
    test.done = test.total


def _panel(test: RegionalTest, site: SiteInfo, since: date, count: int, before: int | None) -> Regions:
    found = regions_of(
        site,
        since,
        count,
        country=test.country,
        is_revenue=test.is_revenue,
        goal=test.goal,
        now=timezone.now(),
        kept=frozenset(test.regions),
        before=before,
    )
    test.weeks = found.to_json()
    return found


def _plan(test: RegionalTest, site: SiteInfo) -> dict[str, Any]:
    regions = _panel(test, site, test.first_on, test.weeks_count, None)
    panel = regions.panel()
    _enough(panel, test.length)
    test.total = groups_most(len(panel.units))
    plan = planned(panel, test.length, told=counter(test))
    recent = panel.outcomes[-RECENT_WEEKS:]
    weekly = _weekly_spend(test, site)
    found = []
    for each in plan[:SHOWN]:
        places = [panel.place(unit) for unit in each.units]
        level = float(recent[:, places].sum(axis=1).mean()) * test.length
        money = weekly * float(recent[:, places].sum() / max(recent.sum(), 1e-12)) * test.length
        seen = None if each.detectable is None else each.detectable * level
        found.append({**asdict(each), "money": money, "seen": seen})
    return {"candidates": found, "groups": len(plan), "weekly": weekly, "currency": site.currency}


def _enough(panel: Panel, length: int) -> None:
    """Raise WeeksWrong, with what there is and what is needed, where a plan could tell nothing."""
    if len(panel.units) < UNITS_LEAST:
        raise WeeksWrong(gettext_noop(
            "Regions in which something came in at least half of the weeks: %(regions)s. A test needs "
            "%(least)s or more. Choose fewer weeks of the past, or an outcome that comes more often."
        ), regions=len(panel.units), least=UNITS_LEAST)  # fmt: skip
    least = max(PAST_LEAST, TESTS_LEAST * length)
    if len(panel.outcomes) < least:
        raise WeeksWrong(gettext_noop(
            "Weeks of the past since anything came: %(weeks)s. A test as long as this one needs %(least)s "
            "or more. Choose fewer weeks for the test, or wait until more are known."
        ), weeks=len(panel.outcomes), least=least)  # fmt: skip


def _weekly_spend(test: RegionalTest, site: SiteInfo) -> float:
    """Return what the channel cost in a week of the last 13 in all of the site, 0 without a channel."""
    if not test.channel:
        return 0.0
    last = test.last_on
    spent, _others = daily_costs(
        site, Period(last - RECENT_WEEKS * WEEK + timedelta(days=1), last, site.zone)
    )
    own = (float(amount) for (_on, source), amount in spent.items() if (source or UNNAMED) == test.channel)
    return sum(own) / RECENT_WEEKS


def _measured(test: RegionalTest, site: SiteInfo) -> dict[str, Any]:
    since = test.first_on - test.before_count * WEEK
    regions = _panel(test, site, since, test.before_count + test.weeks_count, test.before_count)
    missing = sorted(set(test.regions) - set(regions.outcomes))
    if missing:
        raise WeeksWrong(
            gettext_noop("Nothing is known of %(names)s in these weeks."), names=", ".join(missing)
        )
    panel, treated, before = regions.panel(), frozenset(test.regions), test.before_count
    found = lift(panel, treated, before)
    others = group_placebos(panel, treated, before)
    ours = two_by_two(_scaled(panel, before), treated, before)
    return {
        "lift": {
            **{name: getattr(found, name) for name in ("relative", "low", "high", "added", "added_low")},
            **{name: getattr(found, name) for name in ("added_high", "p", "confidence", "misfit", "error")},
            "path": found.path.tolist(),
            "actual": found.actual.tolist(),
            "weights": found.weights,
        },
        "placebos": None if others is None else {"p": others[0], "groups": others[1]},
        "currency": site.currency,
        "differences": asdict(ours),
        "share": float(panel.outcomes[:before, [panel.place(each) for each in treated]].sum())
        / float(panel.outcomes[:before].sum()),
    }


def _scaled(panel: Panel, before: int) -> Panel:
    """Return regions as multiples of their own mean before; those with nothing then are left out."""
    means = panel.outcomes[:before].mean(axis=0)
    kept = means > 0
    names = tuple(name for name, is_kept in zip(panel.units, kept, strict=True) if is_kept)
    return Panel(names, panel.outcomes[:, kept] / means[kept])
