"""Shares by which a bandit deals: one set a local day, each from a midnight on, so that nobody's arm moves.

A visitor of a day lives no longer than a local day, and shares change at its end alone: whoever is dealt an
arm keeps it as long as he is known. Of browsers and persons is kept on which day they were dealt
(`zoco.trials.keeping`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from zoco.trials.assigning import Arm


class MomentNeeded(TypeError):
    """What a bandit deals depends on the day, and none was given."""


@dataclass(frozen=True, slots=True)
class SharesSet:
    """Shares of arms from a moment on, in UTC microseconds."""

    since: int
    shares: Mapping[str, float]

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The arms as they are dealt, in the order in which they were set."""
        return tuple(Arm(key, share) for key, share in self.shares.items())


def shares_read(kept: Any) -> tuple[SharesSet, ...]:
    """Return sets of shares as they were kept: `order` holds the arms, for a database may sort keys."""
    return tuple(
        SharesSet(each["since"], {key: each["shares"][key] for key in each["order"]})
        for each in msgspec.convert(kept, list[dict[str, Any]])
    )


def shares_kept(batch: SharesSet) -> dict[str, Any]:
    """Return a set of shares as it is kept."""
    return {"since": batch.since, "shares": dict(batch.shares), "order": list(batch.shares)}


def batch_at(batches: Sequence[SharesSet], at: int | None) -> SharesSet:
    """Return the shares of a moment; before the first ones, the first. Raises MomentNeeded."""
    if at is None:
        raise MomentNeeded("What a bandit deals depends on the day; give the moment.")
    return next((each for each in reversed(batches) if each.since <= at), batches[0])
