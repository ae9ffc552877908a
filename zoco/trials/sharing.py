"""Bandits: what they may be, and the shares that are set for the next day; once set they stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.moving.arriving import is_half_here
from zoco.stats.trials.bandits import shares_next
from zoco.trials import facts
from zoco.trials.choices import Decides
from zoco.trials.designs import HONEST, DesignWrong
from zoco.trials.models import Trial
from zoco.trials.shares import SharesSet, shares_kept

AHEAD = timedelta(hours=3)
"""So long before midnight the next day's shares are worked out; without a worker then, shares stay."""


def bandit_check(trial: Trial) -> None:
    """Hold a bandit to what its honest figures need. Raises DesignWrong."""
    if trial.decides != Decides.FIXED:
        words = gettext_noop("A bandit is decided at its end, on a day that is set now; choose that.")
        raise DesignWrong(words)
    if len({each.weight for each in trial.arms_planned}) > 1:
        raise DesignWrong(gettext_noop("A bandit begins with equal shares; give its arms the same weight."))
    if trial.strata:
        raise DesignWrong(gettext_noop("Arms of a bandit are weighed by their shares; choose no strata."))
    primary = next(each for each in trial.metrics_planned if each.role == "primary")
    if primary.kind not in HONEST or not primary.is_higher_better:
        words = gettext_noop(
            "A bandit goes by a share of units, by a mean or by revenue, of which more is better; let such a "
            "metric decide."
        )
        raise DesignWrong(words)


def first_shared(trial: Trial, at: datetime) -> None:
    """Set equal shares for the first day of a bandit that begins; the caller saves it."""
    _add(trial, SharesSet(micros(at), shares_next([each.key for each in trial.arms_planned], [])), at)


def midnight_after(trial: Trial, at: datetime) -> datetime:
    """Return the next midnight of a trial's site."""
    zone = ZoneInfo(next((each.zone for each in sitebook.sites() if each.id == trial.site_id), "UTC"))
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)


def is_to_share(trial: Trial, at: datetime) -> bool:
    """Return whether the shares of the next day are to be worked out now."""
    midnight = midnight_after(trial, at)
    return (
        trial.is_bandit
        and trial.state == Trial.State.RUNNING
        and at >= midnight - AHEAD
        and (trial.ends_on is None or midnight.date() <= trial.ends_on)
        and trial.batches_read[-1].since < micros(midnight)
        and not is_half_here(trial.site_id)
    )


@transaction.atomic
def shares_set(*, trial: int, shares: Mapping[str, float], since: datetime, at: datetime) -> bool:
    """Set shares from a midnight to come on; False where they are there already, or the trial is over.

    Past ones are never changed, so that what a unit was dealt can be worked out again.
    """
    row = Trial.objects.select_for_update().get(pk=trial)
    if row.state != Trial.State.RUNNING or since <= at or row.batches_read[-1].since >= micros(since):
        return False
    _add(row, SharesSet(micros(since), {each.key: shares[each.key] for each in row.arms_planned}), at)
    row.save(update_fields=["batches"])
    return True


def _add(trial: Trial, batch: SharesSet, at: datetime) -> None:
    trial.batches = [*trial.batches, shares_kept(batch)]
    facts.shared(
        trial=trial.key, site=trial.site_id, number=trial.pk, batch=len(trial.batches), since=batch.since,
        shares=batch.shares, at=at,
    )  # fmt: skip
