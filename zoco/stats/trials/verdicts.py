"""What may be said of a trial. Never "winner" where a guard fails, nor of an arm that any other may equal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zoco.stats.trials.comparing import Figure
from zoco.stats.trials.guards import Check, Guard
from zoco.stats.trials.moments import Estimate, NoSpread, TooFew

Compare = Callable[[Estimate, Estimate], Figure]
"""Control and treatment to a figure: `live.looked` or `fixed.ended`, with all else set."""


class Word(StrEnum):
    """The one word of a verdict."""

    BLOCKED = "blocked"
    """A guard fails: what is broken is to be found first, then the trial begins anew."""
    TOO_FEW = "too_few"
    """There are too few units for a figure."""
    OPEN = "open"
    """No arm is surely better than all others."""
    WINNER = "winner"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The word, the `winner` if there is one, the guards that block, and each arm's figure with the control.

    Figures stay there for the eye where a guard blocks; only who wins is not said.
    """

    word: Word
    winner: str | None
    blocked_by: tuple[Guard, ...]
    figures: Mapping[str, Figure]


def judged(
    arms: Mapping[str, Estimate],
    control: str,
    compare: Compare,
    checks: Sequence[Check],
    *,
    is_higher_better: bool = True,
) -> Verdict:
    """Say what may be said, from the metric that decides.

    An arm wins that is surely better than each other arm, the control among them: an intersection–union
    test, which needs no correction for the number of arms (Berger, Technometrics 24 (1982) 295–300), at any
    look if figures are live. For a claim on each arm against the control, adjust their p-values by Holm.
    A fixed comparison before its end raises TrialRunning.
    """
    figures: dict[str, Figure] = {}
    is_short = False
    for key, each in arms.items():
        if key != control:
            try:
                figures[key] = compare(arms[control], each)
            except (TooFew, NoSpread):
                is_short = True
    blocked = tuple(check.guard for check in checks if not check.is_kept)
    if blocked:
        return Verdict(Word.BLOCKED, None, blocked, figures)
    winner = _winner(arms, compare, is_higher_better)
    if winner is None:
        return Verdict(Word.TOO_FEW if is_short else Word.OPEN, None, (), figures)
    return Verdict(Word.WINNER, winner, (), figures)


def _winner(arms: Mapping[str, Estimate], compare: Compare, is_higher_better: bool) -> str | None:
    """Return the arm that beats each other one."""
    if len(arms) < 2:
        return None
    best = (max if is_higher_better else min)(arms, key=lambda key: arms[key].value)
    for key, each in arms.items():
        if key == best:
            continue
        try:
            figure = compare(each, arms[best])
        except (TooFew, NoSpread):
            return None
        if not figure.is_sure() or (figure.difference > 0) != is_higher_better:
            return None
    return best
