"""Templates: statements kept with blanks (see `outlines`) for site, periods and words, in memory and on disk.

Writing a statement takes 40 to 250 ms and needs Ibis, filling one in takes 0.1 ms. Those of our own
reports, with few words of filters, outlive the process: `kept` reads and writes them.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zoco.ledger import expr
from zoco.ledger.asking.statements import kept
from zoco.ledger.asking.statements.outlines import Given, Outlines, Template
from zoco.ledger.expr import Table
from zoco.ledger.store.base import Dialect

TEMPLATES_MOST = 1_000
ALIKE_MOST = 100  # of one shape, for sites and periods of different kinds

_held: OrderedDict[str, list[Template]] = OrderedDict()
_gate = threading.Lock()


def filled(
    shape: tuple[object, ...],
    given: Given,
    dialect: Dialect,
    write: Callable[[Given], Table],
    *,
    lasting: kept.Lasting,
) -> str:
    """Return a statement over what is given: a site, periods, words of filters.

    `shape` is everything else that decides on its text, with what of a site changes within its periods.
    `write` makes the expression over outlines. `lasting` says whether it is stored on disk.
    """
    key = repr(shape)
    found = _found(key, given)
    if found is None:
        outlines = Outlines(given)
        found = outlines.template(written(write, outlines.given, dialect))
        if not found.has_all(len(given.words)):
            # The report reads words or hosts in a way of its own: they are written as they are, each time.
            return written(write, given, dialect)
        if not found.is_bound:
            _hold(key, found)
            kept.append(key, found, lasting)
    return found.filled(given, dialect)


def written(write: Callable[[Given], Table], given: Given, dialect: Dialect) -> str:
    """Write a statement over what is given."""
    with _garbage_left():
        return expr.to_sql(write(given), dialect)


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Look for no garbage meanwhile: Ibis makes many objects, all in use, and the search takes a tenth."""
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


def _found(key: str, given: Given) -> Template | None:
    with _gate:
        for known, template in kept.unread():
            _held.setdefault(known, []).append(template)
        templates = _held.get(key, ())
        if templates:
            _held.move_to_end(key)
        return next((template for template in templates if template.fits(given)), None)


def _hold(key: str, template: Template) -> None:
    with _gate:
        alike = _held.setdefault(key, [])
        alike.append(template)
        del alike[:-ALIKE_MOST]
        while len(_held) > TEMPLATES_MOST:
            _held.popitem(last=False)
