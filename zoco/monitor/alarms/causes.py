"""Which part of the whole it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.cube import Cut
from zoco.monitor.alarms.watched import SECTION
from zoco.monitor.alarms.windows import Window
from zoco.stats.movers import movers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cause:
    """The part that moved. `explains` is its share of the difference; `also` the same under other names."""

    dimension: str
    values: tuple[str, ...]
    seen: float
    expected: float
    explains: float
    surprise: float
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()


def parts_of(cause: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    """Return all names of a cause as an incident keeps it: pairs of dimension and value."""
    if not cause:
        return set()
    named = [(cause["dimension"], cause["values"]), *(cause.get("also") or ())]
    return {(dimension, value) for dimension, values in named for value in values}


def most_of(cause: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    """Return the part that moved most, under the name that a cause is known by; nothing without a cause."""
    return {(cause["dimension"], cause["values"][0])} if cause else set()


def cause_of(window: Window, is_fall: bool, only: tuple[str, ...], dispersion: float) -> Cause | None:
    """Return the part that tells most of the difference; None where all parts moved alike."""
    found = []
    for name, cut in window.cube.cuts.items():
        if (only and name not in only) or len(cut.values) < 2:
            continue
        seen, expected = window.seen(cut), window.forecast(cut).mean
        if name == SECTION:
            seen, expected = _with_rest(window, seen), _with_rest(window, expected, is_expected=True)
        moved = movers(seen, np.maximum(expected, 0.01), is_fall=is_fall, dispersion=dispersion)
        if moved is None or moved.likelihood < np.log(len(cut.values)) + 3.0:
            continue
        rows = _apart(cut, moved.values) if name == SECTION else list(moved.values)
        if any(row >= len(cut.values) or not cut.values[row] for row in rows):
            continue
        values = tuple(cut.values[row] for row in rows)
        power = moved.explains if name != SECTION else _power(window, seen[rows], expected[rows])
        cause = Cause(
            name, values, float(seen[rows].sum()), float(expected[rows].sum()), power, moved.surprise
        )
        found.append((moved.likelihood - np.log(len(cut.values)), cause))
    if not found:
        return None
    top = max(score for score, _ in found)
    # Of the same visits under several names the first dimension names them.
    _score, best = next(each for each in found if each[0] >= 0.98 * top)
    also = tuple(
        (cause.dimension, cause.values) for other, cause in found if cause is not best and other >= 0.9 * top
    )
    return Cause(best.dimension, best.values, best.seen, best.expected, best.explains, best.surprise, also)


def _apart(cut: Cut, rows: tuple[int, ...]) -> list[int]:
    """Return sections without those in or around one that moved more; else pages would count twice."""
    found: list[int] = []
    for row in rows:
        name = cut.values[row] if row < len(cut.values) else ""
        if not any(name.startswith(cut.values[each]) or cut.values[each].startswith(name) for each in found):
            found.append(row)
    return found


def _power(window: Window, seen: Floats, expected: Floats) -> float:
    """Return the share of the difference of the whole, which sections do not add up to."""
    whole = float(window.seen(window.cube.total)[0]) - float(window.whole().mean[0])
    return min(1.0, float(seen.sum() - expected.sum()) / whole) if whole else 0.0


def cause_itself(window: Window, part: tuple[str, str], seen: float, expected: float) -> Cause:
    """Return the part that was found, where no set of parts tells more."""
    whole = float(window.whole().mean[0]) - float(window.seen(window.cube.total)[0])
    explains = (expected - seen) / whole if whole > 0 else 1.0
    return Cause(part[0], (part[1],), seen, expected, explains, 0.0)


def _with_rest(window: Window, counts: Floats, *, is_expected: bool = False) -> Floats:
    """Add what lies in no group; groups overlap, so that the whole is that of the measure."""
    whole = window.whole().mean[0] if is_expected else window.seen(window.cube.total)[0]
    return np.append(counts, max(float(whole) - float(counts.max(initial=0.0)), 0.0))
