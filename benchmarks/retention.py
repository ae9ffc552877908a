"""Retention against hand-written SQL: seconds of the processor over all facts of a site.

    python -m benchmarks.retention                      5 million facts over 90 days, the last 30 of them
    python -m benchmarks.retention --facts 20000000 --days 365 --data /a/folder

The facts are those of `benchmarks.reports`; first and coming back are any page view, by week. Both
statements run in turns on two threads, and the fastest of several runs counts. Their figures must agree.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from math import isclose
from pathlib import Path
from typing import Any

from benchmarks.reports import END, NOW, SQL
from benchmarks.timed import judged, spent

SECONDS_MOST = 1.5
PERIOD_DAYS = 30
COLUMNS = 7
KINDS: tuple[dict[str, str], ...] = (
    {"grain": "week"},
    {"grain": "week", "kind": "rolling"},
    {"grain": "day"},
    {"grain": "day", "kind": "bracket"},
    {"grain": "month"},
    {"grain": "week", "first": "Page", "back": "Money"},
)


def statement_of(params: Mapping[str, str]) -> str:
    """Write the report's statement."""
    from zoco.ledger.asking.question import Question
    from zoco.ledger.asking.statements import statement
    from zoco.ledger.report import report_named

    report = report_named("retention")
    period = f"{END - timedelta(days=PERIOD_DAYS)}..{END - timedelta(days=1)}"
    question = Question.from_address({"period": period, "size": "1000", **params}, report=report, now=NOW)
    return statement.page_sql(statement.Asked.of(report, question, "duckdb"))


def same(ours: list[Any], theirs: list[Any]) -> None:
    """Stop where the two statements do not answer alike, but for the last digits of bounds."""
    for one, other in zip(ours, theirs, strict=True):
        pairs = zip(one[:COLUMNS], other, strict=True)
        if not all(
            a == b or (a is not None and b is not None and isclose(a, b, abs_tol=1e-9)) for a, b in pairs
        ):
            raise SystemExit(f"The hand-written SQL answers otherwise: {one[:COLUMNS]} and {other}.")


def measure(folder: Path, _days: int, rounds: int) -> float:
    """Print the seconds of each kind, and return the most."""
    import duckdb

    bounds = {"start": f"{END - timedelta(days=PERIOD_DAYS)} 00:00:00", "end": f"{END} 00:00:00"}
    by_hand = (SQL / "retention.sql").read_text()
    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        texts = [statement_of(params) for params in KINDS]
        same(con.execute(texts[0]).fetchall(), con.execute(by_hand, bounds).fetchall())
        ours: list[list[float]] = [[] for _kind in KINDS]
        theirs = []
        for _ in range(rounds):
            theirs.append(spent(con, by_hand, bounds))
            for found, text in zip(ours, texts, strict=True):
                found.append(spent(con, text))
    print(f"by hand: {min(theirs):.2f} s of the processor")
    for params, found in zip(KINDS, ours, strict=True):
        said = ", ".join(params.values())
        print(f"{said}: {min(found):.2f} s of the processor, {min(found) / min(theirs):.2f} of by hand")
    return max(min(found) for found in ours)


if __name__ == "__main__":
    sys.exit(judged(__doc__, measure, SECONDS_MOST))
