"""How well a model tells what it has not seen: the first half chooses and fits it, the second judges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_noop

from zoco.research.studies import TooFewBuyers
from zoco.research.valuing.choosing import TOO_LITTLE, Said, models_tried
from zoco.stats.value.holdout import NoPurchases, bought_after, held_out, tracked

if TYPE_CHECKING:
    from zoco.research.valuing.logs import Log

FEWEST_WEEKS = 8
TOO_SHORT = gettext_noop(
    "There are only %(weeks)s whole weeks of purchases; the model can be held against what it has not seen "
    "from %(least)s weeks on."
)
HALF_EDGE = gettext_noop(
    "The first half of the time alone does not tell all parameters of a model, so that none can be held "
    "against the second half: take what is expected with care."
)
NONE_BOUGHT = gettext_noop("Nobody of the first half bought again in the second half.")


def judged(log: Log, wanted: str, tell: Callable[[], None]) -> tuple[dict[str, Any], Said | None]:
    """Return the holdout as JSON has it, or why there is none.

    Of several models the first half chooses, as the whole does: by the likelihood. It may be another one.
    `actual` and `expected` are repeat purchases of those who first bought in the first `half` weeks,
    cumulative by week; `error` in percent of those after it, `groups` means by what they had bought before.
    """
    weeks = int(log.until)
    half = weeks // 2
    if weeks < FEWEST_WEEKS:
        return {}, (TOO_SHORT, {"weeks": weeks, "least": FEWEST_WEEKS})
    before, whole = log.buyers(half), log.buyers(weeks)
    try:
        best = models_tried(wanted, before.histories, tell)[0]
    except TooFewBuyers as few:
        return {}, (few.words, few.places)
    if best.fitted is None:
        return {}, best.why if best.why and best.why[0] == TOO_LITTLE else (HALF_EDGE, {})
    model = best.fitted.model
    track = tracked(model, before.first, log.repeats(before.ids), weeks)
    try:
        error = track.error(half, weeks)
        held = held_out(model, before.histories, bought_after(before, whole), float(weeks - half))
    except NoPurchases:
        return {}, (NONE_BOUGHT, {})
    groups = zip(held.purchases, held.customers, held.actual, held.expected, strict=True)
    found = {
        "model": best.key,
        "weeks": weeks,
        "half": half,
        "people": len(before.ids),
        "actual": _rounded(track.actual),
        "expected": _rounded(track.expected),
        "error": round(error, 2),
        "held_error": round(held.error, 2),
        "groups": [[int(a), int(b), round(float(c), 4), round(float(d), 4)] for a, b, c, d in groups],
    }
    return found, None


def _rounded(column: Any) -> list[float]:
    return [round(float(each), 2) for each in np.asarray(column)]
