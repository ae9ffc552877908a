"""The outbox: facts of the server on their way to the spool, and to those who subscribed to them.

`record()` (in `ledger.services`) writes rows, the `sequencer` gives them positions and spools them,
`subscribers` are told in that order, `copy` brings in facts that came another way, `keeping` takes
old rows away. This module imports no Django.
"""

from zoco.ledger.outbox.registry import SUBSCRIBERS, Subscriber, on, wanted_names

__all__ = ["SUBSCRIBERS", "Subscriber", "on", "wanted_names"]
