"""The comparison at the end that was set before: once, and never earlier.

A test of this kind that is looked at a hundred times calls a difference in a third of trials where there is
none; so it refuses until the trial has its units. Until then there are live figures.
"""

import scipy

from zoco.stats.trials.comparing import CONFIDENCE, Figure, apart, figured, steadied
from zoco.stats.trials.moments import Estimate, TooFew

UNITS_LEAST = 30
EVENTS_LEAST = 10


class TrialRunning(ValueError):
    """The trial has not yet the units that were planned; the message says how many are missing."""


def ended(control: Estimate, treatment: Estimate, *, planned: int, confidence: float = CONFIDENCE) -> Figure:
    """Compare two arms at the planned end, by Welch's t.

    `planned` is how many units both arms together were to have; the caller shows what was known when they
    had them, at one moment. Raises TrialRunning before that, TooFew where an arm has less than 30 units or
    both less than 10 events, NoSpread where all units are alike. Source: B. L. Welch, The generalization of
    "Student's" problem when several different population variances are involved, Biometrika 34 (1947) 28–35.
    """
    seen = control.n + treatment.n
    if seen < planned:
        raise TrialRunning(f"{seen} of {planned} units are in; the figure comes with the last of them.")
    if min(control.n, treatment.n) < UNITS_LEAST or control.told + treatment.told < EVENTS_LEAST:
        raise TooFew(f"A figure needs {UNITS_LEAST} units an arm and {EVENTS_LEAST} events.")
    control, treatment = steadied(control, treatment, EVENTS_LEAST)
    difference, error = apart(control, treatment)
    freedom = degrees(control, treatment)
    p = float(2 * scipy.special.stdtr(freedom, -abs(difference) / error))
    critical = float(scipy.special.stdtrit(freedom, 0.5 + confidence / 2))
    return figured(control, treatment, critical=critical, p=p, confidence=confidence, is_live=False)


def degrees(control: Estimate, treatment: Estimate) -> float:
    """Return the degrees of freedom of the difference, by Welch and Satterthwaite."""
    one, other = control.error**2, treatment.error**2
    return (one + other) ** 2 / (one**2 / (control.n - 1) + other**2 / (treatment.n - 1))
