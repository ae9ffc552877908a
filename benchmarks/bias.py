"""Attribution's bias in the simulated company: what models credit campaigns with against what these changed.

usage: python -m benchmarks.bias [VISITORS [DAYS]]
The company knows of each campaign what its people would have bought without it. "Credited" is of the revenue
of all campaigns together; "bias" is how much more that is than was true; "off" is by how much credits of
campaigns differ from the truth, added up, as a share of it. "Everything" is what the campaigns touched.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

VISITORS, DAYS = 50_000, 365


def credits_by_campaign(folder: Path, until: datetime, days: int) -> dict[str, dict[str, float]]:
    """Return what each model credits each campaign with, by model."""
    from zoco.kit.periods import Period
    from zoco.ledger import expr
    from zoco.ledger.asking.goals import Goal
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.spool import SpoolFolder
    from zoco.ledger.store.duckdb.engine import Engine
    from zoco.monitor.attribution.counting import MODELS, model_of, paths_taken
    from zoco.monitor.reports.conversions.defined import Definition
    from zoco.monitor.reports.conversions.touches import paths
    from zoco.stats.attribution import UNIT, Credit, Measure, attribute
    from zoco.stats.attribution.credits import Enough

    site = SiteInfo(1, "demo", "Demo", "Europe/Madrid", "EUR", 0, "tracker", True)
    last: date = until.date()
    period = Period(last - timedelta(days=days + 1), last, site.zone)
    ordered = Definition((Goal("Order", "event", event="shop.order.placed"),), 30)
    sql = expr.to_sql(paths(Facts(site, period), ordered, "campaign"), "duckdb")
    spool = SpoolFolder(folder / "spool")
    engine = Engine(folder / "ledger.duckdb", spool=spool, memory="1GB", threads=2, temp=folder / "temp")
    try:
        engine.load(spool.closed())
        found = paths_taken(engine.reader(sql).read_all())
    finally:
        engine.close()
    credited = {}
    for key in MODELS:
        model = model_of(key, "campaign")
        each = attribute(found, model, measure=Measure.REVENUE, enough=Enough(0, 0), replicates=0)
        lines = [(line.label, line.credit) for line in each.lines]
        credited[key] = {label: got.units / UNIT for label, got in lines if isinstance(got, Credit)}
    return credited


def main(visitors: int = VISITORS, days: int = DAYS) -> None:
    """Make the company, credit its orders, and print a line for each model and campaign."""
    from zoco.testing.company import Plan, company_write

    until = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="zoco-bench-") as name:
        folder = Path(name)
        plan = Plan(site=1, until=until, visitors=visitors, days=days)
        written = company_write(plan, folder / "spool", "bias")
        credited = credits_by_campaign(folder, until, days)
    told(written.truth.campaigns, credited)


def told(campaigns: list[Any], credited: dict[str, dict[str, float]]) -> None:
    """Print the truth, and how each model stands to it."""
    truth = {each.code: float(each.incremental_revenue) for each in campaigns}
    whole = sum(truth.values())
    touched = sum(float(each.with_it.revenue) for each in campaigns)
    print(f"true effect of {len(truth)} campaigns: {whole:,.0f}; all that they touched: {touched:,.0f}")
    for model, by_code in credited.items():
        mine = {code: by_code.get(code, 0.0) for code in truth}
        together = sum(mine.values())
        off = sum(abs(mine[code] - truth[code]) for code in truth) / whole
        print(f"{model:16} credited {together:10,.0f}  bias {together / whole - 1:+7.0%}  off {off:6.0%}")
    print("\ncampaign            true effect " + "".join(f"{model[:9]:>10}" for model in credited))
    for code, effect in truth.items():
        figures = "".join(f"{by_code.get(code, 0.0):10,.0f}" for by_code in credited.values())
        print(f"{code:18} {effect:12,.0f} {figures}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
