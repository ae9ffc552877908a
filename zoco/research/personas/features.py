"""What people are told apart by, as somebody chooses: each a column of numbers, with words for both ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from zoco.research.purchases import DAY, Bought, Floats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SET_APART = 0.4
"""In standard deviations of everybody; less says nothing of a group (Cohen: 0.2 is small, 0.8 large)."""
NAMED_MOST = 2


@dataclass(frozen=True, slots=True)
class Feature:
    """A number of each person. `low` and `high` are words for people below and above the others."""

    label: StrOrPromise
    low: StrOrPromise
    high: StrOrPromise
    of: Callable[[Bought, int], Floats]
    is_skewed: bool = True
    is_money: bool = False
    places: int = 0


FEATURES: dict[str, Feature] = {
    "since": Feature(
        pgettext_lazy("feature", "Days since the last purchase"),
        pgettext_lazy("persona", "bought of late"),
        pgettext_lazy("persona", "bought long ago"),
        lambda bought, until: (until - bought.last) / DAY,
    ),
    "known": Feature(
        pgettext_lazy("feature", "Days since the first purchase"),
        pgettext_lazy("persona", "new"),
        pgettext_lazy("persona", "known for long"),
        lambda bought, until: (until - bought.first) / DAY,
        is_skewed=False,
    ),
    "purchases": Feature(
        pgettext_lazy("feature", "Purchases"),
        pgettext_lazy("persona", "buys seldom"),
        pgettext_lazy("persona", "buys often"),
        lambda bought, until: bought.purchases.astype(np.float64),
        places=1,
    ),
    "money": Feature(
        pgettext_lazy("feature", "Money left of all purchases"),
        pgettext_lazy("persona", "spends little"),
        pgettext_lazy("persona", "spends much"),
        lambda bought, until: bought.money,
        is_money=True,
    ),
    "order": Feature(
        pgettext_lazy("feature", "Money of a purchase, mean"),
        pgettext_lazy("persona", "small orders"),
        pgettext_lazy("persona", "large orders"),
        lambda bought, until: bought.money / bought.purchases,
        is_money=True,
    ),
    "pieces": Feature(
        pgettext_lazy("feature", "Pieces of a purchase, mean"),
        pgettext_lazy("persona", "few pieces"),
        pgettext_lazy("persona", "many pieces"),
        lambda bought, until: np.maximum(bought.pieces, 0.0) / bought.purchases,
        places=1,
    ),
}
FIRST = ("since", "purchases", "order")
Mark = Sequence[Any]
"""A feature, how far its mean is from all others', and the medians inside and outside."""


def columns(bought: Bought, chosen: Sequence[str], until: int) -> tuple[dict[str, Floats], list[str]]:
    """Return the columns by which people differ, and the features by which nobody does."""
    found = {name: FEATURES[name].of(bought, until) for name in chosen}
    same = [name for name, column in found.items() if not len(column) or not np.ptp(column) > 0]
    return {name: column for name, column in found.items() if name not in same}, same


def name_proposed(marks: Sequence[Mark]) -> str:
    """Return a name for a group from what sets it apart most, in the reader's language."""
    words = [
        str(FEATURES[name].high if difference > 0 else FEATURES[name].low)
        for name, difference, _inside, _outside in marks[:NAMED_MOST]
        if abs(difference) >= SET_APART
    ]
    if not words:
        return _("Like everybody")
    first, *others = words
    named = _("%(first)s, %(second)s") % {"first": first, "second": others[0]} if others else first
    return named[:1].upper() + named[1:]
