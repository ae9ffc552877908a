"""A pass over a site's days: visits are judged by what they did, and what comes out otherwise is written.

Nothing is thrown away: a verdict and its reason change. A second pass changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zoco.collector.behaviour import evidence, signs
from zoco.collector.behaviour.reasons import REASONS, VERDICTS
from zoco.kit.periods import Period, moment_at
from zoco.ledger import expr
from zoco.ledger.expr import Table
from zoco.ledger.store.evidence import next_sql, span_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Dialect, Store

DAY = signs.DAY
RECENT_DAYS = 3


@dataclass(slots=True)
class Passed:
    """What one run did: facts of the days gone through, and how many came out otherwise."""

    facts: int = 0
    changed: int = 0
    without_evidence: int = 0


def changes(site: int, period: Period, until: int) -> Table:
    """Return the facts whose verdict comes out otherwise: id (text), occurred_at, verdict, reason.

    `until` is the moment up to which facts are known, in UTC microseconds.
    """
    import ibis

    facts = signs.candidates(site, period)
    rows = evidence.judged(signs.joined(facts), until)
    rows = rows.filter(rows.found != "")
    found = rows.group_by("session", "day").aggregate(found=rows.found.max())
    facts = facts.left_join(found, ["session", "day"])
    reason = facts.found.fill_null("")
    facts = facts.mutate(due=reason)
    verdict = ibis.cases(*((facts.due == each, VERDICTS[each]) for each in REASONS), else_="human")
    facts = facts.mutate(due_verdict=verdict)
    facts = facts.filter((facts.reason != facts.due) | (facts.verdict != facts.due_verdict))
    return facts.select(
        id=facts.id.cast("string"), occurred_at="occurred_at", verdict="due_verdict", reason="due"
    )


@lru_cache(maxsize=64)
def changes_sql(dialect: "Dialect", site: int, period: Period, until: int) -> str:
    """Return `changes` in an engine's words."""
    return expr.to_sql(changes(site, period, until), dialect)


def day_pass(store: "Store", site: int, period: Period, until: int, *, is_trial: bool = False) -> int:
    """Judge the visits of some days (UTC) and return how many facts changed or would."""
    table = store.query(changes_sql(store.dialect, site, period, until))
    if table.num_rows and not is_trial:
        store.reclassify(site, _writable(table))
    return int(table.num_rows)


def recent_pass(store: "Store", site: int, now: int) -> int:
    """Judge the visits of the last days, today among them, and return how many facts changed."""
    today = moment_at(now).date()
    return day_pass(store, site, Period(today - timedelta(days=RECENT_DAYS - 1), today, "UTC"), now)


def history_pass(
    store: "Store",
    site: int,
    now: int,
    *,
    is_trial: bool = False,
    progress: Callable[[Passed, int], None] = lambda done, total: None,
) -> Passed:
    """Go through all days of a site; one that was stopped is begun again and finds its work done."""
    done = Passed()
    span = store.query(span_sql(site)).to_pylist()[0]
    total = int(span["facts"])
    for period, left in _days(store, site, span["first"]) if total else ():
        done.changed += day_pass(store, site, period, now, is_trial=is_trial)
        done.facts = total - left
        progress(done, total)
    return done


def _days(store: "Store", site: int, first: datetime) -> Iterator[tuple[Period, int]]:
    """Yield the days (UTC) that hold facts, with the number of facts after each."""
    row: dict[str, Any] = {"facts": 1, "first": first}
    while row["facts"]:
        on = row["first"].date()
        period = Period(on, on, "UTC")
        row = store.query(next_sql(site, period.end)).to_pylist()[0]
        yield period, int(row["facts"])


def _writable(table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    found = {name: table[name].cast(pa.string()) for name in ("id", "verdict", "reason")}
    found["occurred_at"] = table["occurred_at"].cast(pa.timestamp("us"))
    return pa.table(found)
