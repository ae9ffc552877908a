"""A site begins anew: what was counted is erased in the background, what was set stays."""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from zoco.kit import holding, noting
from zoco.kit.runs import beating, dead_fail
from zoco.ledger.erasing import databases_vacuum
from zoco.ledger.store.base import Store, StoreBusy
from zoco.moving.models import SiteReset
from zoco.moving.running import HELD
from zoco.sites import leaving

log = logging.getLogger(__name__)
State = SiteReset.State


def last_reset(site: int) -> SiteReset | None:
    """Return the newest reset of a site; one that died with its process is told so first."""
    running = SiteReset.objects.filter(site=site, state=State.RUNNING)
    dead_fail(running, failed=State.FAILED, is_held=_is_held)
    return SiteReset.objects.filter(site=site).first()


def _is_held(reset: SiteReset) -> bool:
    return holding.is_held(HELD, f"reset-{reset.pk}")


def reset_begin(*, site: int, by: User | None, at: datetime, is_background: bool = True) -> SiteReset:
    """Ask for a reset, or return the one that is not over.

    One that died with its process has failed; where it is done here and now, it is gone on with instead.
    """
    from zoco.moving.tasks import site_reset

    if is_background:
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

    None when the site, or the reset, is gone; one that is not over is another process's. Raises what went
    wrong; it stands in the reset as well.
    """
    with holding.held(HELD, f"reset-{key}", seconds=holding.MOMENT) as folder:
        if folder is None:
            return SiteReset.objects.filter(pk=key).first()
        with beating(SiteReset.objects.filter(pk=key, state=State.RUNNING)):
            return _through_held(key, store)


def _through_held(key: int, store: Store) -> SiteReset | None:
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

    def told(gone: int, left: int) -> None:
        facts, total = rows.values_list("facts", "total").get()
        facts += leaving.went(gone, total - facts, left)
        rows.update(facts=facts, total=facts + left, told_at=timezone.now())

    leaving.site_empty(store=store, site=reset.site_id, until=reset.asked_at, told=told)
    store.compact()
    databases_vacuum()


def _over(key: int, state: str, said: str) -> SiteReset:
    """Write down how it ended; the log of changes has it with the count, which grew without its notice."""
    reset = SiteReset.objects.select_related("site", "asked_by").get(pk=key)
    told: dict[str, list[object]] = {
        "state": [reset.state, state],
        "facts": [0, reset.facts],
        "said": ["", said],
    }
    reset.state, reset.said, reset.told_at = state, said, timezone.now()
    SiteReset.objects.filter(pk=key).update(state=state, said=said, told_at=reset.told_at)
    noting.note(
        action="changed", kind="zoco_moving.sitereset", name=str(reset), by=reset.asked_by,
        details={name: pair for name, pair in told.items() if pair[0] != pair[1]},
    )  # fmt: skip
    return reset
