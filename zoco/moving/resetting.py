"""A site begins anew: what was counted is erased in the background, what was set stays."""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from zoco.kit.runs import dead_fail
from zoco.ledger.erasing import databases_vacuum
from zoco.ledger.store.base import Store, StoreBusy
from zoco.moving.models import SiteReset
from zoco.sites import leaving

log = logging.getLogger(__name__)
State = SiteReset.State


def last_reset(site: int) -> SiteReset | None:
    """Return the newest reset of a site; one that died with its process is told so first."""
    dead_fail(SiteReset.objects.filter(site=site, state=State.RUNNING), failed=State.FAILED)
    return SiteReset.objects.filter(site=site).first()


def reset_begin(*, site: int, by: User | None, at: datetime, is_background: bool = True) -> SiteReset:
    """Ask for a reset, or return the one that is not over; one that died with its process has failed."""
    from zoco.moving.tasks import site_reset

    last_reset(site)
    try:
        with transaction.atomic():
            # Without a task nobody else would begin it: should this process die, it is told as dead.
            state = State.WAITING if is_background else State.RUNNING
            made = SiteReset.objects.create(site_id=site, asked_by=by, asked_at=at, told_at=at, state=state)
            if is_background:
                site_reset.enqueue(reset=made.pk)
    except IntegrityError:
        return SiteReset.objects.filter(site=site).latest("id")
    return made


def reset_through(*, key: int, store: Store) -> SiteReset | None:
    """Do a reset that was asked for; one that was cut off goes on with what is left.

    None when the site, or the reset, is gone. Raises what went wrong; it stands in the reset as well.
    """
    open_now = SiteReset.objects.filter(pk=key, state__in=[State.WAITING, State.RUNNING])
    is_mine = open_now.update(state=State.RUNNING, told_at=timezone.now())
    reset = SiteReset.objects.filter(pk=key).first()
    if reset is None or not is_mine:
        return reset
    try:
        _erase(reset, store)
    except StoreBusy:
        raise  # it heals: who tries again goes on
    except Exception as error:
        _over(key, State.FAILED, str(error)[:300])
        raise
    done = _over(key, State.DONE, "")
    log.info("Site reset. site=%s facts=%s", reset.site_id, done.facts)
    return done


def _erase(reset: SiteReset, store: Store) -> None:
    rows = SiteReset.objects.filter(pk=reset.pk)
    store.drain()
    there, _first = leaving.facts_until(store, reset.site_id, reset.asked_at)
    rows.update(total=F("facts") + there)

    def told(gone: int) -> None:
        rows.update(facts=F("facts") + gone, told_at=timezone.now())

    leaving.site_empty(store=store, site=reset.site_id, until=reset.asked_at, told=told)
    store.compact()
    databases_vacuum()


def _over(key: int, state: str, said: str) -> SiteReset:
    """Save how it ended, so that the log of changes has it with the count."""
    reset = SiteReset.objects.get(pk=key)
    reset.state, reset.said, reset.told_at = state, said, timezone.now()
    reset.total = max(reset.total, reset.facts)
    reset.save()
    return reset
