"""Paths to conversions against hand-written SQL: seconds of the processor over all facts of a site.

    python -m benchmarks.paths                         5 million facts over 90 days
    python -m benchmarks.paths --facts 20000000 --days 365 --data /a/folder

The facts are those of `benchmarks.reports`. Both gather the visits of 30 days before each conversion, and the
visits of everybody else, into equal paths; how often each led to a conversion or nowhere must be the same.
The report knows people, refunds and rare labels besides. Statements run in turns on two threads, and the
fastest of several runs counts. "Paths with moments" is what attribution is counted from.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.reports import END, SQL
from benchmarks.timed import judged, spent

SECONDS_MOST = 1.0


def statements(days: int) -> dict[str, str]:
    """Write the report's statement, and that of attribution."""
    from zoco.kit.periods import Period
    from zoco.ledger import expr, sitebook
    from zoco.ledger.asking.goals import Goal
    from zoco.ledger.report import report_named
    from zoco.ledger.scope import Facts
    from zoco.monitor.reports.conversions.defined import Definition
    from zoco.monitor.reports.conversions.touches import paths

    bought = Definition((Goal("Money", "revenue"),), 30)
    period = Period(END - timedelta(days=days), END - timedelta(days=1), "UTC")
    facts = Facts(sitebook.sites()[0], period, given=bought)
    report = report_named("conversion-paths").query(facts, {"by": "channel"})
    return {
        "the report": expr.to_sql(report.select("path", "conversions", "nowhere"), "duckdb"),
        "paths with moments": expr.to_sql(paths(facts, bought, "channel"), "duckdb"),
    }


def counted(rows: list[Any], names: int) -> list[tuple[str, int, int]]:
    """Return paths with their conversions and those that led nowhere, in order."""
    found = []
    for path, conversions, *_others, nowhere in rows:
        found.append((path if names else " → ".join(path), int(conversions), int(nowhere)))
    return sorted(found)


def measure(folder: Path, days: int, rounds: int) -> float:
    """Print the seconds of each statement, and return the most."""
    import duckdb

    bounds = {"start": f"{END - timedelta(days=days)} 00:00:00", "end": f"{END} 00:00:00"}
    by_hand = (SQL / "paths.sql").read_text()
    texts = statements(days)
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        ours = counted(con.execute(texts["the report"]).fetchall(), 1)
        theirs = counted(con.execute(by_hand, bounds).fetchall(), 0)
        if ours != theirs:
            raise SystemExit(f"The hand-written SQL finds other paths: {len(ours)} and {len(theirs)}.")
        seconds: dict[str, list[float]] = {name: [] for name in texts}
        reference = []
        for _ in range(rounds):
            reference.append(spent(con, by_hand, bounds))
            for name, text in texts.items():
                seconds[name].append(spent(con, text))
    print(f"by hand: {min(reference):.2f} s of the processor, {len(ours):,} different paths")
    for name, found in seconds.items():
        print(f"{name}: {min(found):.2f} s of the processor, {min(found) / min(reference):.2f} of by hand")
    return max(min(found) for found in seconds.values())


if __name__ == "__main__":
    sys.exit(judged(__doc__, measure, SECONDS_MOST))
