"""The table of a bandit's days on its page: shares, units, how many did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.trials.analysis.batches import SHARES
from zoco.trials.models import Trial

Kept = dict[str, Any]
DAYS_MOST = 31


def days(
    trial: Trial, both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str], currency: str
) -> list[Kept]:
    """Return a row for each day and arm of a bandit, the newest first; none of another trial."""
    if not trial.is_bandit:
        return []
    metric, kept = next(each for each in both if each[0].role == "primary")
    clock = ZoneInfo(trial.site.zone)
    found = []
    for batch in reversed(kept.get("batches", [])[-DAYS_MOST:]):
        since = datetime.fromtimestamp(batch["since"] / 1e6, clock)
        found += [
            {
                "since": formats.day(since.date()),
                "arm": name,
                "share": formats.percent(batch["shares"][key], 1),
                "units": formats.count(batch["n"].get(key, 0)),
                "done": _total(metric, batch["done"].get(key, 0), currency),
            }
            for key, name in arms.items()
        ]
    return found


def earned(both: Sequence[tuple[Any, Kept]], currency: str) -> str:
    """Say how much it brought against equal shares, by the honest values; "" where those are not there."""
    metric, kept = next(each for each in both if each[0].role == "primary")
    batches, arms = kept.get("batches", [])[: kept.get("over", 0)], kept.get("arms", {})
    if not batches or not arms:
        return ""
    done = sum(sum(each["done"].values()) for each in batches)
    units = sum(sum(each["n"].values()) for each in batches)
    even = units * sum(each["value"] for each in arms.values()) / len(arms)
    places = {
        "done": _total(metric, done, currency), "even": _total(metric, round(even), currency),
        "units": formats.count(units),
    }  # fmt: skip
    if metric.kind in SHARES:
        words = _(
            "Units: %(units)s; did it: %(done)s; with equal shares, by the honest values, about: %(even)s."
        )
    else:
        words = _(
            "Units: %(units)s; brought: %(done)s; with equal shares, by the honest values, about: %(even)s."
        )
    return words % places


def _total(metric: Any, number: float, currency: str) -> str:
    """Write what units did together: how many, how often, how much money."""
    if metric.of_amount or metric.kind == "revenue":
        return formats.money(number, currency, cents=True)
    return formats.count(round(number))
