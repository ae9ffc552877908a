"""Erasing people from everything that the ledger is made of, and from whatever an app adds.

An app whose models hold visitors or persons registers an Eraser. `facts_erase` calls it after the
store has written the erasure down, `facts_erase_again` calls it after a restore; it must
delete what was written until then and bear being called twice. It need not give bytes back.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from zoco.kit.periods import micros, moment_at
from zoco.kit.plugs import Registry
from zoco.ledger.schema import decoder
from zoco.ledger.store.base import Erasure, Store
from zoco.ledger.store.erasures import Erasures
from zoco.ledger.store.joins import everything_of

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
Pairs = list[tuple[int, int]]


class Eraser(Protocol):
    """Erases from one app's models. `label` completes "12 …".

    One that holds whom it knows by hashes alone has `erase_again(book)` beside, called after a restore, and
    `held(erasure)`, which names the copies that hold them, for whoever asks what there is of him. One that
    needs time, or a place that may be away, has `owe(erasure)`, called before anything is erased: it writes
    down durably what is to be done. `keep(erasure)`, called before too, keeps what is to stay known. After a
    restore all are called for whomever any knows; too many to tell at once are found by `erased_in(book)`.
    """

    key: str
    label: str

    def erase(self, erasure: Erasure) -> int:
        """Delete; returns how many rows went."""

    def known(self) -> tuple[Pairs, Pairs]:
        """Return all (site, visitor), all (site, person) that it alone knows of; site 0 where it has none."""


ERASERS: Registry[Eraser] = Registry("eraser")


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows went: facts, and rows by the label of the eraser."""

    facts: int
    rows: dict[str, int]


@ERASERS.plug
class OutboxEraser:
    """Facts that wait in the outbox or were told of from there."""

    key = "outbox"
    label = "rows of the outbox"

    def erase(self, erasure: Erasure) -> int:
        """Delete rows of these visitors and persons."""
        from zoco.ledger.outbox.keeping import rows_erase

        return rows_erase(
            persons=erasure.persons,
            visitors=erasure.visitors,
            site=erasure.site,
            until=moment_at(erasure.at),
        )

    def known(self) -> tuple[Pairs, Pairs]:
        """Return whom the rows are about."""
        from zoco.ledger.models import OutboxRow
        from zoco.ledger.outbox.rows import database

        rows = OutboxRow.objects.using(database()).order_by()
        told = rows.filter(fact__contains='"known":').values_list("site", "fact")
        known = {(site, decoder.decode(fact).known) for site, fact in told.iterator()}
        return (
            [*rows.exclude(visitor=0).values_list("site", "visitor").distinct(), *known],
            list(rows.exclude(person=0).values_list("site", "person").distinct()),
        )


def facts_erase(
    *, store: Store, visitors: Iterable[int] = (), persons: Iterable[int] = (), site: int = 0, at: datetime
) -> Gone:
    """Erase at once, then rewrite the files so that the bytes are gone; returns what went.

    `site` 0 means all sites. What turns up later (a late segment, an import, an older backup) is
    erased when it does. Not guaranteed: bytes in backups, in put-aside data, in PostgreSQL's files; rows
    there are gone. Raises StoreBusy when a ClickHouse does not give the bytes back in time.

    With a person goes whoever was merged with him, and the known visitors that are joined to them.
    """
    wanted = set(persons)
    if wanted:
        store.drain()
    joined, whole = everything_of(store, wanted, site)
    erasure = Erasure(at=micros(at), site=site, visitors=(*{*visitors, *joined},), persons=(*sorted(whole),))
    for act in (getattr(each, name) for name in ("owe", "keep") for each in ERASERS if hasattr(each, name)):
        act(erasure)
    facts = store.erase(erasure)
    rows = {eraser.label: eraser.erase(erasure) for eraser in ERASERS}
    store.compact()
    databases_vacuum()
    return Gone(facts, rows)


def facts_erase_again(*, book: Erasures) -> Gone:
    """Erase from the databases whoever the book says was erased; the store sees to itself."""
    rows = {}
    known = zip(*(eraser.known() for eraser in ERASERS), strict=True)
    found = book.found_in(*([*set().union(*each)] for each in known))
    found += [one for each in ERASERS if hasattr(each, "erased_in") for one in each.erased_in(book)]
    for keep in (each.keep for each in ERASERS if hasattr(each, "keep")):
        for erasure in found:
            keep(erasure)
    for eraser in ERASERS:
        again = getattr(eraser, "erase_again", None)
        rows[eraser.label] = again(book) if again else sum(map(eraser.erase, found))
    databases_vacuum()
    return Gone(0, rows)


def copies_held(*, visitors: Iterable[int] = (), persons: Iterable[int] = (), site: int = 0) -> list[str]:
    """Name the copies of facts outside store and spool that hold one of these; all sites for 0."""
    whom = Erasure(at=0, site=site, visitors=tuple(visitors), persons=tuple(persons))
    asked = (getattr(eraser, "held", None) for eraser in ERASERS)
    return [name for held in asked if held is not None for name in held(whom)]


def databases_vacuum() -> None:
    """Give deleted bytes back: SQLite keeps them in free pages and in its write-ahead log."""
    from django.db import connections

    for connection in connections.all():
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
                _truncate(cursor)


def _truncate(cursor: "CursorWrapper") -> None:
    """Empty the write-ahead log, as soon as nobody reads from it."""
    late = time.monotonic() + PATIENCE_SECONDS
    while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > late:
            log.warning("The write-ahead log of SQLite is in use; its bytes go with the next checkpoint.")
            return
        time.sleep(0.05)
