"""The table of the Bayesian view on a trial's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.intervals import between, signed
from zoco.trials.screens import said

Kept = dict[str, Any]


def table(
    both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str], control: str, currency: str
) -> list[Kept]:
    """Return a row for each metric and arm; figures that were kept before there was the view have none."""
    found = []
    for metric, kept in both:
        view = kept.get("believed")
        if view is None:
            continue
        for key, name in arms.items() if "arms" in view else ():
            found.append(_row(metric, view["arms"][key], name, currency, is_control=key == control))
        if "why" in view:
            empty = {"arm": "–", "best": "–", "loss": "–", "lift": "–"}
            found.append({"metric": metric.name, "value": said.why(view["why"]), **empty})
    return found


def _row(metric: Any, believed: Kept, name: str, currency: str, *, is_control: bool) -> Kept:
    low, high = (said.value(metric, each, currency) for each in believed["within"])
    return {
        "metric": metric.name,
        "arm": name,
        "value": _("%(value)s (%(low)s to %(high)s)")
        % {"value": said.value(metric, believed["mean"], currency), "low": low, "high": high},
        "best": chance(believed["best"]),
        "loss": said.loss(metric, believed["loss"], currency),
        "lift": "–" if is_control else _lift(believed["lift_within"]),
    }


def _lift(within: Sequence[float] | None) -> str:
    if within is None:
        return _("not bounded: the control may be 0")
    return between(within[0], within[1], signed)


def chance(share: float) -> str:
    """Write a probability. None is sure; one that is so near that floating point says so is not either."""
    if share < 0.001:
        return f"< {formats.percent(0.001, 1)}"
    return f"> {formats.percent(0.999, 1)}" if share > 0.999 else formats.percent(share, 1)
