"""Recency, frequency and money against hand-written SQL: seconds of the processor over all facts of a site.

    python -m benchmarks.rfm                            5 million facts over 90 days, all of them
    python -m benchmarks.rfm --facts 20000000 --days 365 --data /a/folder

The facts are those of `benchmarks.reports`, of which one in fifty is made an order of one of 40,000 people
and one in a thousand gives an order back. Both statements run in turns on two threads, and the fastest of
several runs counts; the seconds of ours are those with the scores. Their figures must agree.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.reports import END, NOW, SQL
from benchmarks.timed import judged, spent

SECONDS_MOST = 0.5
MAKE = """
UPDATE facts SET
  name = CASE WHEN hash(id, 2) % 20 = 0 THEN 'shop.order.refunded' ELSE 'shop.order.placed' END,
  verdict = 'human', known = 0, person = {base} + 1 + hash(id, 3) % 40000,
  subject = (hash(id, 4) % ({facts} / 50)::bigint)::varchar, quantity = 1,
  amount_site = CASE WHEN hash(id, 2) % 20 = 0 THEN -5 ELSE 10 + hash(id, 5) % 90 END
WHERE hash(id, 1) % 50 = 0
"""


def measure(folder: Path, days: int, rounds: int) -> float:
    """Print the seconds of both, and return ours."""
    import duckdb

    from zoco.kit.periods import micros
    from zoco.ledger import sitebook
    from zoco.ledger.store.opening import close, store
    from zoco.research import purchases
    from zoco.research.scores.scoring import Scale, scored

    facts = orders_made(folder)
    site = next(iter(sitebook.sites()))
    period = purchases.span_of(site, NOW, None)
    opened = store()
    sql = purchases.statement("rfm", purchases.customers, site=site, period=period, store=opened)
    close()
    bounds = {"start": "1971-01-01 00:00:00", "end": f"{END} 00:00:00"}
    by_hand = (SQL / "rfm.sql").read_text()
    ours: list[float] = []
    theirs: list[float] = []
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        same(
            con.execute(f"SELECT * FROM ({sql}) ORDER BY person").fetchall(),
            con.execute(by_hand, bounds).fetchall(),
        )
        for _ in range(rounds):
            theirs.append(spent(con, by_hand, bounds))
            began = time.process_time()
            bought = purchases.Bought.of_table(con.execute(sql).to_arrow_table())
            found = scored(bought, Scale(), micros(NOW))
            ours.append(time.process_time() - began)
    print(f"{facts:,} facts, {int(bought.purchases.sum()):,} orders of {len(bought):,} people")
    print(f"by hand, without scores: {min(theirs):.2f} s of the processor")
    print(f"ours: {min(ours):.2f} s of the processor, {min(ours) / min(theirs):.2f} of by hand")
    assert len(found.scores.cells) == len(bought)
    return min(ours)


def orders_made(folder: Path) -> int:
    """Make orders of some of the facts, once; returns how many facts there are."""
    import duckdb

    from zoco.people.models import NUMBER_BASE

    with duckdb.connect(str(folder / "ledger.duckdb"), config={"threads": 2}) as con:
        facts: int = con.execute("SELECT count(*) FROM facts").fetchall()[0][0]
        if not con.execute("SELECT count(*) FROM facts WHERE name = 'shop.order.placed'").fetchall()[0][0]:
            con.execute(MAKE.format(base=NUMBER_BASE, facts=facts))
            con.execute("CHECKPOINT")
    return facts


def same(ours: list[Any], theirs: list[Any]) -> None:
    """Stop where the two statements do not answer alike."""
    if len(ours) != len(theirs):
        raise SystemExit(f"The hand-written SQL finds {len(theirs)} people, not {len(ours)}.")
    for one, other in zip(ours, theirs, strict=True):
        if [float(each) for each in one] != [float(each) for each in other]:
            raise SystemExit(f"The hand-written SQL answers otherwise: {one} and {other}.")


if __name__ == "__main__":
    sys.exit(judged(__doc__, measure, SECONDS_MOST))
