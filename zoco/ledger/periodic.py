"""What the worker does again and again: the outbox placed, spooled, told, pruned; the file written anew."""

import logging
from datetime import UTC, datetime

from zoco.kit.conf import DATA
from zoco.kit.periodic import PERIODIC, Periodic
from zoco.ledger.outbox import keeping, sequencer, subscribers
from zoco.ledger.spool import SpoolRefused, process_writer

log = logging.getLogger(__name__)

COMPACT_BYTES = 32 << 20


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


def ledger_compact() -> None:
    """Write the DuckDB file anew, without what retention and corrections left in it.

    A small file is left alone, and so is a ClickHouse, which merges by itself. Raises NoRoom.
    """
    from zoco.ledger.store import opening

    held = opening.store()
    if held.dialect == "duckdb":
        before = _ledger_bytes()
        if before >= COMPACT_BYTES:
            held.compact()
            log.info("Ledger written anew. bytes_before=%s bytes_after=%s", before, _ledger_bytes())


def _ledger_bytes() -> int:
    """Return the size of the file with its write-ahead log."""
    return sum(path.stat().st_size for path in DATA().glob("ledger.duckdb*"))


PERIODIC.add(Periodic("ledger.outbox.spool", 0.3, outbox_spool))
PERIODIC.add(Periodic("ledger.outbox.tell", 0.3, outbox_tell))
PERIODIC.add(Periodic("ledger.outbox.prune", 3_600, outbox_prune))
PERIODIC.add(Periodic("ledger.compact", 604_800, ledger_compact))
