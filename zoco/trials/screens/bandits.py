"""A bandit's days on its page: a table of shares, units, how many did it; and how the shares moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import fitted
from zoco.trials.designs import SHARES
from zoco.trials.models import Trial

Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """How a picture is laid out: its width, the left end and height of strips, and the top of the first."""

    width: int
    left: int
    strip: int
    top: int


WIDE, NARROW = Room(680, 140, 60, 10), Room(326, 0, 76, 26)
"""Names stand beside the strips, or above them where a phone has no room beside."""
DAYS_MOST = 31
RIGHT = 56


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
        found += [
            {
                "since": formats.day(_day(batch, clock)),
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


def moved(trial: Trial, both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str]) -> SafeString:
    """Draw how shares moved, wide and narrow, of which the page shows one; nothing of fewer than two days."""
    wide, narrow = (_drawn(trial, both, arms, room) for room in (WIDE, NARROW))
    if not wide:
        return SafeString("")
    return format_html('<div class="z-forest">{}</div><div class="z-forest small">{}</div>', wide, narrow)


def moved_alone(trial: Trial, both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str]) -> SafeString:
    """Draw how shares moved for a file of its own; nothing of fewer than two days."""
    return _drawn(trial, both, arms, WIDE)


def _drawn(trial: Trial, both: Sequence[tuple[Any, Kept]], arms: Mapping[str, str], room: Room) -> SafeString:
    """Draw the share of each arm by day, one below the other on one scale; nothing of fewer than two days."""
    kept = next((kept for metric, kept in both if metric.role == "primary"), {})
    batches = kept.get("batches", []) if trial.is_bandit else []
    if len(batches) < 2:
        return SafeString("")
    strips = (
        (_strip(number, name, [batch["shares"][key] for batch in batches], room),)
        for number, (key, name) in enumerate(arms.items())
    )
    clock = ZoneInfo(trial.site.zone)
    first, last = (formats.day(_day(each, clock)) for each in (batches[0], batches[-1]))
    foot = room.strip * len(arms) + 16
    title = _("How the shares moved")
    return format_html(
        '<svg class="c" viewBox="0 0 {w} {h}" role="img" aria-label="{title}"><title>{title}</title>'
        '<desc>{words}</desc>{strips}<text x="{left}" y="{foot}">{first}</text>'
        '<text x="{right}" y="{foot}" text-anchor="end">{last}</text></svg>',
        w=room.width, h=foot + 6, title=title, left=room.left, right=room.width - RIGHT, foot=foot,
        first=first, last=last,
        words=_("The share of each arm by day, from 0 below to 100% above; the figures stand in the table."),
        strips=format_html_join("", "{}", strips),
    )  # fmt: skip


def _strip(number: int, name: str, shares: Sequence[float], room: Room) -> SafeString:
    top = room.strip * number + room.top
    left, right, bottom = room.left, room.width - RIGHT, top + 44
    gap = (right - left) / (len(shares) - 1)
    places = [(left + gap * at, bottom - (bottom - top) * share) for at, share in enumerate(shares)]
    written = (top + bottom) // 2 + 4 if left else top - 8
    return format_html(
        '<path class="grid" d="M{} {}H{}M{} {}H{}"/><text x="0" y="{}">{}</text>'
        '<polyline class="l1" points="{}"/><text x="{}" y="{}">{}</text>',
        left, top, right, left, bottom, right, written,
        fitted(name, left - 8 if left else right), " ".join(f"{x:.1f},{y:.1f}" for x, y in places), right + 6,
        f"{places[-1][1] + 4:.1f}", formats.percent(shares[-1], 0),
    )  # fmt: skip


def _day(batch: Kept, clock: ZoneInfo) -> date:
    return datetime.fromtimestamp(batch["since"] / 1e6, clock).date()


def _total(metric: Any, number: float, currency: str) -> str:
    """Write what units did together: how many, how often, how much money."""
    if metric.of_amount or metric.kind == "revenue":
        return formats.money(number, currency, cents=True)
    return formats.count(round(number))
