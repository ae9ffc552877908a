"""Words of filters: left open while a statement is written, so that one text serves every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zoco.ledger.asking.filters import FILTERABLE, GOAL, Filter
from zoco.ledger.asking.statements.kept import Lasting

FILTERS_MOST, WORDS_MOST, WORDS_OF_ONE = 2, 3, 12


def words_of(filters: Sequence[Filter]) -> list[str]:
    """Return the words that may be left open, in order.

    What a goal stands for and numbers decide on the text of a statement and stay. None may be left open
    where a filter is there twice: it would no longer be known as the same.
    """
    if len(set(filters)) < len(filters):
        return []
    return [word for each in filters if _is_open(each) for word in each.values]


def worded(filters: Sequence[Filter], words: Sequence[str]) -> tuple[Filter, ...]:
    """Return filters with other words in place of those of `words_of`; without words, as they are."""
    if not words:
        return tuple(filters)
    left = iter(words)
    return tuple(
        replace(each, values=tuple(next(left) for _ in each.values)) if _is_open(each) else each
        for each in filters
    )


def numbered(filters: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return filters with numbers in place of their words: what is the same whatever the words."""
    return worded(filters, [str(number) for number in range(len(words_of(filters)))])


def lasting_of(filters: Sequence[Filter]) -> Lasting:
    """Say whether a statement is stored on disk: always with one filter at most, by one word or goal.

    Goals are few, and no reader makes one. A few words of two filters, or of one such as all campaigns that
    are listed, are stored while there is much room: more would let readers fill the file with ways to filter
    that nobody asks for again.
    """
    words, are_open = sum(len(each.values) for each in filters), all(map(_is_open, filters))
    if len(filters) <= 1 and words == len(filters) and (are_open or filters[0].column == GOAL):
        return "always"
    most = WORDS_OF_ONE if len(filters) == 1 else WORDS_MOST
    return "with room" if are_open and len(filters) <= FILTERS_MOST and words <= most else "never"


def _is_open(filter: Filter) -> bool:
    return filter.column != GOAL and FILTERABLE[filter.column].kind != "status"
