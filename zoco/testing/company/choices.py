"""What everybody does with the consent banner, visit by visit, as the real banner and tracker have it.

Whoever has not chosen is asked again on the next visit. A choice and the id that comes with consent last
180 days from the choice; then the banner asks again, and a new consent brings a new id.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT_DAYS = 180
GIVEN, WITHDRAWN = 1, 2
# Chance that somebody who is asked answers, by what the answer would be; and of a change of mind later.
ANSWERS_NO, ANSWERS_YES = 0.62, 0.93
REGRETS = 0.006


@dataclass(frozen=True, slots=True)
class Choices:
    """One row a visit, in the order of the visits of `People`.

    `made` is GIVEN, WITHDRAWN or 0 for none; WITHDRAWN also stands for a first no. `turn_before` and
    `turn_after` say under which of a visitor's ids its facts lie before and after that: 0 for none, then
    1 and so on, a new one for each consent.
    """

    made: NDArray[np.int8]
    turn_before: NDArray[np.int8]
    turn_after: NDArray[np.int8]

    @classmethod
    def of(
        cls,
        seed: int,
        would_consent: NDArray[np.bool_],
        visits: NDArray[np.int32],
        starts: NDArray[np.int64],
    ) -> "Choices":
        """Live through the days; each draws from a generator of its own."""
        made, before, after = (np.zeros(len(visits), dtype=np.int8) for _ in range(3))
        turns, current = (np.zeros(len(would_consent), dtype=np.int8) for _ in range(2))
        asked_from = np.zeros(len(would_consent), dtype=np.int64)
        for day in range(len(starts) - 1):
            span = slice(starts[day], starts[day + 1])
            who = visits[span]
            drawn = np.random.default_rng([seed, 9, day]).random(len(who))
            is_asked = asked_from[who] <= day
            current[who[is_asked]] = 0
            answers = drawn < np.where(would_consent[who], ANSWERS_YES, ANSWERS_NO)
            gives = is_asked & answers & would_consent[who]
            regrets = ~is_asked & (current[who] > 0) & (drawn < REGRETS)
            refuses = (is_asked & answers & ~would_consent[who]) | regrets
            before[span] = current[who]
            turns[who[gives]] += 1
            current[who[gives]] = turns[who[gives]]
            current[who[refuses]] = 0
            asked_from[who[gives | refuses]] = day + KEPT_DAYS
            made[span] = np.where(gives, GIVEN, np.where(refuses, WITHDRAWN, 0))
            after[span] = current[who]
        return cls(made, before, after)
