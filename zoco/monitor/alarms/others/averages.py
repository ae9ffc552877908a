"""Averages: money by orders, held against the averages of the days before, given how many orders there are.

An average is no count: with fewer orders it moves more, and a fall of orders is none of it. Amounts of a day
are taken as gamma-like: their variance is that of one order times the number of orders (McCullagh and Nelder
1989, Generalized Linear Models, sections 8.2 and 9.2), known from how averages of days differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zoco.monitor.alarms.causes import Cause
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import (
    CONFIDENCE,
    DAYS_LEAST,
    DAYS_MOST,
    Finding,
    Rule,
    Unknown,
    history_days,
    look,
)
from zoco.monitor.alarms.watched import MEASURES
from zoco.monitor.alarms.windows import FEWER
from zoco.stats.movers import movers
from zoco.stats.seasonal import HALF_LIFE_DAYS
from zoco.stats.tails import bounds, tails

Floats = NDArray[np.float64]
METHOD = "McCullagh and Nelder 1989, Generalized Linear Models, sections 8.2 and 9.2; Kulldorff 1997"
OF = tuple(key for key, each in MEASURES.items() if each.is_average)
WINDOWS = (24, 48, 72, 168)
ORDERS_LEAST, ORDERS_BEFORE_LEAST, DAYS_WITH_LEAST = 10, 50, 10
FALL, RISE = 0.5, 0.25
"""Averages move less than counts: of a rule's share so much is large."""


@dataclass(frozen=True, slots=True)
class Averages:
    """What orders of one series are worth: `mean`, `variance` of one, by how many `orders` it is known."""

    mean: float
    variance: float
    orders: float

    def tails(self, money: float, orders: float) -> tuple[float, float]:
        """Return how likely so little money is of so many orders, and so much."""
        unit, expected, spread = self._in_units(orders)
        return tails(money / unit, expected, spread)

    def bounds(self, orders: float) -> tuple[float, float]:
        """Return the prediction interval of the average of so many orders."""
        unit, expected, spread = self._in_units(orders)
        low, high = bounds(expected, spread, CONFIDENCE)
        return low * unit / orders, high * unit / orders

    def _in_units(self, orders: float) -> tuple[float, float, float]:
        """Return the amount in which a sum varies by its mean, and mean and variance of the sum in it."""
        unit = self.variance / self.mean
        expected = orders * self.mean / unit
        return unit, expected, expected * (1 + orders / self.orders)


def looked(cube: Cube, end: int, rule: Rule, given: Cube | None) -> Finding | Unknown | None:
    """Look at a measure as it is: an average against averages, anything else as a count."""
    if cube.measure.is_average and given is not None:
        return average_look(cube, given, end, rule)
    return look(cube, end, rule, given if rule.is_fall else None)


def average_look(cube: Cube, orders: Cube, end: int, rule: Rule) -> Finding | Unknown | None:
    """Look at the average of the hours before `end`; None where all is as it should be."""
    days = min(history_days(orders, end), DAYS_MOST)
    if days < DAYS_LEAST:
        return Unknown(days)
    wanted = replace(rule, share=rule.share * (FALL if rule.is_fall else RISE))
    best: Finding | None = None
    most = 0.0
    for hours in WINDOWS:
        if days * 24 < hours + 7 * 24:
            continue
        pair = _Pair(cube, orders, end, hours, days)
        most = max(most, pair.count)
        for each in (_whole(pair, wanted), _part(pair, wanted)):
            best = each if each is not None and (best is None or each.odds < best.odds) else best
    return best if best or most >= ORDERS_LEAST else Unknown(days, expected=max(most, 0.1))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Money and orders of the last hours, and of whole days before them."""

    cube: Cube
    orders: Cube
    end: int
    hours: int
    days: int

    @property
    def count(self) -> float:
        return float(self.seen(self.orders.total)[0])

    def seen(self, cut: Cut, hours: int = 0) -> Floats:
        found: Floats = cut.summed[:, self.end] - cut.summed[:, self.end - (hours or self.hours)]
        return found

    def before(self, cut: Cut, row: int) -> Floats:
        """Return the days before, each of 24 hours, oldest first."""
        last = self.end - self.hours
        ends = last - 24 * np.arange(min(self.days, last // 24) - 1, -1, -1)
        found: Floats = cut.summed[row, ends] - cut.summed[row, ends - 24]
        return found

    def averages(self, name: str, row: int, row_orders: int) -> Averages | None:
        money = self.cube.cuts[name] if name else self.cube.total
        count = self.orders.cuts[name] if name else self.orders.total
        return averages_of(self.before(money, row), self.before(count, row_orders))


def averages_of(money: Floats, orders: Floats) -> Averages | None:
    """Return mean and variance of an order by sums of days, oldest first, weighted to the newest; None where
    too few are known.

    The variance is Σ w n (average of the day - mean)² by Σ w, with the degree of freedom that the mean took.
    """
    kept = orders > 0
    if kept.sum() < DAYS_WITH_LEAST or orders.sum() < ORDERS_BEFORE_LEAST or money.sum() <= 0:
        return None
    weights = (0.5 ** (np.arange(len(orders))[::-1] / HALF_LIFE_DAYS))[kept]
    sums, counts = money[kept], orders[kept]
    mean = float((weights * sums).sum() / (weights * counts).sum())
    free = 1 - 1 / kept.sum()
    squares = weights * counts * (sums / counts - mean) ** 2
    variance = float(squares.sum() / weights.sum() / free)
    known = float((weights * counts).sum() ** 2 / (weights**2 * counts).sum())
    return Averages(mean, variance, known) if mean > 0 and variance > 0 else None


def _whole(pair: _Pair, rule: Rule) -> Finding | None:
    money, count = float(pair.seen(pair.cube.total)[0]), pair.count
    before = pair.averages("", 0, 0)
    if before is None or not _is_large(before, money, count, rule):
        return None
    odds = before.tails(money, count)[0 if rule.is_fall else 1]
    if odds > rule.odds * FEWER[pair.hours] or not _goes_on(pair, "", 0, 0, before, rule):
        return None
    return _finding(pair, rule, before, money, count, odds, _cause(pair, rule, before))


def _part(pair: _Pair, rule: Rule) -> Finding | None:
    """Return the part whose average moved most, where one did."""
    best: Finding | None = None
    for name, row, row_orders in _parts(pair):
        money = float(pair.seen(pair.cube.cuts[name])[row])
        count = float(pair.seen(pair.orders.cuts[name])[row_orders])
        before = pair.averages(name, row, row_orders) if count >= ORDERS_LEAST else None
        if before is None or not _is_large(before, money, count, rule):
            continue
        odds = before.tails(money, count)[0 if rule.is_fall else 1]
        most = rule.part_odds * FEWER[pair.hours]
        if odds > most or (best and odds >= best.odds):
            continue
        if _goes_on(pair, name, row, row_orders, before, rule):
            value = pair.cube.cuts[name].values[row]
            cause = Cause(name, (value,), money / count, before.mean, _share(pair, money, count, before), 0.0)
            best = _finding(pair, rule, before, money, count, odds, cause, (name, value))
    return best


def _parts(pair: _Pair) -> list[tuple[str, int, int]]:
    """Return the values that both measures know: dimension, and the row in each."""
    found = []
    for name, cut in pair.cube.cuts.items():
        there = pair.orders.cuts.get(name)
        if there is None:
            continue
        number = {value: row for row, value in enumerate(there.values) if value}
        found += [(name, row, number[value]) for row, value in enumerate(cut.values) if value in number]
    return found


def _is_large(before: Averages, money: float, count: float, rule: Rule) -> bool:
    if count < ORDERS_LEAST:
        return False
    ratio = money / count / before.mean
    return ratio <= 1 - rule.share if rule.is_fall else ratio >= 1 + rule.share


def _goes_on(pair: _Pair, name: str, row: int, row_orders: int, before: Averages, rule: Rule) -> bool:
    """Say whether the newest third of the hours is as the whole, where orders tell."""
    hours = pair.hours // 3
    money = pair.seen(pair.cube.cuts[name] if name else pair.cube.total, hours)[row]
    count = pair.seen(pair.orders.cuts[name] if name else pair.orders.total, hours)[row_orders]
    if count < 3:
        return True
    ratio = float(money / count) / before.mean
    return ratio <= 1 - rule.share / 2 if rule.is_fall else ratio >= 1 + rule.share / 2


def _share(pair: _Pair, money: float, count: float, before: Averages) -> float:
    """Return which share of the difference of the whole a part is; 0 where the whole did not move so."""
    whole = pair.averages("", 0, 0)
    if whole is None:
        return 0.0
    difference = float(pair.seen(pair.cube.total)[0]) - pair.count * whole.mean
    return max(0.0, (money - count * before.mean) / difference) if difference else 0.0


def _cause(pair: _Pair, rule: Rule, before: Averages) -> Cause | None:
    """Return the part whose orders tell most of the difference; None where all moved alike."""
    best: tuple[float, Cause] | None = None
    for name, cut in pair.cube.cuts.items():
        rows = [(row, other) for each, row, other in _parts(pair) if each == name]
        if len(rows) < 2:
            continue
        own = [pair.averages(name, row, other) or before for row, other in rows]
        counts = np.array([pair.seen(pair.orders.cuts[name])[other] for _row, other in rows])
        seen = pair.seen(cut)[[row for row, _other in rows]]
        expected = counts * np.array([each.mean for each in own])
        unit = before.variance / before.mean
        moved = movers(seen / unit, np.maximum(expected / unit, 0.01), is_fall=rule.is_fall)
        if moved is None or moved.likelihood < np.log(len(rows)) + 3.0:
            continue
        its = list(moved.values)
        orders = max(float(counts[its].sum()), 1.0)
        each = (float(seen[its].sum()) / orders, float(expected[its].sum()) / orders)
        values = tuple(cut.values[rows[place][0]] for place in its)
        if best is None or moved.likelihood > best[0]:
            best = moved.likelihood, Cause(name, values, *each, moved.explains, moved.surprise)
    return best[1] if best else None


def _finding(
    pair: _Pair, rule: Rule, before: Averages, money: float, count: float, odds: float,
    cause: Cause | None, part: tuple[str, str] | None = None,
) -> Finding:  # fmt: skip
    low, high = before.bounds(count)
    figures = (money / count, before.mean, low, high, odds, before.variance / before.mean**2)
    return Finding(pair.cube.measure.key, rule.is_fall, pair.hours, *figures, pair.days, cause, part)
