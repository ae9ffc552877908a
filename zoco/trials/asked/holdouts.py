"""Those who are held out of all trials of a site against everybody else: what all trials do together.

By the hash that holds them out, whatever they saw: everybody who came is counted, in the group in which the
hash puts him. Trials hold out as much or more of the same ones, so those who are held out of all of them are
compared with those who are held out of none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_noop

from zoco.kit.periods import micros
from zoco.kit.runs import Tell
from zoco.ledger.asking.goals import goals_of_facts
from zoco.stats.trials.live import looked
from zoco.stats.trials.moments import NoSpread, TooFew
from zoco.trials.analysis import units
from zoco.trials.analysis.dealing import placed
from zoco.trials.analysis.estimates import Sample, estimated
from zoco.trials.analysis.units import Scope
from zoco.trials.assigning import HOLDOUT
from zoco.trials.choices import Unit
from zoco.trials.designs import DesignWrong, Metric
from zoco.trials.models import Trial

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

HELD, OTHERS = "held", "others"
DAYS_MOST = 366


@dataclass(frozen=True, slots=True)
class Held:
    """Who is held out while trials of a site run: by which hash, from which to which share, since when."""

    site: int
    least: float
    most: float
    since: datetime
    until: datetime
    planned: int


def held_now(site: int, unit: Unit, now: datetime) -> Held:
    """Return who is held out of the trials of the last year. Raises DesignWrong where nobody is."""
    begun = Trial.objects.filter(site=site, unit=unit, holdout_percent__gt=0, started_at__isnull=False)
    found = [each for each in begun if (each.ended_at or now) > now - timedelta(days=DAYS_MOST)]
    if not found:
        words = gettext_noop(
            "No trial of these units holds anybody out; set how many are held out when you set one up."
        )
        raise DesignWrong(words)
    dealt = max(found, key=lambda each: each.pk).dealt_site
    same = [each for each in found if each.dealt_site == dealt]
    since = min(each.started_at for each in same if each.started_at is not None)
    return Held(
        dealt,
        min(each.holdout_percent for each in same) / 100,
        max(each.holdout_percent for each in same) / 100,
        max(since, now - timedelta(days=DAYS_MOST)),
        max(each.ended_at or now for each in same),
        max(each.units_planned for each in same),
    )


def answered(
    site: SiteInfo, given: dict[str, Any], store: Store, *, now: datetime, tell: Tell
) -> dict[str, Any]:
    """Return the figures. Raises DesignWrong where there is too little, QueryFailed, StoreBusy."""
    unit = Unit(given["unit"])
    metric = Metric(given["goal"], given["kind"], "primary", given["goal"], window_days=given["window_days"])
    goals = metric.goals(goals_of_facts(site.id))
    if metric.goal.casefold() not in goals:
        raise DesignWrong(gettext_noop("The site has no goal of this name; choose one of its own."))
    held = held_now(site.id, unit, now)
    scope = Scope(site, "", unit, held.since, held.until, now)
    came = units.came_read(scope, store)
    tell(done=1)
    places = placed(f"holdout/{held.site}", HOLDOUT, came.unit)
    group = np.where(places < held.least, 0, np.where(places >= held.most, 1, -1))
    kept = group >= 0
    sample = Sample((HELD, OTHERS), came.unit[kept], group[kept].astype(np.int64), came.at[kept])
    deeds = units.came_deeds_read(scope, metric, goals, store)
    tell(done=2)
    found = estimated(metric, sample, deeds, micros(now), is_adjusted=False).arms
    try:
        figure = looked(found[HELD], found[OTHERS], planned=held.planned)
    except (KeyError, TooFew, NoSpread):
        words = gettext_noop(
            "Too little to compare yet: a figure needs 100 units whose days are over in either group, and 20 "
            "of both to whom it happened."
        )
        raise DesignWrong(words) from None
    lift = figure.lift
    return {
        "since": held.since.isoformat(), "until": min(held.until, now).isoformat(),
        "percent": held.least * 100,
        "arms": {key: asdict(each) for key, each in found.items()},
        "difference": figure.difference, "interval": list(figure.interval), "p": figure.p,
        "is_sure": figure.is_sure(),
        "lift": lift.value if lift and lift.is_bounded else None,
        "lift_interval": [lift.low, lift.high] if lift and lift.is_bounded else None,
    }  # fmt: skip
