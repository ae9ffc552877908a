"""A ledger of either engine with simulated facts, and the figures of a trial out of it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from zoco.ledger import sitebook
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import load
from zoco.ledger.tests.store import chdb
from zoco.trials.analysis.concluding import concluded
from zoco.trials.analysis.figures import Sampled, scope_of
from zoco.trials.deciding import dealt_arm
from zoco.trials.models import Trial
from zoco.trials.tests.simulated import (
    Visits,
)


def store_of(engine: str, folder: Path) -> Store:
    """Return a ledger of an engine of its own."""
    return DuckStore(folder, lead=True) if engine == "duckdb" else chdb.opened(folder / "spool")


def worked_out(trial: Trial, store: Store, until: datetime) -> dict[str, Any]:
    site = next(each for each in sitebook.sites() if each.id == 1)
    sampled = Sampled(trial, scope_of(trial, site, until), store)
    result = sampled.counts() | {"metrics": [sampled.metric(each) for each in trial.metrics_planned]}
    return concluded(trial, result, until)


def put(store: Store, folder: Path, made: Visits) -> None:
    load(folder, made.facts)
    store.drain()


def of_arm(trial: Trial, arm: str, count: int) -> list[int]:
    """Return visitors that are dealt an arm."""
    return [each for each in range(1, 400) if dealt_arm(trial, each) == arm][:count]
