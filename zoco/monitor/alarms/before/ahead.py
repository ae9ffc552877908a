"""Many hours looked at ahead: what is expected of all of them, worked out at once.

Nothing is decided here. Windows get to know what they would work out one by one; what they are asked for
beyond that they still do, so that whoever looks finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.detecting import DAYS_MOST, Rule, fallen, history_days, hours_of, rows_in, suspects
from zoco.monitor.alarms.windows import Lookout, Window, beside
from zoco.stats.seasonal import Forecast, forecast, profiles_of

Rows = NDArray[np.int64]
Pairs = Sequence[tuple[Window, Window | None]]


def prepare(lookout: Lookout, ends: Iterable[int], rule: Rule) -> None:
    """Work out what a rule for a fall, and any that is no keener, needs of the hours before some hours."""
    groups: dict[tuple[int, bytes], list[tuple[Window, Window | None]]] = {}
    for end in ends:
        days = min(history_days(lookout.cube, end), DAYS_MOST)
        for hours in hours_of(rule, days):
            pair = lookout.windows(end, hours, days)
            groups.setdefault((pair[0].kind, pair[0].kinds.tobytes()), []).append(pair)
    for pairs in groups.values():
        _prepare(pairs, rule)


def _prepare(pairs: Pairs, rule: Rule) -> None:
    """Do so for windows whose days before are of the same kinds."""
    windows = [window for window, _other in pairs]
    others = [other for _window, other in pairs if other is not None]
    for each in (windows, others):
        _wholes(each)
    _parts(windows, [suspects(window, rule) for window in windows])
    rows = [fallen(window, rule)[0] for window in windows]
    for window, its, found in zip(windows, rows, _beside(windows, rows), strict=True):
        window.ahead.beside = its, found
    if others:
        theirs = [
            rows_in(other, window, its) for (window, other), its in zip(pairs, rows, strict=True) if other
        ]
        _parts(others, [np.unique(each[each >= 0]) for each in theirs])


def _wholes(windows: Sequence[Window]) -> None:
    if not windows:
        return
    kind, kinds = windows[0].kind, windows[0].kinds
    past = np.concatenate([each.past(each.cube.total) for each in windows])
    whole, usual = forecast(past, kinds, kind), profiles_of(past, kinds)
    for number, window in enumerate(windows):
        window.ahead.usual, window.ahead.whole = usual[number], whole.of(np.array([number]))


def _parts(windows: Sequence[Window], rows: Sequence[Rows]) -> None:
    past = [window.past(window.cube.parts.cut, its) for window, its in zip(windows, rows, strict=True)]
    usual = [window.usual[None].repeat(len(its), 0) for window, its in zip(windows, rows, strict=True)]
    first = windows[0]
    found = forecast(np.concatenate(past), first.kinds, first.kind, np.concatenate(usual))
    for window, its, each in zip(windows, rows, _split(found, rows), strict=True):
        window.ahead.parts = its, each


def _beside(windows: Sequence[Window], rows: Sequence[Rows]) -> list[Forecast]:
    pairs = list(zip(windows, rows, strict=True))
    past = np.concatenate([each.past(each.cube.parts.cut, its) for each, its in pairs])
    seen = np.concatenate([each.seen(each.cube.parts.cut)[its] for each, its in pairs])
    total = np.concatenate([each.past(each.cube.total).repeat(len(its), 0) for each, its in pairs])
    in_all = np.concatenate([each.seen(each.cube.total).repeat(len(its)) for each, its in pairs])
    return _split(beside(past, seen, total, in_all, windows[0].kinds, windows[0].kind), rows)


def _split(found: Forecast, rows: Sequence[Rows]) -> list[Forecast]:
    ends = np.cumsum([len(its) for its in rows])
    return [found.of(np.arange(end - len(its), end)) for its, end in zip(rows, ends, strict=True)]
