"""Expected against seen, as a drawing: the same hours of each day of four weeks, with the interval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zoco.ledger.pictures.curves import NARROW, Fitting
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import CONFIDENCE, Finding
from zoco.monitor.alarms.windows import Window

DAYS = 28
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720.0, 200.0, 44.0, 10.0, 22.0


def picture_of(cube: Cube, found: Finding, end: int) -> dict[str, Any]:
    """Return what to draw: days, what was seen, what is expected of such a day, and the interval."""
    cut, row = _series(cube, found)
    window = Window(cube, end, found.hours, found.days)
    rows = np.array([row])
    past = window.past(cut, rows)[0][-DAYS:]
    kinds = [*window.kinds[-DAYS:].tolist(), window.kind]
    expected = {kind: window.forecast(cut, rows, kind) for kind in set(kinds)}
    bounds = {kind: each.bounds(0, CONFIDENCE) for kind, each in expected.items()}
    ends = [*window.ends[-DAYS:].tolist(), end]
    days = [str((cube.first + timedelta(hours=each - 1)).date()) for each in ends]
    lines = {
        "seen": [*past.tolist(), found.seen],
        "expected": [*(float(expected[kind].mean[0]) for kind in kinds[:-1]), found.expected],
        "low": [*(bounds[kind][0] for kind in kinds[:-1]), found.low],
        "high": [*(bounds[kind][1] for kind in kinds[:-1]), found.high],
    }
    return {
        "days": days,
        **{name: [cube.unit * each for each in values] for name, values in lines.items()},
    }


def average_picture(cube: Cube, orders: Cube, found: Finding, end: int) -> dict[str, Any]:
    """Return the same of an average: what so many orders were each worth, held against the mean of today."""
    name, value = found.part or ("", "")
    money, count = (each.cuts[name] if name else each.total for each in (cube, orders))
    rows = [each.values.index(value) for each in (money, count)]
    gap = -(-found.hours // 24)
    ends = [end - 24 * back for back in range(min(DAYS, found.days), gap - 1, -1)]
    ends = [each for each in ends if each >= found.hours]
    sums, counts = (
        np.array([cut.summed[row, each] - cut.summed[row, each - found.hours] for each in ends])
        for cut, row in zip((money, count), rows, strict=True)
    )
    kept = [number for number, orders_then in enumerate(counts) if orders_then > 0]
    days = [str((cube.first + timedelta(hours=ends[number] - 1)).date()) for number in kept]
    seen = [float(sums[number] / counts[number]) for number in kept]
    lines = {
        "seen": [*seen, found.seen],
        **{each: [getattr(found, each)] * (len(kept) + 1) for each in ("expected", "low", "high")},
    }
    today = str((cube.first + timedelta(hours=end - 1)).date())
    return {"days": [*days, today], **{key: [cube.unit * each for each in lines[key]] for key in lines}}


def _series(cube: Cube, found: Finding) -> tuple[Cut, int]:
    if found.part is None:
        return cube.total, 0
    cut = cube.cuts[found.part[0]]
    return cut, cut.values.index(found.part[1])


def fitting(picture: dict[str, Any], title: str, words: str) -> Fitting | None:
    """Draw it for pages, whatever they are read on; None where nothing was kept."""
    wide, narrow = (drawn(picture, title, words, width) for width in (WIDTH, NARROW))
    return Fitting(wide, narrow) if wide else None


def drawn(picture: dict[str, Any], title: str, words: str, width: float = WIDTH) -> SafeString:
    """Draw it; nothing where nothing was kept."""
    seen = picture.get("seen") or []
    if len(seen) < 2:
        return SafeString("")
    top = max(*seen, *picture["high"], 1.0)

    def point(number: int, value: float) -> str:
        x = LEFT + (width - LEFT - 10) * number / (len(seen) - 1)
        return f"{x:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top):.1f}"

    def line(values: list[float]) -> str:
        return " ".join(point(number, value) for number, value in enumerate(values))

    last = len(seen) - 1
    high = [point(number, value) for number, value in enumerate(picture["high"])]
    low = [point(number, value) for number, value in enumerate(picture["low"])]
    x, y = point(last, seen[last]).split(",")
    return format_html(
        '<svg class="c" viewBox="0 0 {w} {h}" role="img" aria-label="{title}"><title>{title}</title>'
        '<desc>{words}</desc><polygon points="{band}" fill="currentColor" fill-opacity=".1"/>'
        '<path class="prev" d="M{expected}"/><path class="l1" d="M{seen}"/>'
        '<circle class="f1" cx="{x}" cy="{y}" r="4"/>'
        '<text x="{left}" y="{top}" text-anchor="end">{most}</text>'
        '<text x="{left}" y="{base}" text-anchor="end">0</text>'
        '<text x="{start}" y="{foot}">{first}</text>'
        '<text x="{right}" y="{foot}" text-anchor="end">{final}</text></svg>',
        w=int(width), h=int(HEIGHT), title=title, words=words, band=" ".join(high + low[::-1]),
        expected=line(picture["expected"]), seen=line(seen), x=x, y=y, left=LEFT - 6, top=TOP + 8,
        most=f"{top:.0f}", base=HEIGHT - BOTTOM, start=LEFT, foot=HEIGHT - 6, right=width - 10,
        first=picture["days"][0], final=picture["days"][-1],
    )  # fmt: skip
