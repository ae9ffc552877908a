"""Words of filters: left open while a statement is written, so that one text serves every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zoco.ledger.asking.filters import FILTERABLE, GOAL, Filter


def words_of(filters: Sequence[Filter]) -> list[str]:
    """Return the words that may be left open, in order.

    What a goal stands for and numbers decide on the text of a statement and stay. None may be left open
    where a filter is there twice: it would no longer be known as the same.
    """
    if len(set(filters)) < len(filters):
        return []
    return [word for each in filters if is_open(each) for word in each.values]


def worded(filters: Sequence[Filter], words: Sequence[str]) -> tuple[Filter, ...]:
    """Return filters with other words in place of those of `words_of`; without words, as they are."""
    if not words:
        return tuple(filters)
    left = iter(words)
    return tuple(
        replace(each, values=tuple(next(left) for _ in each.values)) if is_open(each) else each
        for each in filters
    )


def numbered(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return filters with numbers in place of their words: what is the same whatever the words."""
    return worded(filters, [str(number) for number in range(len(words_of(filters)))])


def is_open(filter: Filter) -> bool:
    """Say whether the words of a filter may be left open."""
    return filter.column != GOAL and FILTERABLE[filter.column].kind != "status"
