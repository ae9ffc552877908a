"""Which arm a unit gets at this moment, and why, in OpenFeature's words.

By hash of the unit and the trial's key: the same everywhere and always, kept nowhere; of bandits of
whoever lives longer than a day only on which day he was dealt (`zoco.trials.keeping`). Who is held out, or
outside the share, gets the control and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zoco.kit.periods import micros
from zoco.trials.assigning import HOLDOUT, arm_at, placing
from zoco.trials.keeping.services import IsLet, Kept, always, batches_kept
from zoco.trials.models import Trial
from zoco.trials.shares import batch_at

SHARE = b"share"


class Reason(StrEnum):
    """Why somebody gets an arm; see the specification of OpenFeature, section on evaluation details."""

    SPLIT = "SPLIT"
    """By chance, as everybody in the trial."""
    DEFAULT = "DEFAULT"
    """The control, for somebody who is not in the trial."""
    STATIC = "STATIC"
    """The trial is over; everybody gets this."""
    DISABLED = "DISABLED"
    """The control: the trial does not run; of a flag what it tells when it is off."""
    TARGETING_MATCH = "TARGETING_MATCH"
    """By a rule of a flag that fits."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An arm, or a variant of a flag, with its value. Only who `counts` is exposed when it is seen."""

    trial: str
    arm: str
    value: str | float | bool
    reason: Reason
    is_control: bool
    is_trial: bool = True

    @property
    def counts(self) -> bool:
        """Whether the unit is in the trial."""
        return self.is_trial and self.reason is Reason.SPLIT


def decided(
    trial: Trial,
    unit: int | str,
    at: datetime | None = None,
    is_let: IsLet = always,
    *,
    is_page: bool = False,
) -> Decision:
    """Return what a unit gets at a moment, which bandits need; 0 and "" are nobody, who gets the control.

    So does whoever is new to a bandit that keeps units, where `is_let` says no, and to a page where the
    database takes nothing; elsewhere that raises what it raises.
    """
    if trial.state == Trial.State.RUNNING:
        arm = dealt_arm(trial, unit, micros(at) if at else None, is_let, is_page=is_page) if unit else None
        return _of(trial, arm or trial.control, Reason.SPLIT if arm else Reason.DEFAULT)
    if trial.outcome_arm:
        return _of(trial, trial.outcome_arm, Reason.STATIC)
    return _of(trial, trial.control, Reason.DISABLED)


def dealt_arm(
    trial: Trial, unit: int | str, at: int | None = None, is_let: IsLet = always, *, is_page: bool = False
) -> str | None:
    """Return the arm that a unit is dealt while the trial runs; None for who is not in it.

    `at` is a moment in UTC microseconds: of bandits it matters on which day. Raises MomentNeeded.
    """
    if trial.keeps_units:
        return dealt_kept(trial, [int(unit)], at, is_let, is_page=is_page).get(int(unit))
    return dealer(trial)(unit, at)


def dealt_kept(
    trial: Trial, units: Collection[int], at: int | None, is_let: IsLet = always, *, is_page: bool = False
) -> dict[int, str]:
    """Return the arms of units of a bandit that keeps them, from the first time on that one asks for them."""
    is_in, own_place = _entry(trial), placing(trial.scope)
    batches = trial.batches_read
    kept = batches_kept(trial, [each for each in units if is_in(each)], at, is_let, is_page=is_page)
    return {unit: arm_at(own_place(unit), batches[number].arms) for unit, number in kept.items()}


Deal = Callable[[int | str, int | None], str | None]


def dealer(trial: Trial) -> Deal:
    """Return what says of many units what `dealt_arm` deals one: what the trial is made of is read once.

    Of a bandit that keeps units it deals nobody anew: whoever was not dealt has no arm.
    """
    is_in, own_place = _entry(trial), placing(trial.scope)
    batches = trial.batches_read if trial.is_bandit else ()
    if trial.keeps_units:
        kept = Kept(trial)

        def dealt_then(unit: int | str, _at: int | None) -> str | None:
            number = kept.of(int(unit))
            return None if number is None else arm_at(own_place(unit), batches[number].arms)

        return dealt_then
    arms = () if trial.is_bandit else trial.dealt_as(None)

    def dealt(unit: int | str, at: int | None) -> str | None:
        return arm_at(own_place(unit), arms or batch_at(batches, at).arms) if is_in(unit) else None

    return dealt


def _entry(trial: Trial) -> Callable[[int | str], bool]:
    """Return what says whether a unit is in a trial: not held out, and in its share of the traffic."""
    held_out = trial.holdout_percent / 100
    scope = f"{trial.dealt_site}/layer/{trial.layer}" if trial.layer else trial.scope
    begin, end = ((trial.layer_from or 0) + each for each in (0, trial.share_percent))
    holdout_place, share_place = placing(f"holdout/{trial.dealt_site}", HOLDOUT), placing(scope, SHARE)
    is_whole = begin == 0 and end == 100

    def is_in(unit: int | str) -> bool:
        if held_out and holdout_place(unit) < held_out:
            return False
        return is_whole or begin / 100 <= share_place(unit) < end / 100

    return is_in


def _of(trial: Trial, arm: str, reason: Reason) -> Decision:
    value = next((each.value for each in trial.arms_planned if each.key == arm), "")
    return Decision(trial.key, arm, value or arm, reason, arm == trial.control)
