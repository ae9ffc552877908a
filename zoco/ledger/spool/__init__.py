"""The spool: a folder of append-only segments, the one way into the store. No Django."""

from zoco.ledger.spool.bulk import BulkSegment, BulkTable
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.spool.writer import SpoolFull, SpoolRefused, SpoolWriter, process_writer

__all__ = [
    "BulkSegment",
    "BulkTable",
    "SpoolFolder",
    "SpoolFull",
    "SpoolRefused",
    "SpoolWriter",
    "process_writer",
]
