"""What the worker does for the ledger again and again: the outbox is placed, spooled, told, pruned."""

import logging
from datetime import UTC, datetime

from zoco.kit.conf import DATA
from zoco.kit.periodic import PERIODIC, Periodic
from zoco.ledger.outbox import keeping, sequencer, subscribers
from zoco.ledger.spool import SpoolRefused, process_writer

log = logging.getLogger(__name__)


def outbox_spool() -> None:
    """Place what was committed and write it to the spool; what the spool refuses waits."""
    try:
        sequencer.tick(process_writer(DATA()))
    except SpoolRefused as error:
        log.warning("The outbox waits for the spool. error=%s", error)


def outbox_tell() -> None:
    """Tell subscribers of what is new."""
    subscribers.subscribers_load()
    subscribers.pump(now=datetime.now(UTC))


def outbox_prune() -> None:
    """Delete rows that nobody needs any more."""
    keeping.rows_prune(spool=DATA() / "spool", now=datetime.now(UTC))


PERIODIC.add(Periodic("ledger.outbox.spool", 0.3, outbox_spool))
PERIODIC.add(Periodic("ledger.outbox.tell", 0.3, outbox_tell))
PERIODIC.add(Periodic("ledger.outbox.prune", 3_600, outbox_prune))
