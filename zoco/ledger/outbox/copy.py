"""Facts that reached the spool another way (tracker, API): copied for subscribers before they go.

The drain calls `copy_from_segment` with each loaded segment before it removes the file.
"""

import mmap
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from django.db import connections

from zoco.ledger.outbox.registry import wanted_names
from zoco.ledger.outbox.rows import database, rows_insert
from zoco.ledger.outbox.subscribers import subscribers_load
from zoco.ledger.schema import Fact, decoder
from zoco.ledger.spool.segment import TABLE
from zoco.ledger.store import opening

# History is no news: nobody is thanked for an order that was imported or made up.
LIVE = frozenset({"tracker", "server"})
BATCH = 500


def copy_from_segment(path: Path) -> None:
    """Copy the live facts of a segment that somebody subscribed to; ids already there add nothing.

    May run twice for a segment. Raises what the database raises, and then the segment must stay.
    A table is never live.
    """
    if path.suffix == TABLE:
        return
    subscribers_load()
    names = wanted_names()
    if not names or not path.exists() or not path.stat().st_size:
        return
    connection = connections[database()]
    if not connection.in_atomic_block:  # a broken one would stay; inside a transaction it is the caller's
        connection.close_if_unusable_or_obsolete()
    batch: list[tuple[Fact, str]] = []
    for line in _lines_named(path, names):
        fact = _read(line)
        if fact is None or fact.name not in names or fact.origin not in LIVE:
            continue
        if opening.is_erased(fact):
            continue
        batch.append((fact, line.decode()))
        if len(batch) == BATCH:
            _copy(batch)
            batch = []
    _copy(batch)


def _copy(batch: list[tuple[Fact, str]]) -> None:
    if batch:
        now = datetime.now(UTC)
        rows_insert(lines=batch, now=now, spooled_at=now)


def _read(line: bytes) -> Fact | None:
    """Decode a line; the drain has set aside what is no fact."""
    try:
        return decoder.decode(line)
    except msgspec.MsgspecError:
        return None


def _lines_named(path: Path, names: frozenset[str]) -> Iterator[bytes]:
    """Yield the lines in which one of the names stands, without decoding the others."""
    wanted = re.compile(b'"(?:' + b"|".join(re.escape(name.encode()) for name in sorted(names)) + b')"')
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        at = 0
        while found := wanted.search(text, at):
            start = text.rfind(b"\n", 0, found.start()) + 1
            end = text.find(b"\n", found.end())
            end = len(text) if end < 0 else end
            yield text[start:end]
            at = end
