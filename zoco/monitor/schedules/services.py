"""Schedules are set, paused and come due; each sending is reserved in the transaction that moves them on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from zoco.monitor.schedules.models import Schedule, Sending
from zoco.monitor.sharing.services import renamed

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PREVIEW_PAUSE = timedelta(minutes=1)
SEE_REPORTS = "zoco_ledger.view_reports"
SEE, ADD, CHANGE = (f"zoco_monitor.{verb}_schedule" for verb in ("view", "add", "change"))


def may_change(user: User, schedule: Schedule) -> bool:
    """Return whether somebody may change a schedule: marketers any, an analyst what is his own."""
    return user.has_perm(CHANGE) or (schedule.created_by_id == user.pk and user.has_perm(SEE))


def is_seen_by(user: User, schedule: Schedule) -> bool:
    """Return whether somebody may see a schedule: also one that is sent to him."""
    return may_change(user, schedule) or schedule.receivers.filter(pk=user.pk).exists()


@transaction.atomic
def schedule_set(*, schedule: Schedule, receivers: list[int], at: datetime) -> Schedule:
    """Save a schedule with its receivers; it is due next at the first of its moments after `at`."""
    schedule.segment_name = schedule.segment.name if schedule.segment else ""
    schedule.next_at = schedule.timing.following(at) if schedule.is_on else None
    schedule.save()
    schedule.receivers.set(receivers)
    return schedule


@transaction.atomic
def schedule_turn(*, schedule: Schedule, is_on: bool, at: datetime) -> None:
    """Pause a schedule or let it go on; what it missed meanwhile is not sent afterwards."""
    schedule.is_on = is_on
    schedule.next_at = schedule.timing.following(at) if is_on else None
    schedule.save(update_fields=["is_on", "next_at"])
    if not is_on:
        waiting = schedule.sendings.filter(state=Sending.State.WAITS, is_preview=False)
        waiting.update(state=Sending.State.FAILED, next_at=None, done_at=at, failure="paused")


def sendings_reserve(*, now: datetime) -> int:
    """Reserve what is due, once for each schedule however long nothing ran; return how many were."""
    due = Schedule.objects.filter(is_on=True, next_at__lte=now).select_related("site").order_by("id")
    return sum(_reserved(each, now) for each in due)


@transaction.atomic
def _reserved(schedule: Schedule, now: datetime) -> bool:
    timing = schedule.timing
    moved = Schedule.objects.filter(pk=schedule.pk, is_on=True, next_at=schedule.next_at).update(
        next_at=timing.following(now)
    )
    if not moved:  # another worker was quicker
        return False
    due_at = timing.newest(now)
    rows = [
        Sending(
            schedule=schedule,
            due_at=due_at,
            way=Sending.Way.MAIL,
            user=user,
            target=str(user.pk),
            next_at=now,
        )
        for user in schedule.receivers.order_by("pk")
    ]
    if schedule.hook_url:
        rows.append(Sending(schedule=schedule, due_at=due_at, way=Sending.Way.HOOK, next_at=now))
    Sending.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def preview_reserve(*, schedule: Schedule, user: User, at: datetime) -> Sending:
    """Reserve a letter to whoever asks for it, as it would be sent now; one a minute."""
    mine = Sending.objects.filter(schedule=schedule, user=user, is_preview=True)
    waiting = mine.filter(Q(state=Sending.State.WAITS) | Q(due_at__gt=at - PREVIEW_PAUSE)).first()
    return waiting or Sending.objects.create(
        schedule=schedule,
        due_at=at,
        way=Sending.Way.MAIL,
        user=user,
        target=str(user.pk),
        is_preview=True,
        next_at=at,
    )


def sending_again(*, sending: Sending, at: datetime) -> None:
    """Send once more what failed, or what may not have arrived."""
    Sending.objects.filter(pk=sending.pk, state__in=[Sending.State.FAILED, Sending.State.UNKNOWN]).update(
        state=Sending.State.WAITS, tries=0, next_at=at, done_at=None, failure=""
    )


def schedules_follow(*, site: int, was: str, now: str) -> None:
    """Let the schedules of a site, by its key, that filter by a goal go on when it gets another name."""
    for schedule in Schedule.objects.select_for_update().filter(site=site):
        filters = renamed(schedule.filters, was=was, now=now)
        if filters != schedule.filters:
            schedule.filters = filters
            schedule.save(update_fields=["filters"])
