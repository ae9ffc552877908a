"""Waiting until what an import wrote can be queried, and counting what it added."""

from zoco.collector.logs.importing import Plan
from zoco.ledger.store.base import Store


class Loader:
    """Drains the spool through the store of this process, whoever leads."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        if self._store is None:
            from zoco.ledger.store.opening import store

            self._store = store()
        return self._store

    def drain(self) -> None:
        """Load what lies in the spool; returns when it can be queried."""
        self.store.drain()

    def added(self) -> int:
        """Return how many facts of this run are in the ledger: they carry the run's moment."""
        from zoco.ledger.engines import table
        from zoco.ledger.expr import moment, to_sql

        facts = table("facts")
        ours = facts.filter(
            facts.site == self.plan.site.id,
            facts.origin == "log",
            facts.received_at == moment(self.plan.received_at),
        )
        answer = self.store.query(to_sql(ours.aggregate(count=ours.count()), self.store.dialect))
        return int(answer.column("count")[0].as_py())
