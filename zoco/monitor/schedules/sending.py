"""Send what is reserved. Making a report takes seconds and may be repeated; handing a mail over may not.

A process killed while it makes the report leaves its reservation waiting: it is sent later, once. One killed
while the mail server is told leaves it handed: nobody knows whether it arrived, so that is said and not tried
again, as when the server does not answer. A web hook is told at least once, under the same name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from zoco.kit import http, staff_mail
from zoco.kit.plugs import PlugUnknown
from zoco.kit.said import Said
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.hooks import HookRefused, HookUnowned, hook_send, owner_check
from zoco.monitor.schedules.asked import Asked, SegmentGone, ask, rights_of
from zoco.monitor.schedules.letters import Letter, hook_body, hook_name, letter_of
from zoco.monitor.schedules.models import Sending
from zoco.monitor.schedules.services import CHANGE, SEE_REPORTS
from zoco.sites.access.reads import sees

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

# After each failure; then it is given up, and the page says so.
PAUSES = (60, 300, 1_800, 7_200)
LEASE = timedelta(minutes=5)
Made = dict[tuple[int, datetime, str], Letter]
Clock = Callable[[], datetime]


FOR_GOOD = (staff_mail.NotStaff, http.AddressRefused, HookUnowned, SegmentGone, PlugUnknown, Said)
MAY_HEAL = (http.FetchFailed, HookRefused, SMTPException, OSError, QueryFailed, StoreBusy)


def sendings_send(*, now: datetime, store: Store | None = None) -> int:
    """Send what is due; return how many were. One at a time is claimed, so that workers share.

    A pass may take long: each sending has the time at which it is its turn.
    """
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    _forget_handed(now)
    made: Made = {}
    sent = 0
    due = Sending.objects.filter(state=Sending.State.WAITS, next_at__lte=now)
    due = due.order_by("is_preview", "id")  # previews wait for what is due
    for pk in list(due.values_list("pk", flat=True)):
        claimed = Sending.objects.filter(pk=pk, state=Sending.State.WAITS, next_at__lte=now).update(
            next_at=clock() + LEASE, tries=F("tries") + 1
        )
        if claimed:
            kept = Sending.objects.select_related("schedule__site", "schedule__segment", "schedule__hook_by")
            sent += _sent(kept.select_related("user").get(pk=pk), clock, made, store)
    return sent


def _forget_handed(now: datetime) -> None:
    """Say of what was being handed over when its process died that nobody knows."""
    lost = Sending.objects.filter(state=Sending.State.HANDED, next_at__lte=now)
    if count := lost.update(state=Sending.State.UNKNOWN, next_at=None, done_at=now, failure="interrupted"):
        log.warning("Mails were being handed over when their process died. count=%s", count)


def _sent(sending: Sending, clock: Clock, made: Made, store: Store | None) -> bool:
    if sending.tries > len(PAUSES) + 1:  # each time its process died, or failed as nobody foresaw
        _given_up(sending, "died", clock())
        return False
    try:
        if sending.way == Sending.Way.HOOK:
            _hook(sending, clock(), store)
        elif not _mail(sending, clock, made, store):
            return False
    except staff_mail.FateUnknown as error:
        _unknown(sending, str(error), clock())
        return False
    except FOR_GOOD as error:
        _given_up(sending, str(error), clock())
        return False
    except MAY_HEAL as error:
        _failed(sending, f"{type(error).__name__}: {error}", clock())
        return False
    except Exception:  # what nobody foresaw ends this report, never the others
        log.exception("Scheduled report could not be made. sending=%s", sending.pk)
        _given_up(sending, "died", clock())
        return False
    Sending.objects.filter(pk=sending.pk).update(
        state=Sending.State.SENT, done_at=clock(), next_at=None, failure=""
    )
    return True


def _failed(sending: Sending, why: str, now: datetime) -> None:
    if sending.tries > len(PAUSES):
        _given_up(sending, why, now)
        return
    pause = timedelta(seconds=PAUSES[sending.tries - 1])
    Sending.objects.filter(pk=sending.pk).update(
        state=Sending.State.WAITS, next_at=now + pause, failure=why[:300]
    )
    log.warning("Scheduled report failed; it is tried again. sending=%s tries=%s", sending.pk, sending.tries)


def _unknown(sending: Sending, why: str, now: datetime) -> None:
    """Say that nobody knows whether it arrived; whoever wants it sends it again by hand."""
    Sending.objects.filter(pk=sending.pk).update(
        state=Sending.State.UNKNOWN, next_at=None, done_at=now, failure=why[:300]
    )
    log.warning("A mail server did not say whether it took a report. sending=%s", sending.pk)


def _given_up(sending: Sending, why: str, now: datetime) -> None:
    Sending.objects.filter(pk=sending.pk).update(
        state=Sending.State.FAILED, next_at=None, done_at=now, failure=why[:300]
    )
    log.warning("Scheduled report given up. sending=%s", sending.pk)


def _mail(sending: Sending, clock: Clock, made: Made, store: Store | None) -> bool:
    user = sending.user
    site, rights = sending.schedule.site_id, rights_of(sending.schedule)
    if user is None or not (all(staff_mail.may_get(user, each) for each in rights) and sees(user, site)):
        raise staff_mail.NotStaff(_("The account is closed, has no address, or may not see reports."))
    with translation.override(staff_mail.language_of(user)):
        letter = _letter(sending, clock(), made, store)
        is_mine = Sending.objects.filter(
            pk=sending.pk, state=Sending.State.WAITS, tries=sending.tries
        ).update(state=Sending.State.HANDED, next_at=clock() + LEASE)
        if not is_mine:  # it took longer than the lease, and another worker has it
            return False
        subject = (
            _("Preview: %(subject)s") % {"subject": letter.subject} if sending.is_preview else letter.subject
        )
        staff_mail.send(
            user,
            subject=subject,
            text=letter.text,
            html=letter.html,
            files=letter.files,
            key=f"schedule {sending.schedule_id} {sending.due_at.isoformat()}",
            permission=SEE_REPORTS,
        )
    return True


def _letter(sending: Sending, now: datetime, made: Made, store: Store | None) -> Letter:
    """Return the letter; readers of one language share it."""
    key = (sending.schedule_id, sending.due_at, translation.get_language() or "")
    if key not in made:
        made[key] = letter_of(sending.schedule, _asked(sending, now, store))
    return made[key]


def _asked(sending: Sending, now: datetime, store: Store | None) -> Asked:
    return ask(sending.schedule, sending.due_at, now=now, store=store)


def _hook(sending: Sending, now: datetime, store: Store | None) -> None:
    schedule = sending.schedule
    owner_check(schedule.hook_by, (CHANGE, *rights_of(schedule)), schedule.site_id)
    with translation.override("en"):
        body = hook_body(sending, _asked(sending, now, store))
    hook_send(schedule.hook_url, secret=schedule.hook_secret, event=hook_name(sending), body=body)
