"""Paths before and after a fact: seconds of the processor over all facts of a site.

    python -m benchmarks.flows                         5 million facts over 90 days
    python -m benchmarks.flows --facts 20000000 --days 365 --data /a/folder

The facts are those of `benchmarks.reports`. The reference is what any answer must do at least: put the
pages of each visit in order by (time, id), once, and count. Statements run in turns on two threads, and the
fastest of several runs counts. "Any page" is of all visits; the bound is for paths from a fact that some of
them have.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.reports import END
from benchmarks.timed import judged, spent

SECONDS_MOST = 1.0
EVERY = "after any page"
ORDERED = """
SELECT before, count(*) FROM (
  SELECT lag(name) OVER (PARTITION BY session ORDER BY occurred_at, id) AS before FROM facts
  WHERE site = 1 AND verdict = 'human' AND session <> 0 AND name = 'web.page.served'
    AND occurred_at >= $start::timestamp AND occurred_at < $end::timestamp
) GROUP BY before
"""


def statements(days: int) -> dict[str, str]:
    """Write the report's statements."""
    from zoco.kit.periods import Period
    from zoco.ledger import expr, sitebook
    from zoco.ledger.asking.goals import Goal
    from zoco.ledger.report import report_named
    from zoco.ledger.scope import Facts
    from zoco.monitor.reports.flows.walks import EVERY_PAGE, Anchor, Walk

    section = Anchor(Goal("Section", "page", "/section-1/**"))
    money = Anchor(Goal("Money", "revenue"))
    walks = {
        EVERY: Walk(Anchor(Goal(EVERY_PAGE, "page", EVERY_PAGE))),
        "after a section": Walk(section),
        "before a section": Walk(section, is_back=True),
        "before money": Walk(money, is_back=True),
        "facts before money": Walk(money, what="fact", is_back=True),
    }
    period = Period(END - timedelta(days=days), END - timedelta(days=1), "UTC")
    report = report_named("flows")
    site = sitebook.sites()[0]
    return {
        name: expr.to_sql(report.query(Facts(site, period, given=walk), {}), "duckdb")
        for name, walk in walks.items()
    }


def measure(folder: Path, days: int, rounds: int) -> float:
    """Print the seconds of each, and return the most of those from a fact that some visits have."""
    import duckdb

    bounds = {"start": f"{END - timedelta(days=days)} 00:00:00", "end": f"{END} 00:00:00"}
    texts = statements(days)
    seconds: dict[str, list[float]] = {name: [] for name in texts}
    reference: list[float] = []
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        for _ in range(rounds):
            reference.append(spent(con, ORDERED, bounds))
            for name, text in texts.items():
                seconds[name].append(spent(con, text))
    print(f"in order once: {min(reference):.2f} s of the processor")
    for name, found in seconds.items():
        print(
            f"{name}: {min(found):.2f} s of the processor, {min(found) / min(reference):.2f} of in order once"
        )
    most: Any = max(min(found) for name, found in seconds.items() if name != EVERY)
    return float(most)


if __name__ == "__main__":
    sys.exit(judged(__doc__, measure, SECONDS_MOST))
