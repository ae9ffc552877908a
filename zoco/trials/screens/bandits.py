"""The table of a bandit's days on its page: shares, units, how many did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.trials.models import Trial

Kept = dict[str, Any]
DAYS_MOST = 31


def days(trial: Trial, both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str]) -> list[Kept]:
    """Return a row for each day and arm of a bandit, the newest first; none of another trial."""
    if not trial.is_bandit:
        return []
    kept = next((kept for metric, kept in both if metric.role == "primary"), {})
    found = []
    for batch in reversed(kept.get("batches", [])[-DAYS_MOST:]):
        since = timezone.localtime(datetime.fromtimestamp(batch["since"] / 1e6, UTC))
        found += [
            {
                "since": formats.day(since.date()),
                "arm": name,
                "share": formats.percent(batch["shares"][key], 1),
                "units": formats.count(batch["n"].get(key, 0)),
                "done": formats.count(batch["done"].get(key, 0)),
            }
            for key, name in arms.items()
        ]
    return found


def earned(both: Sequence[tuple[Any, Kept]]) -> str:
    """Say how much it brought against equal shares, by the honest values; "" where those are not there."""
    kept = next((kept for metric, kept in both if metric.role == "primary"), {})
    batches, arms = kept.get("batches", [])[: kept.get("over", 0)], kept.get("arms", {})
    if not batches or not arms:
        return ""
    done = sum(sum(each["done"].values()) for each in batches)
    units = sum(sum(each["n"].values()) for each in batches)
    even = units * sum(each["value"] for each in arms.values()) / len(arms)
    places = {"done": formats.count(done), "even": formats.decimal(even, 0), "units": formats.count(units)}
    words = _("Units: %(units)s; did it: %(done)s; with equal shares, by the honest values, about: %(even)s.")
    return words % places
