"""The worker: background tasks, periodic work, and the ledger's first candidate for leadership."""
