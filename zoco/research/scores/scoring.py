"""Scores of those who bought: by how many stand below, or by bounds that somebody chose."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.kit.said import Said
from zoco.research.purchases import DAY, Bought, Floats, Ints
from zoco.stats.value.rfm import PARTS, Rfm, bound_scores, rfm

QUANTILE, FIXED = "quantile", "fixed"
KINDS = {
    QUANTILE: pgettext_lazy("scores", "by fifths of the people"),
    FIXED: pgettext_lazy("scores", "by fixed bounds"),
}
DAYS = {
    "90": pgettext_lazy("scores", "the last 90 days"),
    "180": pgettext_lazy("scores", "the last 180 days"),
    "365": pgettext_lazy("scores", "the last 365 days"),
    "730": pgettext_lazy("scores", "the last 730 days"),
    "all": pgettext_lazy("scores", "all there ever were"),
}
DAYS_FIRST = "365"
FIRST = {"recency": "30, 90, 180, 270", "frequency": "2, 3, 4, 6", "money": "50, 100, 250, 500"}
LARGEST = 1e12
SEGMENTS = {
    "champions": pgettext_lazy("segment", "Champions"),
    "loyal": pgettext_lazy("segment", "Loyal customers"),
    "becoming": pgettext_lazy("segment", "Becoming loyal"),
    "new": pgettext_lazy("segment", "New customers"),
    "promising": pgettext_lazy("segment", "Promising"),
    "attention": pgettext_lazy("segment", "Need attention"),
    "sleepy": pgettext_lazy("segment", "About to sleep"),
    "lost_best": pgettext_lazy("segment", "Must not be lost"),
    "risk": pgettext_lazy("segment", "At risk"),
    "asleep": pgettext_lazy("segment", "Asleep"),
}
"""Names that the trade gives to cells of recency and frequency; they are words, not a finding."""
_MAP = (
    # by recency from 1 to 5, in each by frequency from 1 to 5
    ("asleep", "asleep", "risk", "risk", "lost_best"),
    ("asleep", "asleep", "risk", "risk", "lost_best"),
    ("sleepy", "sleepy", "attention", "loyal", "loyal"),
    ("promising", "becoming", "becoming", "loyal", "loyal"),
    ("new", "becoming", "becoming", "champions", "champions"),
)
_KEYS = list(SEGMENTS)
_PLACES = np.array([[_KEYS.index(name) for name in row] for row in _MAP])


def segment_at(recency: int, frequency: int) -> str:
    """Return the key of the segment of scores from 1 to 5; the frequency as `scored` names by it."""
    return _MAP[recency - 1][frequency - 1]


class BoundsWrong(Said, ValueError):
    """Bounds are not four numbers that ascend."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores are given. Bounds are of days since the last purchase, of purchases, and of money."""

    kind: str = QUANTILE
    bounds: tuple[tuple[float, ...], ...] = field(default=())


def bounds_read(text: str) -> tuple[float, ...]:
    """Read four numbers that ascend, parted by commas. Raises BoundsWrong."""
    words = gettext_noop("Write %(count)s numbers that ascend, such as %(such)s.")
    wrong = BoundsWrong(words, count=PARTS - 1, such=FIRST["recency"])
    try:
        found = tuple(float(Decimal(each.strip())) for each in text.split(","))
    except (InvalidOperation, ValueError):
        raise wrong from None
    if len(found) != PARTS - 1 or not all(0 <= each <= LARGEST for each in found):
        raise wrong
    if any(later <= earlier for earlier, later in pairwise(found)):
        raise wrong
    return found


@dataclass(frozen=True, slots=True)
class Scored:
    """Those who bought, with days since their last purchase, their scores, and the segment of each.

    `segments` are places in SEGMENTS.
    """

    bought: Bought
    since_days: Floats
    scores: Rfm
    segments: Ints


def scored(bought: Bought, scale: Scale, until: int) -> Scored:
    """Return scores as they stand at a moment in UTC microseconds.

    In the names of segments somebody who bought once has a frequency of 1, and whoever bought more often of
    2 at least: where most bought once, their score by fifths is higher.
    """
    since = (until - bought.last) / DAY
    if scale.kind == FIXED:
        recent, often, much = scale.bounds
        scores = Rfm(
            bound_scores(since, recent, is_more_better=False),
            bound_scores(bought.purchases.astype(np.float64), often),
            bound_scores(bought.money, much),
        )
    else:
        scores = rfm(since, bought.purchases.astype(np.float64), bought.money)
    named = np.where(bought.purchases == 1, 1, np.maximum(scores.frequency, 2))
    return Scored(bought, since, scores, _PLACES[scores.recency - 1, named - 1])


def chosen(found: Scored, *, segment: str = "", recency: int = 0, frequency: int = 0, money: int = 0) -> Ints:
    """Return the places of those in a segment and with these scores; 0 and "" stand for any."""
    is_one = np.ones(len(found.bought), dtype=bool)
    if segment:
        is_one &= found.segments == _KEYS.index(segment)
    for column, wanted in zip(
        (found.scores.recency, found.scores.frequency, found.scores.money),
        (recency, frequency, money),
        strict=True,
    ):
        if wanted:
            is_one &= column == wanted
    return np.flatnonzero(is_one)
