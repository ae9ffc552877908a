"""What tables of contracts say is worked out in the background: kind by kind, stopped, gone on with.

Each kind is kept as soon as it is there: whoever goes on, or comes after a kill, does the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.kit.runs import Tell
from zoco.kit.said import Said
from zoco.research.contracts.working import kinds_of, worked
from zoco.research.models import ContractTable
from zoco.sites.models import Site
from zoco.sites.runs import ENDED, Runs

State = ContractTable.State
# Only these are changed, and gone on with.
ENDS = (State.DONE, State.STOPPED, State.FAILED)


class TableUnderWay(Said, ValueError):
    """What a table says is being worked out; it cannot be changed meanwhile."""


def _enqueue(key: int) -> None:
    from zoco.research.tasks import contracts_do

    contracts_do.enqueue(table=key)


RUNS = Runs(
    model=ContractTable, held_in="contracts", enqueue=_enqueue, waiting=State.WAITING, working=State.RUNNING,
    places="places", unforeseen=ENDED, tell_seconds=0.0,
)  # fmt: skip


def table_keep(*, table: ContractTable, at: datetime) -> ContractTable:
    """Keep a new table and have it worked out. Raises ValidationError where a site has no room for it."""
    table.state, table.told_at = State.WAITING, at
    with transaction.atomic():
        Site.objects.select_for_update().get(pk=table.site_id)  # or two at once would both be the last
        table.clean()
        return RUNS.begin(table)


def table_change(*, key: int, fill: Callable[[ContractTable], None], at: datetime) -> None:
    """Change a table and have it worked out anew. Raises TableUnderWay while it is being worked out."""
    with transaction.atomic():
        table = ContractTable.objects.select_for_update().filter(pk=key, state__in=ENDS).first()
        if table is None:
            words = gettext_noop(
                "What this table says is being worked out; stop it or wait until it is done, then change it."
            )
            raise TableUnderWay(words)
        fill(table)
        table.found, table.state, table.told_at = {}, State.WAITING, at
        table.is_to_stop, table.said, table.places = False, "", {}
        table.save()
        _enqueue(table.pk)


def table_again(*, table: ContractTable) -> bool:
    """Work out what is not there yet of one that was stopped or failed; returns whether it begins."""
    return RUNS.again(table)


def table_through(*, key: int) -> ContractTable | None:
    """Work a table out; one that was cut off goes on. What went wrong stands in it."""
    return RUNS.through(key, _work)


def _work(table: ContractTable, _scratch: Path, tell: Tell) -> None:
    kinds = kinds_of(table)
    found = list(table.found.get("groups", ()))
    tell()
    for each in worked(table, kinds[len(found) :]):
        found.append(each)
        tell(found={"groups": found})
    table.found = {"groups": found}


def look() -> int:
    """Have tables worked out that nobody queued, such as of a site that moved here; returns how many.

    Those whose process died have failed from then on.
    """
    RUNS.look()
    fresh = RUNS.rows.filter(state=State.NEW)
    return sum(RUNS.again_from(fresh, table) for table in fresh.order_by("pk"))
