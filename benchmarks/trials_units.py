"""A trial of a million units: the processor's seconds for all of it, against one statement written by hand.

    python -m benchmarks.trials_units                   1,000,000 visitors, each with a page and an exposure
    python -m benchmarks.trials_units 200000

By hand is what somebody asks of the same file who trusts what browsers say: units and those who did it, by
arm. Ours reads units, works out again which arm each is dealt, holds guards, and compares two metrics, one of
them money, with the Bayesian view. Both must count the same units and the same successes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 3, 2, tzinfo=UTC)
RATIO_MOST = 30.0
BY_HAND = """
WITH e AS (
  SELECT visitor, arg_min(json_extract_string(props, '$.arm'), occurred_at) AS arm, min(occurred_at) AS first
  FROM facts WHERE name = 'trials.arm.shown' AND subject = 'headline' AND verdict = 'human' GROUP BY visitor
), d AS (
  SELECT e.visitor, count(*) AS done, sum(f.amount_site) AS money FROM facts f JOIN e USING (visitor)
  WHERE f.name = 'web.event.sent' AND f.occurred_at >= e.first AND f.occurred_at < e.first + INTERVAL 1 DAY
  GROUP BY e.visitor
)
SELECT arm, count(*), count(done), sum(coalesce(money, 0)), var_samp(coalesce(money, 0))
FROM e LEFT JOIN d USING (visitor) GROUP BY arm ORDER BY arm
"""
MADE = """
INSERT INTO facts BY NAME
SELECT gen_random_uuid() AS id, 1 AS row_version, 1 AS site, 'tracker' AS origin,
  TIMESTAMPTZ '2026-03-02 00:00:00+00'
    + to_microseconds((hash(u.visitor, 1) % 432000000000)::bigint + {later})
    AS occurred_at,
  occurred_at AS received_at, '{name}' AS name, u.visitor, 'human' AS verdict, '/' AS path,
  '{kind}' AS subject_kind, '{subject}' AS subject, {props} AS props, {money} AS amount_site
FROM u WHERE {where}
"""


def trial_made() -> Any:
    """Return a trial that is over, of no database."""
    from zoco.trials.designs import ArmPlan, Metric, kept_of
    from zoco.trials.models import Trial

    metrics = (
        Metric("Signed up", "proportion", "primary", "Sign up"),
        Metric("Revenue", "revenue", "secondary", "Sign up"),
    )
    return Trial(
        pk=1, site_id=1, key="headline", name="Headline", arms=kept_of([ArmPlan("a"), ArmPlan("b")]),
        metrics=kept_of(metrics), unit="visitor", state="stopped", started_at=START, hash_site=1,
        ended_at=START + timedelta(days=6), units_planned=1_000_000,
    )  # fmt: skip


def facts_made(folder: Path, trial: Any, units: int) -> None:
    """Write pages, exposures and what came of them into a ledger, past its spool."""
    import duckdb
    import numpy as np
    import pyarrow as pa

    from zoco.ledger.store.duckdb.store import DuckStore
    from zoco.trials.deciding import dealer

    DuckStore(folder, lead=True).close()
    deal = dealer(trial)
    visitors = np.random.default_rng(1).integers(1, 1 << 62, units)
    u = pa.table({"visitor": visitors, "arm": [deal(each, None) for each in visitors.tolist()]})
    page = {
        "later": 0,
        "name": "web.page.viewed",
        "kind": "",
        "subject": "",
        "props": "NULL",
        "money": "NULL",
    }
    shown = page | {"later": 1_000_000, "name": "trials.arm.shown", "kind": "trial", "subject": "headline"}
    done = page | {"later": 60_000_000, "name": "web.event.sent", "kind": "event", "subject": "sign up"}
    rate = "hash(u.visitor, 2) % 1000 < CASE u.arm WHEN 'a' THEN 100 ELSE 103 END"
    with duckdb.connect(str(folder / "ledger.duckdb")) as con:
        con.register("u", u)
        con.execute(MADE.format(**page, where="true"))
        con.execute(MADE.format(**(shown | {"props": "json_object('arm', u.arm)"}), where="true"))
        con.execute(MADE.format(**(done | {"money": "1 + hash(u.visitor, 3) % 90"}), where=rate))


def ours(folder: Path, trial: Any) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the figures and the seconds of each part."""
    from zoco.ledger import sitebook
    from zoco.ledger.store.duckdb.store import DuckStore
    from zoco.trials.analysis.figures import Sampled, scope_of

    site = next(iter(sitebook.sites()))
    store, seconds = DuckStore(folder, lead=True), {}
    began = time.process_time()
    sampled = Sampled(trial, scope_of(trial, site, START + timedelta(days=9)), store)
    seconds["units, and which arm each was dealt"] = time.process_time() - began
    began = time.process_time()
    found = sampled.counts()
    seconds["guards"] = time.process_time() - began
    found["metrics"] = []
    for metric in trial.metrics_planned:
        began = time.process_time()
        found["metrics"].append(sampled.metric(metric))
        seconds[metric.name] = time.process_time() - began
    store.close()
    return found, seconds


def by_hand(folder: Path) -> tuple[list[Any], float]:
    """Return what the statement says, and its seconds."""
    import duckdb

    with duckdb.connect(str(folder / "ledger.duckdb"), read_only=True, config={"threads": 2}) as con:
        began = time.process_time()
        return con.execute(BY_HAND).fetchall(), time.process_time() - began


def measure(folder: Path, units: int) -> bool:
    """Print both; return whether they agree and the bound is kept."""
    trial = trial_made()
    facts_made(folder, trial, units)
    found, seconds = ours(folder, trial)
    rows, reference = by_hand(folder)
    first, money = (each["arms"] for each in found["metrics"])
    same = [(arm, n, done) for arm, n, done, _sum, _var in rows] == [
        (arm, first[arm]["n"], round(first[arm]["value"] * first[arm]["n"])) for arm in ("a", "b")
    ] and all(abs(money[arm]["value"] * n / float(paid) - 1) < 0.2 for arm, n, _d, paid, _v in rows)
    whole = sum(seconds.values())
    print(f"A trial of {units:,} units, its facts {2 * units:,} and more")
    for name, each in seconds.items():
        print(f"  {name:<40} {each:8.2f} s")
    print(f"  {'whole analysis':<40} {whole:8.2f} s   {whole / units * 1e6:.1f} µs a unit")
    print(f"  {'one statement by hand':<40} {reference:8.2f} s   {whole / reference:.1f} times")
    print("  the same counted" if same else "  NOT THE SAME COUNTED")
    return same and whole <= RATIO_MOST * reference


def main() -> int:
    """Run; 1 where both disagree or the bound is not kept."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZOCO_DATA"] = folder
        import django

        django.setup()
        from zoco.ledger import sitebook
        from zoco.ledger.asking import goals
        from zoco.ledger.asking.goals import Goal
        from zoco.ledger.tests.reports.made import SITE

        sitebook._providers[:] = [lambda: [SITE]]
        goals.provide(lambda _site: (Goal("Sign up", "event", event="sign up"),))
        units = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
        return 0 if measure(Path(folder), units) else 1


if __name__ == "__main__":
    raise SystemExit(main())
