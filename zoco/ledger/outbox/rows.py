"""Rows of the outbox: written once, never changed but for their position."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connections, router, transaction

from zoco.kit.rows import rows_add
from zoco.ledger.models import OutboxRow
from zoco.ledger.schema import Fact


def database() -> str:
    """Return the alias of the database that holds the outbox."""
    return router.db_for_write(OutboxRow)


def rows_insert(
    *, lines: Sequence[tuple[Fact, str]], now: datetime, spooled_at: datetime | None = None
) -> None:
    """Insert facts with their encoded lines; ids that are there already are passed over.

    `spooled_at` is given for facts that came out of the spool.
    """
    fields = ("fact_id", "name", "site", "visitor", "person", "fact", "created_at", "spooled_at")
    named = str if connections[database()].features.has_native_uuid_field else _hex
    rows = [
        (named(fact.id), fact.name, fact.site, fact.visitor, fact.person, line, now, spooled_at)
        for fact, line in lines
    ]
    with transaction.atomic(using=database(), savepoint=False):
        rows_add(OutboxRow, fields, rows, is_ignoring=True)


def _hex(uuid: str) -> str:
    return uuid.replace("-", "")
