"""Which model tells of these people: each is tried, and why one does not is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from zoco.research.studies import TooFewBuyers
from zoco.stats.value.buying import Buying
from zoco.stats.value.fitting import AtTheEdge, Fitted, fit
from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.histories import FEWEST_CUSTOMERS, FEWEST_REPEAT_BUYERS, Histories, TooLittle
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.spend import GammaGamma, Spending

AUTOMATIC = "automatic"
MODELS: dict[str, type[Buying]] = {"bg": BgNbd, "mbg": MbgNbd, "pareto": ParetoNbd}
TOO_LITTLE = gettext_noop(
    "A model of buying needs at least %(least)s people who bought, %(again)s of them on two days or more; "
    "there are %(people_there)s and %(again_there)s. Wait until more came back."
)
EDGE = gettext_noop(
    "These purchases do not tell all parameters of this model; a longer time or more people would."
)
NONE_FITS = gettext_noop(
    "No model can be fitted to these purchases: they do not tell all parameters. Wait until more came back, "
    "or choose another model."
)
MONEY_TOO_LITTLE = gettext_noop(
    "What a purchase is worth needs at least %(least)s people who bought again, %(again)s of them twice or "
    "more; there are %(people_there)s and %(again_there)s."
)
MONEY_EDGE = gettext_noop("What was spent does not tell all parameters of the model of spending.")
NO_BOUND = gettext_noop("What a purchase is worth has no bound in the mean, so no sum of it can be told.")
Said = tuple[str, dict[str, Any]]
"""A sentence marked for translation, and its places."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A model that was tried: fitted, or why not."""

    key: str
    fitted: Fitted[Buying] | None
    why: Said | None = None


def models_tried(wanted: str, rows: Histories, tell: Callable[[], None]) -> list[Tried]:
    """Fit the model that is wanted, or all; the best first: each has four parameters, so by likelihood.

    Raises TooFewBuyers where nobody could tell parameters of any.
    """
    again = int((rows.purchases > 0).sum())
    if len(rows) < FEWEST_CUSTOMERS or again < FEWEST_REPEAT_BUYERS:
        words, places = needs_said(TOO_LITTLE, len(rows), again)
        raise TooFewBuyers(words, **places)
    found = []
    for key, kind in MODELS.items():
        if wanted in (AUTOMATIC, key):
            tell()
            found.append(_tried(key, kind, rows))
    return sorted(found, key=lambda each: -each.fitted.likelihood if each.fitted else float("inf"))


def _tried(key: str, kind: type[Buying], rows: Histories) -> Tried:
    try:
        return Tried(key, fit(kind, rows))
    except AtTheEdge:
        return Tried(key, None, (EDGE, {}))
    except TooLittle:
        again = int(rows.customers[rows.purchases > 0].sum())
        return Tried(key, None, needs_said(TOO_LITTLE, rows.count, again))


def needs_said(words: str, people: int, again: int) -> Said:
    """Return a sentence on how many people are needed, with how many there are."""
    return words, {
        "least": FEWEST_CUSTOMERS,
        "again": FEWEST_REPEAT_BUYERS,
        "people_there": people,
        "again_there": again,
    }


def money_fitted(rows: Spending) -> tuple[Fitted[GammaGamma] | None, Said | None]:
    """Fit what a purchase is worth; or say why not."""
    try:
        fitted = fit(GammaGamma, rows)
    except TooLittle:
        people, again = int((rows.purchases > 0).sum()), int((rows.purchases > 1).sum())
        return None, needs_said(MONEY_TOO_LITTLE, people, again)
    except AtTheEdge:
        return None, (MONEY_EDGE, {})
    return (fitted, None) if fitted.model.q > 1 else (None, (NO_BOUND, {}))
