"""Templates: statements kept with blanks for the periods' moments and filters' words, in memory and on disk.

Writing a statement takes 40 to 250 ms and needs Ibis, filling one in takes 0.1 ms. Those of our own
reports, with one filter by one word or goal at the most, outlive the process: `kept` reads and writes them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.asking.statements import kept
from zoco.ledger.asking.statements.blanks import Outline, Outlines, Template
from zoco.ledger.expr import Table
from zoco.ledger.store.base import Dialect

TEMPLATES_MOST = 1_000

_held: OrderedDict[str, list[Template]] = OrderedDict()
_gate = threading.Lock()


def filled(
    shape: tuple[object, ...],
    periods: Sequence[Period],
    words: Sequence[str],
    dialect: Dialect,
    write: Callable[[Sequence[Outline], Sequence[str]], Table],
    *,
    is_lasting: bool,
) -> str:
    """Return a statement over these periods with these words of filters.

    `shape` is everything else that decides on its text. `write` makes the expression over outlines of
    the periods, with what stands for the words. `is_lasting` says that it may be stored on disk.
    """
    key = repr(shape)
    found = _found(key, periods)
    if found is None:
        outlines = Outlines(periods, len(words))
        found = outlines.template(expr.to_sql(write(outlines.each, outlines.words), dialect))
        if not found.has_words(len(words)):
            # The report reads words in a way of its own: they are written as they are, each time.
            outlines = Outlines(periods)
            return outlines.template(expr.to_sql(write(outlines.each, words), dialect)).filled(
                periods, words, dialect
            )
        if not found.is_bound:
            _hold(key, found)
            if is_lasting:
                kept.append(key, found)
    return found.filled(periods, words, dialect)


def _found(key: str, periods: Sequence[Period]) -> Template | None:
    with _gate:
        for known, template in kept.unread():
            _held.setdefault(known, []).append(template)
        templates = _held.get(key, ())
        if templates:
            _held.move_to_end(key)
        return next((template for template in templates if template.fits(periods)), None)


def _hold(key: str, template: Template) -> None:
    with _gate:
        _held.setdefault(key, []).append(template)
        while len(_held) > TEMPLATES_MOST:
            _held.popitem(last=False)
