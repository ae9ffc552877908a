"""What bots come for, which reports about them share."""

from zoco.ledger import expr
from zoco.ledger.expr import Table, Value
from zoco.sites.crawlers.bots import KINDS, Kind


def kind_of(rows: Table) -> Value:
    """Return what a bot comes for, by the list of names; "" for one that no list names.

    It depends on the reason alone: asked of groups rather than of facts, it costs nothing.
    """
    names = {kind: [name for name, its in KINDS.items() if its is kind] for kind in Kind}
    return expr.first_fitting(
        [(expr.among(rows.reason, listed), str(kind)) for kind, listed in names.items() if listed]
    )
