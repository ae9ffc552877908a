"""What a customer's past is to the models: how many repeat purchases, when the last, known for how long.

Purchases at one moment are one purchase, and the first one is none of them: it is the birth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST_CUSTOMERS = 50
FEWEST_REPEAT_BUYERS = 10
# Times that differ by less are one: sevenths of a week do not come out even.
DIGITS = 9


class TooLittle(ValueError):
    """There are too few customers, or too few who came back, to tell parameters from."""


class NoHistory(ValueError):
    """Rows contradict themselves: a last purchase after the end, or one of somebody who never came back."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Sufficient statistics (x, t_x, T), a row each: repeat purchases, the age at the last of them, the age.

    Ages are in periods since the first purchase; `last` is 0 where there are no repeat purchases.
    `customers` is how many share a row. Raises NoHistory where a row cannot be.
    """

    purchases: Floats
    last: Floats
    age: Floats
    customers: Floats

    def __post_init__(self) -> None:
        if not len(self.purchases) == len(self.last) == len(self.age) == len(self.customers):
            raise NoHistory("Each row has its purchases, the age at the last one, its age and its customers.")
        columns = (self.purchases, self.last, self.age, self.customers)
        is_finite = all(bool(np.isfinite(column).all()) for column in columns)
        if not is_finite or any((column < 0).any() for column in columns):
            raise NoHistory("Purchases, ages and customers are numbers of at least 0.")
        if (self.last > self.age * (1 + 1e-12)).any():
            raise NoHistory("No last purchase is later than the end of what is known.")
        if ((self.purchases == 0) & (self.last > 0)).any():
            raise NoHistory("Whoever never came back has no last repeat purchase: its age is 0.")

    def __len__(self) -> int:
        return len(self.purchases)

    @property
    def count(self) -> int:
        """How many customers there are."""
        return int(self.customers.sum())

    def taken(self, rows: Ints | NDArray[np.bool_]) -> "Histories":
        """Return some of the rows."""
        return Histories(self.purchases[rows], self.last[rows], self.age[rows], self.customers[rows])


def histories(purchases: Floats, last: Floats, age: Floats) -> Histories:
    """Return histories of one customer a row."""
    count, latest, known = (np.asarray(column, dtype=np.float64) for column in (purchases, last, age))
    return Histories(count, latest, known, np.ones(len(count)))


def aggregated(rows: Histories) -> Histories:
    """Return the same customers with equal rows as one: a likelihood costs what the rows cost."""
    firsts, places = distinct(*(np.round(each, DIGITS) for each in (rows.purchases, rows.last, rows.age)))
    some = rows.taken(firsts)
    customers = np.bincount(places, weights=rows.customers, minlength=len(firsts)).astype(np.float64)
    return Histories(some.purchases, some.last, some.age, customers)


def distinct(*columns: Floats) -> tuple[Ints, Ints]:
    """Return the first number of each distinct row, and of each row which of them it equals."""
    order = np.lexsort(columns)
    is_new = np.zeros(len(order), dtype=bool)
    is_new[:1] = True
    for column in columns:
        is_new[1:] |= column[order][1:] != column[order][:-1]
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.cumsum(is_new) - 1
    return order[is_new].astype(np.int64), places


@dataclass(frozen=True, slots=True)
class Buyers:
    """Customers by number, with their histories in the same order and what a repeat purchase was worth.

    `first` is the time of the first purchase; `spend` the mean of the repeat purchases, 0 where none was.
    """

    ids: Ints
    first: Floats
    histories: Histories
    spend: Floats


def buyers_of(customers: Ints, at: Floats, amounts: Floats | None, until: float) -> Buyers:
    """Return who bought up to and at `until`, from a log of purchases: one row each, in any order.

    `at` is in periods. Amounts of one customer at one moment are added up, as they are one purchase.
    """
    is_known = np.asarray(at) <= until
    who, when = np.asarray(customers)[is_known], np.asarray(at, dtype=np.float64)[is_known]
    worth = np.zeros(len(who)) if amounts is None else np.asarray(amounts, dtype=np.float64)[is_known]
    order = np.lexsort((when, who))
    who, when, worth = who[order], when[order], worth[order]
    is_new = np.ones(len(who), dtype=bool)
    is_new[1:] = (np.diff(who) != 0) | (np.diff(when) != 0)
    starts = np.flatnonzero(is_new)
    who, when = who[starts], when[starts]
    worth = np.add.reduceat(worth, starts) if len(starts) else worth
    ids, begins, counts = np.unique(who, return_index=True, return_counts=True)
    ends = begins + counts - 1
    repeats = counts.astype(np.float64) - 1.0
    whole = np.add.reduceat(worth, begins) if len(begins) else worth
    spend = np.divide(whole - worth[begins], repeats, out=np.zeros(len(ids)), where=repeats > 0)
    first = when[begins]
    known = histories(repeats, np.round(when[ends] - first, DIGITS), np.round(until - first, DIGITS))
    return Buyers(ids.astype(np.int64), first, known, spend)


def enough(rows: Histories, model: str) -> None:
    """Raise TooLittle where nobody could tell the parameters of a model of buying."""
    buyers = int(rows.customers[rows.purchases > 0].sum())
    if rows.count < FEWEST_CUSTOMERS:
        raise TooLittle(
            f"{model} needs at least {FEWEST_CUSTOMERS} customers and there are {rows.count}; "
            "take a longer time or more kinds of customers together."
        )
    if buyers < FEWEST_REPEAT_BUYERS:
        raise TooLittle(
            f"{model} needs at least {FEWEST_REPEAT_BUYERS} customers who bought again and there are "
            f"{buyers} of {rows.count}; wait until more came back."
        )
