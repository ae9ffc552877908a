"""A site begins anew: what was counted is erased in the background, what was set stays."""

import logging
from datetime import datetime
from functools import partial
from pathlib import Path

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from zoco.kit import noting
from zoco.kit.runs import Tell
from zoco.ledger.erasing import databases_vacuum
from zoco.ledger.store.base import Store, StoreBusy
from zoco.moving.models import SiteReset
from zoco.moving.running import HELD
from zoco.sites import leaving
from zoco.sites.runs import Runs

log = logging.getLogger(__name__)
State = SiteReset.State


def _enqueue(key: int) -> None:
    from zoco.moving.tasks import site_reset

    site_reset.enqueue(reset=key)


def _lock(reset: SiteReset) -> str:
    return f"reset-{reset.pk}"


def _told(reset: SiteReset) -> None:
    """Let the log of changes say how it ended, with the count, which grew without its notice."""
    told: dict[str, list[object]] = {
        "state": [State.RUNNING, reset.state],
        "facts": [0, reset.facts],
        "said": ["", reset.said],
    }
    noting.note(
        action="changed", kind="zoco_moving.sitereset", name=str(reset), by=reset.asked_by,
        details={name: pair for name, pair in told.items() if pair[0] != pair[1]},
    )  # fmt: skip


RUNS = Runs(
    model=SiteReset,
    held_in=HELD,
    enqueue=_enqueue,
    lock=_lock,
    waiting=State.WAITING,
    working=State.RUNNING,
    heals=(StoreBusy,),  # who tries again goes on
    over=_told,
)


def last_reset(site: int) -> SiteReset | None:
    """Return the newest reset of a site; one that died with its process is told so first."""
    RUNS.look(site=site)
    return SiteReset.objects.filter(site=site).first()


def reset_begin(*, site: int, by: User | None, at: datetime, is_background: bool = True) -> SiteReset:
    """Ask for a reset, or return the one that is not over.

    One that died with its process has failed; where it is done here and now, it is gone on with instead.
    """
    made = SiteReset(site_id=site, asked_by=by, asked_at=at, told_at=at, state=State.RUNNING)
    try:
        if is_background:
            last_reset(site)
            made.state = State.WAITING
            return RUNS.begin(made)
        with transaction.atomic():
            # Without a task nobody else would begin it: should this process die, it is told as dead.
            made.save(force_insert=True)
    except IntegrityError:
        return SiteReset.objects.filter(site=site).latest("id")
    return made


def reset_through(*, key: int, store: Store) -> SiteReset | None:
    """Do a reset that was asked for; one that was cut off goes on with what is left.

    None when the site, or the reset, is gone; one that is not over is another process's. Raises what went
    wrong; it stands in the reset as well.
    """
    return RUNS.through(key, partial(_erase, store))


def _erase(store: Store, reset: SiteReset, _scratch: Path, _tell: Tell) -> None:
    rows = SiteReset.objects.filter(pk=reset.pk)
    store.drain()

    def told(gone: int, left: int) -> None:
        facts, total = rows.values_list("facts", "total").get()
        reset.facts = facts + leaving.went(gone, total - facts, left)
        reset.total = reset.facts + left
        rows.update(facts=reset.facts, total=reset.total, told_at=timezone.now())

    leaving.site_empty(store=store, site=reset.site_id, until=reset.asked_at, told=told)
    store.compact()
    databases_vacuum()
    log.info("Site reset. site=%s facts=%s", reset.site_id, reset.facts)
