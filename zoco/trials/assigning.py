"""Which arm somebody gets: by hash alone, so that every process says the same at any time, and keeps nothing.

A unit is whoever is tried on: a person's number, a visitor. The same unit stands in unrelated places of two
trials, for the key of the trial goes into the hash.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from django.utils.translation import gettext_noop

from zoco.kit.ids import framed
from zoco.kit.said import Said

STEPS = 1 << 53
"""Places that there are: as many as a float of 64 bits tells apart between 0 and 1."""
HOLDOUT = b"holdout"


class ArmsWrong(Said, ValueError):
    """Nobody can be given one of these arms; the message says why."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the things that are tried. Arms are given in the ratio of their weights."""

    key: str
    weight: float = 1.0


def place_of(trial: str, unit: int | str, *, purpose: bytes = b"") -> float:
    """Return where a unit stands in a trial: uniform, from 0 to below 1."""
    return placing(trial, purpose)(unit)


def placing(trial: str, purpose: bytes = b"") -> Callable[[int | str], float]:
    """Return what places many units of one trial, as `place_of` places one: its name is hashed once."""
    begun = blake2b(framed(trial.encode()) + framed(purpose), digest_size=8)

    def place(unit: int | str) -> float:
        hashed = begun.copy()
        hashed.update(framed(str(unit).encode()))
        return (int.from_bytes(hashed.digest(), "big") >> 11) / STEPS

    return place


def arm_of(trial: str, unit: int | str, arms: Sequence[Arm]) -> str:
    """Return the arm that a unit gets. Raises ArmsWrong.

    It stays the same as long as arms, their order and their weights do.
    """
    return arm_at(place_of(trial, unit), arms)


def arm_at(place: float, arms: Sequence[Arm]) -> str:
    """Return the arm of whoever stands there. Raises ArmsWrong."""
    at, reached = place * _weighed(arms), 0.0
    for each in arms:
        reached += each.weight
        if at < reached:
            return each.key
    return arms[-1].key


def is_held_out(scope: str, unit: int | str, share: float) -> bool:
    """Return whether a unit is of the share that gets nothing, so that it is seen what comes by itself.

    Whoever is held out stays so when the share grows.
    """
    return place_of(scope, unit, purpose=HOLDOUT) < share


def dealt(trial: str, units: Iterable[int], arms: Sequence[Arm], size: int) -> Mapping[str, list[int]]:
    """Deal a random sample of so many units to the arms; returns the units of each, in order.

    The sample is fixed by the trial's key: whoever asks again gets the same, and of fewer units than `size`
    all. Sizes of arms are exact to one unit. Raises ArmsWrong.
    """
    whole = _weighed(arms)
    drawn = sorted(set(units), key=lambda unit: (place_of(trial, unit), unit))[: max(size, 0)]
    found: dict[str, list[int]] = {}
    begun, reached = 0, 0.0
    for each in arms:
        reached += each.weight
        end = round(len(drawn) * reached / whole)
        found[each.key] = sorted(drawn[begun:end])
        begun = end
    return found


def _weighed(arms: Sequence[Arm]) -> float:
    keys = {each.key for each in arms}
    if not arms or len(keys) < len(arms):
        raise ArmsWrong(gettext_noop("A trial has arms, each with a key of its own."))
    whole = sum(each.weight for each in arms)
    if any(each.weight < 0 for each in arms) or not 0 < whole < float("inf"):
        raise ArmsWrong(gettext_noop("Weights of arms are numbers from 0, at least one of them above it."))
    return whole
