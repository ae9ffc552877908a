"""Whose browser did it: a known visitor of a site is joined to a person by a proof, and the ledger knows it.

Facts of browsers name no person themselves. The ledger is asked for each browser once in a while only, for
a journey may wait for something that happens often; so a browser that is joined just now may count a little
later.
"""

import time
from typing import Any

from zoco.ledger.schema import Fact

FRESH_SECONDS = 30.0
HELD_MOST = 10_000


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
    from zoco.ledger import expr
    from zoco.ledger.asking.people import spans_of
    from zoco.ledger.store import opening

    spans = spans_of(expr.whole(site))
    of_browser = spans.filter(spans.known == known, spans.since <= at, spans.until > at)
    store = opening.store()
    rows: list[dict[str, Any]] = store.query(
        expr.to_sql(of_browser.select("person"), store.dialect)
    ).to_pylist()
    return int(rows[0]["person"]) if rows else 0
