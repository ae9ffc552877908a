"""A funnel of five steps against hand-written joins: seconds of the processor over all facts of a site.

    python -m benchmarks.funnel                         5 million facts over 90 days
    python -m benchmarks.funnel --facts 20000000 --days 365 --data /a/folder

The facts are those of `benchmarks.reports`. The joins count people alone; the report says besides who may
still come and how long it took. Statements run in turns on two threads, and the fastest of several runs
counts; the people must be the same. "any page" is a funnel that nearly everybody enters,
"to money" one whose last step may be given back; the rest are parts and days. Of "any page, by day",
where nearly everybody begins anew each day, the seconds are told and not bounded.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.reports import END, SQL
from benchmarks.timed import judged, spent

SECONDS_MOST = 2.0
DAY_SECONDS = 86_400
UNBOUNDED = "any page, by day"


def funnels() -> dict[str, Any]:
    """Return the funnels by name; the first is the one that is written by hand as well."""
    from zoco.ledger.asking.goals import Goal
    from zoco.monitor.reports.funnels.chains import Funnel

    sections = tuple(Goal(f"Section {n}", "page", f"/section-{n}/**") for n in range(5))
    anywhere = (Goal("Any", "page", "/**"), *sections[1:3])
    week = 7 * DAY_SECONDS
    return {
        "in all": Funnel("In all", sections, week),
        "for each step": Funnel("Each", sections, week, is_each=True),
        "strict": Funnel("Strict", sections, week, is_strict=True),
        "any page": Funnel("Any", anywhere, week),
        "to money": Funnel("Money", (*sections[:2], Goal("Money", "revenue")), week),
    }


def statements(days: int) -> dict[str, str]:
    """Write the statements of the funnels, of one by device, and of two by day."""
    every = funnels()
    trend = {"step": "", "of": "first", "grain": "day"}
    return {name: statement_of(funnel, days) for name, funnel in every.items()} | {
        "by device": statement_of(every["in all"], days, by="device"),
        "by day": statement_of(every["in all"], days, "funnel_trend", **trend),
        UNBOUNDED: statement_of(every["any page"], days, "funnel_trend", **trend),
    }


def statement_of(funnel: Any, days: int, key: str = "funnel", **params: str) -> str:
    """Write a report's statement."""
    from zoco.kit.periods import Period
    from zoco.ledger import expr, sitebook
    from zoco.ledger.report import report_named
    from zoco.ledger.scope import Facts

    period = Period(END - timedelta(days=days), END - timedelta(days=1), "UTC")
    facts = Facts(sitebook.sites()[0], period, given=funnel)
    table = report_named(key).query(facts, {"funnel": "", "by": "", **params})
    if key == "funnel" and not params:
        table = table.order_by("step").select("people", "step", "not_yet", "spent")
    return expr.to_sql(table, "duckdb")


def measure(folder: Path, days: int, rounds: int) -> float:
    """Print the seconds of each funnel, and return the most."""
    import duckdb

    bounds = {"start": f"{END - timedelta(days=days)} 00:00:00", "end": f"{END} 00:00:00"}
    by_hand = (SQL / "funnel.sql").read_text()
    texts = statements(days)
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        ours = [int(row[0]) for row in con.execute(texts["in all"]).fetchall()]
        joined = [int(row[0]) for row in con.execute(by_hand, bounds).fetchall()]
        if ours != joined:
            raise SystemExit(f"The joins count other people: {ours} and {joined}.")
        seconds: dict[str, list[float]] = {name: [] for name in texts}
        theirs = []
        for _ in range(rounds):
            theirs.append(spent(con, by_hand, bounds))
            for name, text in texts.items():
                seconds[name].append(spent(con, text))
    print(f"joins: {min(theirs):.2f} s of the processor; people {joined}")
    for name, found in seconds.items():
        print(f"{name}: {min(found):.2f} s of the processor, {min(found) / min(theirs):.2f} of the joins")
    return max(min(found) for name, found in seconds.items() if name != UNBOUNDED)


if __name__ == "__main__":
    sys.exit(judged(__doc__, measure, SECONDS_MOST))
