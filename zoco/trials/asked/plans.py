"""What a trial takes, as it is kept: from `zoco.trials.analysis.history`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zoco.kit.runs import Tell
from zoco.trials.analysis.history import history, planned
from zoco.trials.choices import Unit
from zoco.trials.designs import SUMMED, Metric

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store


def metric_of(given: dict[str, Any], name: str = "") -> Metric:
    """Return the metric that is planned for; what was asked before there were more kinds says less of it."""
    return Metric(
        name, given["kind"], "primary", "" if given["kind"] == "retention" else given["goal"],
        per=given.get("per", "") if given["kind"] == "ratio" else "",
        of_amount=given["kind"] in SUMMED and given.get("of_amount", False),
        share=given.get("quantile", 0.99),
        window_days=given["window_days"], from_day=given.get("from_day", 1),
    )  # fmt: skip


def answered(
    site: SiteInfo, given: dict[str, Any], store: Store, *, now: datetime, tell: Tell
) -> dict[str, Any]:
    """Return the plan. Raises DesignWrong where there is too little, QueryFailed, StoreBusy."""
    found = history(site, metric_of(given), Unit(given["unit"]), store, now=now, tell=tell)
    tell(done=2)
    made = planned(
        found, lift=given["lift"] / 100, arms=given["arms"], power=given["power"] / 100,
        share=given["share"] / 100,
    )  # fmt: skip
    return {
        "units": found.estimate.n, "daily": found.daily, "daily_late": found.daily_late,
        "before": found.estimate.value,
        "after": found.estimate.value * (1 + given["lift"] / 100), "cap": found.cap,
        "fixed": asdict(made.fixed),
        "live": {name: getattr(made.live, name) for name in LIVE}, "error": made.live.course.error,
    }  # fmt: skip


LIVE = ("units", "days", "units_expected", "days_expected")
