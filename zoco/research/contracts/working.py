"""What a table of contracts says: fitted, held against its own later renewals, and looked ahead of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from zoco.research.models import ContractTable
from zoco.stats.value.contracts import Sbg, contracts_of
from zoco.stats.value.fitting import AtTheEdge, Fitted, fit
from zoco.stats.value.histories import FEWEST_CUSTOMERS, FEWEST_REPEAT_BUYERS, NoHistory, TooLittle
from zoco.stats.value.intervals import CONFIDENCE
from zoco.stats.value.renewals import held_out, known_of, lifetime, staying

Floats = NDArray[np.float64]
Period = ContractTable.Period
A_YEAR = {Period.WEEK: 365.25 / 7, Period.MONTH: 12.0, Period.QUARTER: 4.0, Period.YEAR: 1.0}
"""Contracts that follow each other in a year."""
AHEAD_MOST = 60
Why = tuple[str, dict[str, Any]]
TOO_LITTLE = gettext_noop(
    "sBG needs at least %(least)s customers, of whom %(lost)s left, and two renewals. Wait for more."
)
EDGE = gettext_noop(
    "These renewals do not tell how customers differ: the share that renews hardly rises from renewal to "
    "renewal, or there are too few of them. sBG says nothing here; take the mean share that renews."
)
HALF = gettext_noop(
    "The first renewals alone do not tell the parameters, so none can be held against the rest."
)
NO_COUNTS = gettext_noop("These are no counts of customers, who only get fewer. Write the table down again.")
SHORT = gettext_noop("A model is held against later renewals from four renewals on.")


def kinds_of(table: ContractTable) -> list[tuple[str, list[Floats]]]:
    """Return the kinds of customers that are fitted each by itself: a name, and the counts of its cohorts."""
    groups = [(each["name"], [np.array(each["counts"], dtype=np.float64)]) for each in table.groups]
    if table.is_together:
        return [("", [counts for _name, cohorts in groups for counts in cohorts])]
    return groups


def worked(table: ContractTable, kinds: Sequence[tuple[str, list[Floats]]]) -> Iterator[dict[str, Any]]:
    """Yield what is found of each kind of customers, as JSON keeps it."""
    rate = (1 + table.discount / 100) ** (1 / A_YEAR[Period(table.period)]) - 1
    for name, cohorts in kinds:
        yield {"name": name, **_group(cohorts, rate)}


def _group(cohorts: Sequence[Floats], rate: float) -> dict[str, Any]:
    renewals = max(len(each) for each in cohorts) - 1
    actual = _actual(cohorts, renewals)
    found: dict[str, Any] = {
        "customers": float(sum(each[0] for each in cohorts)),
        "left": float(sum(each[-1] for each in cohorts)),
        "renewals": renewals,
        "actual": _rounded(actual),
    }
    try:
        fitted = fit(Sbg, contracts_of(*cohorts))
    except AtTheEdge:
        return found | {"why": [EDGE, {}]}
    except TooLittle:
        return found | {"why": _too_little()}
    except NoHistory:  # of a site that moved here, whose archive somebody has changed
        return found | {"why": [NO_COUNTS, {}]}
    low, high = fitted.bounds(CONFIDENCE)
    shown = renewals + min(renewals, AHEAD_MOST)
    curve = staying(fitted, shown)
    found["parameters"] = [
        [name, *(float(f"{number:.6g}") for number in numbers)]
        for name, *numbers in zip(fitted.names, fitted.values, low, high, strict=True)
    ]
    found |= {
        "likelihood": round(fitted.likelihood, 4),
        "expected": _rounded(curve.expected),
        "low": _rounded(curve.low),
        "high": _rounded(curve.high),
        "new": _rounded(lifetime(fitted, None, rate)),
        "remaining": _remaining(fitted, cohorts, rate),
    }
    return found | _holdout(cohorts, renewals)


def _remaining(fitted: Fitted[Sbg], cohorts: Sequence[Floats], rate: float) -> list[list[float]]:
    """Return for each number of renewals taken how many took it last, and what is left of their lives."""
    here: dict[int, float] = {}
    for each in cohorts:
        here[len(each) - 1] = here.get(len(each) - 1, 0.0) + float(each[-1])
    return [[age, count, *_rounded(lifetime(fitted, age, rate))] for age, count in sorted(here.items())]


def _holdout(cohorts: Sequence[Floats], renewals: int) -> dict[str, Any]:
    known = known_of(renewals)
    if known is None:
        return {"holdout": None, "holdout_why": [SHORT, {}]}
    try:
        held = held_out(cohorts, known)
    except AtTheEdge:
        return {"holdout": None, "holdout_why": [HALF, {}]}
    except TooLittle:
        return {"holdout": None, "holdout_why": _too_little()}
    columns = (held.actual, held.expected, held.least, held.most)
    return {
        "holdout": {
            "known": known,
            "rows": [_rounded(each) for each in zip(*columns, strict=True)],
            "error": round(held.error, 5) if (held.actual > 0).any() else None,
        }
    }


def _too_little() -> list[Any]:
    return [TOO_LITTLE, {"least": FEWEST_CUSTOMERS, "lost": FEWEST_REPEAT_BUYERS}]


def _actual(cohorts: Sequence[Floats], renewals: int) -> list[float]:
    """Return which share was there after each renewal: of cohorts together a product of shares that renew.

    At each renewal only cohorts count that are that old (E. L. Kaplan and P. Meier, J. Amer. Statist. Assoc.
    53 (1958) 457–481).
    """
    share, found = 1.0, [1.0]
    for at in range(1, renewals + 1):
        old = [each for each in cohorts if len(each) > at]
        before = sum(float(each[at - 1]) for each in old)
        share *= sum(float(each[at]) for each in old) / before if before else 0.0
        found.append(share)
    return found


def _rounded(numbers: Any) -> list[float]:
    return [round(float(each), 6) for each in numbers]
