"""Waiting until what an import wrote can be queried, and counting what it added."""

import os

from zoco.collector.logs.importing import Plan
from zoco.kit import conf
from zoco.ledger.store.base import Store

# An import that leads the ledger itself keeps to this, unless the settings say otherwise.
MEMORY = "100MB"


class Loader:
    """Loads what lies in the spool through the store of this process, whoever leads."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        if self._store is None:
            from zoco.ledger.store.opening import store

            _be_modest()
            self._store = store()
        return self._store

    def written(self) -> None:
        """Load what was written before more is read: both at once take turns at the same caches, and
        together cost a third more.
        """
        self.store.drain()

    def drain(self) -> None:
        """Load everything; returns when it can be queried."""
        self.store.drain()

    def added(self) -> int:
        """Return how many facts of this run are in the ledger: they carry the run's moment."""
        from zoco.ledger.store.counting import count_received

        plan = self.plan
        return count_received(self.store, site=plan.site.id, origin="log", received_at=plan.received_at)


def _be_modest() -> None:
    """Ask for less memory and one thread of the engine: the lines are read beside it."""
    for setting, ours in ((conf.MEMORY, MEMORY), (conf.THREADS, "1")):
        if setting() == setting.default:
            os.environ[f"ZOCO_{setting.name}"] = ours
