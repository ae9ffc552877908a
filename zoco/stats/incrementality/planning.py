"""Which regions to test in: groups whose past the others follow closely, and what they could show.

The power of a group is counted, not assumed: in windows of its own past an effect is put in, and it is seen
how often the test by shifts finds it (as in the designs of A. Abadie and J. Zhao, Synthetic Controls for
Experimental Design, arXiv:2108.02196 (2021), section 4, and of GeoLift's power by simulation over time).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoco.stats.incrementality.panels import BadPanel, Panel
from zoco.stats.incrementality.shifts import group_of, refused_at

EFFECTS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5)
POWER = 0.8
WINDOWS = 20
GROUPS = 60
UNITS_LEAST, PAST_LEAST, TESTS_LEAST = 4, 20, 4
"""Units, periods of the past, and lengths of the test in the past, that a plan needs."""
FALSE_MOST = 0.15
"""Groups with more false alarms than that in their past come last: their power is not to be trusted."""


def _silent() -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that could be treated, and what a test in it could show.

    `power` is by effect in `EFFECTS`: in which share of windows it was found. `detectable` is the least
    effect that is found with `POWER`, None if even the largest is not; `false` in which share of windows
    without any effect the test finds one. `share` is of all outcomes; `windows` are those that can be tested.
    """

    units: tuple[str, ...]
    share: float
    power: tuple[float, ...]
    detectable: float | None
    false: float
    windows: int


def planned(
    panel: Panel,
    length: int,
    *,
    share_most: float = 0.5,
    confidence: float = 0.9,
    seed: int = 1,
    told: Callable[[], None] = _silent,
) -> tuple[Candidate, ...]:
    """Return groups with a test of `length` periods, the one that shows the smallest effect first
    of those without too many false alarms.

    Groups are all units by themselves and random ones of two to a half of all, none with more than
    `share_most` of outcomes and each testable in half of the windows; `told` is called after each. Raises
    BadPanel where the past is shorter than four tests, or there are fewer than four units.
    """
    periods, units = panel.outcomes.shape
    if units < UNITS_LEAST or periods < max(PAST_LEAST, TESTS_LEAST * length):
        raise BadPanel("A plan needs four units, and a past of 20 periods and of four tests.")
    found = []
    for group in _groups(panel, share_most, np.random.default_rng(seed)):
        if candidate := _candidate(panel, group, length, confidence):
            found.append(candidate)
        told()
    most = EFFECTS[-1] * 2

    def rank(each: Candidate) -> tuple[bool, float, float, tuple[str, ...]]:
        return each.false > FALSE_MOST, each.detectable or most, each.share, each.units

    return tuple(sorted(found, key=rank))


def groups_most(units: int) -> int:
    """Return how many groups of so many units are looked at, at most."""
    return max(GROUPS, units + GROUPS // 2)


def _groups(panel: Panel, share_most: float, random: np.random.Generator) -> list[tuple[str, ...]]:
    shares = panel.outcomes.sum(axis=0) / max(float(panel.outcomes.sum()), 1e-12)
    units = len(panel.units)
    drawn = [np.array([at]) for at in range(units)]
    drawn += [
        random.choice(units, int(random.integers(2, max(units // 2, 2) + 1)), replace=False)
        for _ in range(4 * GROUPS)
    ]
    kept: dict[tuple[str, ...], None] = {}
    most = groups_most(units)
    for places in drawn:
        if 0 < float(shares[places].sum()) <= share_most and len(kept) < most:
            kept[tuple(sorted(panel.units[at] for at in places))] = None
    return list(kept)


def _candidate(panel: Panel, units: tuple[str, ...], length: int, confidence: float) -> Candidate | None:
    """Put effects into windows of the past, each with all that came before it and at least three lengths.

    Windows in which nothing can be tested are left out; None where these are more than half.
    """
    periods = len(panel.outcomes)
    last = np.linspace(max(4 * length, 20), periods, WINDOWS).round().astype(int)
    ends = sorted(set(last.tolist()))
    seen = [
        _found(replace(panel, outcomes=panel.outcomes[:end]), units, end - length, confidence) for end in ends
    ]
    told = [each for each in seen if each is not None]
    if 2 * len(told) < len(ends):
        return None
    power = np.mean(told, axis=0)
    return Candidate(
        units,
        float(panel.outcomes[:, [panel.place(unit) for unit in units]].sum() / panel.outcomes.sum()),
        tuple(float(each) for each in power[1:]),
        _detectable(power[1:]),
        float(power[0]),
        len(told),
    )


def _found(panel: Panel, units: tuple[str, ...], since: int, confidence: float) -> np.ndarray | None:
    """Return of no effect and of each in EFFECTS whether the test finds it; None where it cannot be done."""
    try:
        group = group_of(panel, frozenset(units), since)
    except BadPanel:
        return None
    found = []
    for effect in (0.0, *EFFECTS):
        changed = group.actual.copy()
        changed[since:] *= 1 + effect
        found.append(replace(group, actual=changed).p(0.0) <= refused_at(confidence))
    return np.array(found, dtype=float)


def _detectable(power: Sequence[float] | np.ndarray) -> float | None:
    """Return the least effect from which on power stays at least as asked for."""
    least = None
    for effect, each in zip(reversed(EFFECTS), reversed(list(power)), strict=True):
        if each < POWER:
            break
        least = effect
    return least
