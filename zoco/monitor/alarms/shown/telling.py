"""Tell accounts by mail and programs by web hook. At least once: both carry a name, to know doubles."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from zoco.kit import http, staff_mail
from zoco.monitor.alarms.further.noting import later_at
from zoco.monitor.alarms.models import Incident, Telling
from zoco.monitor.alarms.others.kinds import SEE_REPORTS, hidden_from, rights_of
from zoco.monitor.alarms.said import incident_said, incident_title, segment_said
from zoco.monitor.alarms.services import CLOSED
from zoco.monitor.alarms.shown.later_said import later_said, later_title
from zoco.monitor.hooks import HookRefused, HookUnowned, hook_send, owner_check
from zoco.sites.access.reads import sees

log = logging.getLogger(__name__)

# After each failure; then it is given up, and the screen says so.
PAUSES = (60, 300, 1_800, 7_200, 21_600)
CHANGE = "zoco_monitor.change_alarm"
LEASE = timedelta(minutes=3)


def tellings_send(*, now: datetime) -> int:
    """Send what is due; return how much was told. One at a time is claimed, so that workers share."""
    told = 0
    for pk in (
        Telling.objects.filter(told_at=None, next_at__lte=now).order_by("id").values_list("pk", flat=True)
    ):
        claimed = Telling.objects.filter(pk=pk, told_at=None, next_at__lte=now).update(
            next_at=now + LEASE, tries=F("tries") + 1
        )
        if claimed:
            told += _sent(
                Telling.objects.select_related(
                    "incident__alarm__site", "incident__alarm__segment", "incident__alarm__hook_by", "user"
                ).get(pk=pk),
                now,
            )
    return told


def _sent(telling: Telling, now: datetime) -> bool:
    try:
        if telling.way == Telling.Way.HOOK:
            _hook(telling)
        else:
            _mail(telling)
    except (staff_mail.NotStaff, http.AddressRefused, HookUnowned) as error:
        _given_up(telling, str(error))
        return False
    except (http.FetchFailed, HookRefused, SMTPException, OSError) as error:
        _failed(telling, f"{type(error).__name__}: {error}", now)
        return False
    Telling.objects.filter(pk=telling.pk).update(told_at=now, next_at=None, failure="")
    return True


def _failed(telling: Telling, why: str, now: datetime) -> None:
    if telling.tries > len(PAUSES):
        _given_up(telling, why)
        return
    pause = timedelta(seconds=PAUSES[telling.tries - 1])
    Telling.objects.filter(pk=telling.pk).update(next_at=now + pause, failure=why[:300])
    log.warning("Telling failed; it is tried again. telling=%s tries=%s", telling.pk, telling.tries)


def _given_up(telling: Telling, why: str) -> None:
    Telling.objects.filter(pk=telling.pk).update(next_at=None, failure=why[:300])
    log.warning("Telling given up. telling=%s", telling.pk)


def _mail(telling: Telling) -> None:
    user = telling.user
    if user is None:
        raise staff_mail.NotStaff("The account is gone.")
    if telling.incident.alarm.kind in hidden_from(user):
        raise staff_mail.NotStaff(f"The account {user.pk} may not see this any more.")
    if not sees(user, telling.incident.alarm.site_id):
        raise staff_mail.NotStaff(f"The account {user.pk} sees this site no more.")
    with translation.override(staff_mail.language_of(user)):
        incident = telling.incident
        title, said = _told(telling)
        is_over = telling.event == CLOSED
        subject = _("Over: %(title)s") % {"title": title} if is_over else title
        segment = segment_said(incident)
        lines = [
            said,
            *filter(None, [segment]),
            _("Look at it: %(url)s") % {"url": incident_url(incident)},
        ]
        staff_mail.send(
            user,
            subject=subject,
            text="\n\n".join(lines),
            key=f"incident {incident.pk} {telling.event}",
            permission=SEE_REPORTS,
        )


def _told(telling: Telling) -> tuple[str, str]:
    """Return what is told, in a few words and in more: of the incident, or of what fell later."""
    incident, later = telling.incident, later_at(telling.incident, telling.event)
    if later is None:
        return incident_title(incident), incident_said(incident)
    return later_title(incident, later), later_said(incident, later)


def incident_url(incident: Incident) -> str:
    """Return the address of an incident, as it is outside."""
    return f"{getattr(settings, 'WAGTAILADMIN_BASE_URL', '')}{reverse('zoco_incident', args=[incident.pk])}"


def hook_body(telling: Telling) -> bytes:
    """Return what a web hook gets: always in English, with the figures beside the sentence."""
    incident = telling.incident
    with translation.override("en"):
        title, said = _told(telling)
        later = later_at(incident, telling.event)
        told: dict[str, Any] = {
            "event": "incident.further" if later else f"incident.{telling.event}",
            "id": f"{incident.pk}-{telling.event}",
            "site": incident.alarm.site.slug,
            "alarm": incident.alarm.kind,
            "segment": incident.found.get("segment"),
            "title": title,
            "text": said,
            "found": later.found if later else incident.found,
            "began_at": later.began_at if later else incident.began_at,
            "opened_at": incident.opened_at,
            "closed_at": incident.closed_at,
            "url": incident_url(incident),
        }
    return msgspec.json.encode(told)


def _hook(telling: Telling) -> None:
    alarm = telling.incident.alarm
    owner_check(alarm.hook_by, (CHANGE, *rights_of(alarm.kind)), alarm.site_id)
    name = f"{telling.incident_id}-{telling.event}"
    hook_send(alarm.hook_url, secret=alarm.hook_secret, event=name, body=hook_body(telling))
