"""Whose browser did it: a known visitor of a site is joined to a person by a proof, and the ledger knows it.

Facts of browsers name no person themselves. The ledger is asked for each browser once in a while only, for
a journey may wait for something that happens often; so a browser that is joined just now may count a little
later.
"""

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from zoco.ledger.schema import Fact

if TYPE_CHECKING:
    from zoco.ledger.store.base import Dialect

FRESH_SECONDS = 30.0
HELD_MOST = 10_000
_SITE, _KNOWN = 2_121_212_121, 8_080_808_080_808_080_808
"""What stands in a statement where a site and a browser do."""


class Browsers:
    """Numbers of people by site and browser, each for a while."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], tuple[float, int]] = {}

    def person(self, fact: Fact) -> int:
        """Return the number of the person whom a fact is about, by itself or by its browser; 0 for nobody."""
        if fact.person or not fact.known:
            return fact.person
        key, now = (fact.site, fact.known), time.monotonic()
        held = self._held.get(key)
        if held is None or held[0] < now:
            if len(self._held) >= HELD_MOST:
                self._held.clear()
            held = self._held[key] = (now + FRESH_SECONDS, joined(fact.site, fact.known, fact.occurred_at))
        return held[1]

    def forget(self) -> None:
        """Ask anew."""
        self._held.clear()


def joined(site: int, known: int, at: int) -> int:
    """Return the number of whose browser it was at a moment in microseconds; 0 for nobody's."""
    from zoco.ledger.store import opening

    store = opening.store()
    text = _statement(store.dialect).replace(str(_SITE), str(site)).replace(str(_KNOWN), str(known))
    spans: list[dict[str, Any]] = store.query(text).to_pylist()
    return next((int(each["person"]) for each in spans if each["since"] <= at < each["until"]), 0)


@cache
def _statement(dialect: "Dialect") -> str:
    """Write once, with numbers that stand for site and browser, what costs more to write than to ask."""
    from zoco.ledger import expr
    from zoco.ledger.asking.people import spans_of

    spans = spans_of(expr.whole(_SITE))
    return expr.to_sql(spans.filter(spans.known == expr.whole(_KNOWN)), dialect)
