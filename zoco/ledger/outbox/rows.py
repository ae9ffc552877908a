"""Rows of the outbox: written once, never changed but for their position."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import router

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
    rows = [
        OutboxRow(
            fact_id=UUID(fact.id),
            name=fact.name,
            site=fact.site,
            visitor=fact.visitor,
            person=fact.person,
            fact=line,
            created_at=now,
            spooled_at=spooled_at,
        )
        for fact, line in lines
    ]
    OutboxRow.objects.using(database()).bulk_create(rows, batch_size=500, ignore_conflicts=True)
