"""Controls by period, as a model knows them: those that were written down, and goals that facts reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import FilterWrong
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.sitebook import SiteInfo
from zoco.mix.models import Control, ControlDay
from zoco.mix.weeks import Weeks, outcomes_of

OWN, GOAL = "control:", "goal:"
UNPAID = "visits:unpaid"
"""Visits that nobody paid for, as Chen et al. (2018) take searches: what demand there was."""
CARRIED_DAYS = 31
"""So long a known day stands for those after it: a price that is written down each month is known."""
GONE = gettext_noop("it is gone")
LATE = gettext_noop("it is not known from %(since)s on")
GAP = gettext_noop("nothing is known of it for more than a month before %(day)s")
SAME = gettext_noop("it is the same all the time")
FEW = gettext_noop("too few visits are known")


def choices(site: int) -> list[tuple[str, str]]:
    """Return keys of all that may be a control of a site's models, with what they are called."""
    own = Control.objects.filter(site=site).values_list("name", flat=True)
    return [
        *((f"{OWN}{name}", name) for name in own),
        (UNPAID, control_called(UNPAID)),
        *((f"{GOAL}{goal.name}", goal.name) for goal in goals_of_facts(site)),
    ]


def control_called(key: str) -> str:
    """Return what a control is called."""
    if key == UNPAID:
        return _("Visits that were not paid for")
    return key.removeprefix(OWN).removeprefix(GOAL)


def controls_add(weeks: Weeks, site: SiteInfo, keys: Sequence[str], *, now: datetime) -> None:
    """Put controls beside weeks. One of which too little is known is left out, with the reason."""
    for key in keys:
        carried = 0
        if key == UNPAID:
            row, why = [0.0] * weeks.run_in + weeks.unpaid, None if weeks.unpaid else [FEW, {}]
        elif key.startswith(GOAL):
            row, why = _reached(weeks, site, key.removeprefix(GOAL), now)
        else:
            days = ControlDay.objects.filter(control__site=site.id, control__name=key.removeprefix(OWN))
            row, carried, why = by_period(dict(days.values_list("on", "value")), weeks)
        if why is None and len(set(row[weeks.run_in :])) == 1:
            why = [SAME, {}]
        if why is not None:
            weeks.unknown[key] = why
            continue
        weeks.controls[key] = row
        if carried:
            weeks.carried[key] = carried


def _reached(weeks: Weeks, site: SiteInfo, goal: str, now: datetime) -> tuple[list[float], list[Any] | None]:
    """Return how often a goal was reached in each period."""
    first = weeks.starts[weeks.run_in]
    last = weeks.first_on + timedelta(days=weeks.days * len(weeks.outcome) - 1)
    try:
        found = outcomes_of(
            site, Period(first, last, site.zone), is_revenue=False, goal=goal, now=now, days=weeks.days
        )
    except FilterWrong:
        return [], [GONE, {}]
    return [0.0] * weeks.run_in + found, None


def by_period(days: Mapping[date, float], weeks: Weeks) -> tuple[list[float], int, list[Any] | None]:
    """Return the mean of a control's known days in each period, and in how many none was known.

    For these stands the last known day, where it is at most CARRIED_DAYS before; else there is a reason. The
    run-in has zeros, which no model looks at.
    """
    if not days:
        return [], 0, [GONE, {}]
    found, carried = [0.0] * weeks.run_in, 0
    known = sorted(days)
    at = -1
    for start in weeks.starts[weeks.run_in :]:
        end, values = start + timedelta(days=weeks.days), list[float]()
        while at + 1 < len(known) and known[at + 1] < end:
            at += 1
            if known[at] >= start:
                values.append(days[known[at]])
        if values:
            found.append(sum(values) / len(values))
        elif at < 0:
            return [], 0, [LATE, {"since": start.isoformat()}]
        elif (start - known[at]).days > CARRIED_DAYS:
            return [], 0, [GAP, {"day": start.isoformat()}]
        else:
            found.append(days[known[at]])
            carried += 1
    return found, carried, None
