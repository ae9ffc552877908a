"""Incidents are opened, brought up to date, acknowledged and closed. Each write may run twice."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import IntegrityError, transaction

from zoco.kit import staff_mail
from zoco.ledger import sitebook
from zoco.monitor.alarms.causes import most_of, parts_of
from zoco.monitor.alarms.detecting import Failing, Finding, Unknown
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.narrowed import is_as_kept, kept
from zoco.monitor.alarms.others.kinds import OF_LETTERS, SEE_REPORTS, hidden_from, needs_of
from zoco.monitor.alarms.usual import USUAL
from zoco.sites.access.reads import seeing

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# For so long nothing may be found before an incident is over.
CALM = timedelta(hours=12)
# A wave of something else opens an incident of its own; one that comes and goes is told once in so long.
LATELY = timedelta(days=3)
OPENED, CLOSED = "opened", "closed"


def alarms_usual(site: int, *, is_demo: bool = False) -> list[Alarm]:
    """Set the usual alarms of a site, by its key; those that are there stay as they are.

    To a site with simulated data nothing new comes: an alarm of silence would be raised for ever.
    """
    for kind, measure in usual_lacking(site, is_demo=is_demo):
        Alarm.objects.get_or_create(site_id=site, kind=kind, measure=measure, segment_name="")
    return list(Alarm.objects.filter(site_id=site).order_by("id"))


def usual_lacking(site: int, *, is_demo: bool = False) -> list[tuple[str, str]]:
    """Return kind and measure of the usual alarms that a site has not, of what the project has.

    Letters belong to no site: an alarm about them anywhere is about all.
    """
    there = set(Alarm.objects.filter(site_id=site, segment_name="").values_list("kind", "measure"))
    letters = set(Alarm.objects.filter(kind__in=OF_LETTERS).values_list("kind", "measure"))
    return [
        (kind, measure)
        for kind, measure in USUAL
        if not (is_demo and kind == "silence")
        and (kind, measure) not in there | letters
        and all(apps.is_installed(f"zoco.{app}") for app in needs_of(kind))
    ]


def lacks_usual() -> bool:
    """Say whether a site that is seen has not all of the usual alarms."""
    return any(usual_lacking(site.id, is_demo=site.is_demo) for site in sitebook.sites())


@transaction.atomic
def seen_apply(
    alarm: Alarm,
    seen: Finding | Failing | Unknown | None,
    *,
    at: datetime,
    picture: dict[str, Any] | None = None,
    calm: timedelta = CALM,
) -> Incident | None:
    """Take in what was seen at a moment; return the incident that is open now, if any."""
    Alarm.objects.filter(pk=alarm.pk).update(known=unknown_kept(seen), looked_at=at)
    incident = Incident.objects.select_for_update().filter(alarm=alarm, closed_at=None).first()
    if isinstance(seen, Finding | Failing):
        found, began_at = asdict(seen) | {"segment": kept(alarm)}, at - timedelta(hours=seen.hours)
        if incident is not None and _is_another(incident, found, at):
            incident_close(incident, at=at)
            incident = None
        if incident is not None and incident.found.get("later"):
            found["later"] = incident.found["later"]
        found["told"] = sorted(_told_then(incident, found.get("cause")))
        return incident_see(alarm, incident, found, began_at=began_at, at=at, picture=picture)
    if incident is not None and at - incident.seen_at >= calm:
        incident_close(incident, at=at)
        return None
    return incident


def _is_another(incident: Incident, found: dict[str, Any], at: datetime) -> bool:
    """Say whether a wave is another one than that of the open incident: what rose most is new.

    While one wave goes on a second is named beside it, before it once it is the larger one.
    """
    new = most_of(found.get("cause"))
    if not new or found["is_fall"]:
        return False
    lately = Incident.objects.filter(alarm=incident.alarm_id, opened_at__gte=at - LATELY)
    told = [told_of(each) for each in [incident, *lately]]
    return bool(told[0]) and all(new.isdisjoint(parts) for parts in told)


def _told_then(incident: Incident | None, cause: dict[str, Any] | None) -> set[tuple[str, str]]:
    """Return what was told: all names at the opening, then further names of the same.

    What is only named beside a wave that goes on was not told of yet.
    """
    if incident is None:
        return parts_of(cause)
    return told_of(incident) | parts_of(cause | {"values": ()} if cause else None)


def told_of(incident: Incident) -> set[tuple[str, str]]:
    """Return all parts that an incident was said to be of since it opened."""
    return {(dimension, value) for dimension, value in incident.found.get("told") or ()}


@transaction.atomic
def segment_follow(alarm: Alarm, *, at: datetime) -> None:
    """Take in what became of the segment of an alarm; what is open about something else is over."""
    segment = alarm.segment
    if segment is not None and segment.name != alarm.segment_name:
        alarm.segment_name = segment.name
        Alarm.objects.filter(pk=alarm.pk).update(segment_name=segment.name)
    incident = Incident.objects.select_for_update().filter(alarm=alarm, closed_at=None).first()
    if incident is not None and not is_as_kept(alarm, incident.found):
        incident_close(incident, at=at)


def unknown_kept(seen: Finding | Failing | Unknown | None) -> str:
    """Return why nothing can be known, to be said later: "history 5 14", "few 3.2", "gone", or ""."""
    if not isinstance(seen, Unknown):
        return ""
    if seen.why:
        return seen.why
    return f"few {seen.expected:.1f}" if seen.expected else f"history {seen.has} {seen.needs}"


@transaction.atomic
def incident_see(
    alarm: Alarm,
    incident: Incident | None,
    found: dict[str, Any],
    *,
    began_at: datetime,
    at: datetime,
    picture: dict[str, Any] | None = None,
    about: str = "",
) -> Incident | None:
    """Open an incident, or bring the open one up to date. `about` tells several of an alarm apart."""
    if incident is None:
        try:
            with transaction.atomic():
                incident = Incident.objects.create(
                    alarm=alarm,
                    open_key=f"alarm {alarm.pk} {about}".strip(),
                    began_at=began_at,
                    opened_at=at,
                    seen_at=at,
                    found=found,
                    picture=picture or {},
                )
        except IntegrityError:  # another worker was quicker
            return Incident.objects.filter(alarm=alarm, closed_at=None).first()
        tell(incident, OPENED, at)
        return incident
    if at > incident.seen_at:
        incident.seen_at, incident.found, incident.picture = at, found, picture or {}
        incident.save(update_fields=["seen_at", "found", "picture"])
    return incident


@transaction.atomic
def incident_close(incident: Incident, *, at: datetime) -> None:
    """Close an incident. A second time changes nothing."""
    changed = Incident.objects.filter(pk=incident.pk, closed_at=None).update(closed_at=at, open_key=None)
    if changed:
        tell(incident, CLOSED, at)


@transaction.atomic
def incident_acknowledge(*, incident: Incident, by: User, mark: str, at: datetime) -> None:
    """Note who saw it first and what it was; the mark may be changed later, the first person stays."""
    current = Incident.objects.select_for_update().get(pk=incident.pk)
    if current.acknowledged_at is None:
        current.acknowledged_at, current.acknowledged_by = at, by
    current.mark = Incident.Mark(mark)
    current.save(update_fields=["acknowledged_at", "acknowledged_by", "mark"])


def tell(incident: Incident, event: str, at: datetime) -> None:
    """Write down who is to be told, once each: accounts as they are now, and the web hook."""
    roles = incident.alarm.roles.values_list("name", flat=True)
    rows = [
        Telling(
            incident=incident, event=event, way=Telling.Way.MAIL, user=user, target=str(user.pk), next_at=at
        )
        for user in seeing(staff_mail.staff(roles=roles, permission=SEE_REPORTS), incident.alarm.site_id)
        if incident.alarm.kind not in hidden_from(user)
    ]
    if incident.alarm.hook_url:
        rows.append(Telling(incident=incident, event=event, way=Telling.Way.HOOK, next_at=at))
    Telling.objects.bulk_create(rows, ignore_conflicts=True)
