"""Writes of sendings: prepared, started, held, gone on with, stopped.

Not guaranteed: that a letter which is being handed over while its sending is paused does not leave.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.services import batch_pause, batch_resume, batch_stop
from zoco.consent.models import Purpose
from zoco.kit import noting
from zoco.kit.said import Said
from zoco.mail.sending.checks import Problem, Weight, legs_of, problems_of
from zoco.mail.sending.freezing import frozen
from zoco.mail.sending.models import ARMS, OPEN, REST, Leg, Sending
from zoco.mail.sending.people import arms_dealt, people_of
from zoco.people.audiences.bitmaps import packed

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KIND = "zoco_mail.sending"
State = Sending.State


class SendingWrong(Said, ValueError):
    """A sending cannot go where it was sent; the message says why."""


class SendingHeld(ValueError):
    """A sending cannot start; `problems` say what speaks against it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(each.words for each in problems))
        self.problems = tuple(problems)


@transaction.atomic
def sending_write(*, sending: Sending, at: datetime, by: "User | None" = None) -> Sending:
    """Keep what is to be sent to whom. Raises SendingWrong once it was started, ValidationError by field."""
    if sending.pk is None:
        sending.created_at, sending.created_by = at, by
    else:
        _locked(sending, State.DRAFT)
        was = Sending.objects.values_list("letter", flat=True).get(pk=sending.pk)
        if was != sending.letter.pk:
            sending.subjects = {}  # they were of another letter
        sending.legs.filter(Q(arm=ARMS[0]) | Q(letter=was)).update(letter=sending.letter)
    sending.full_clean(exclude=["audience"] if sending.is_again else [])
    sending.save()
    return sending


@transaction.atomic
def trial_write(*, sending: Sending, legs: list[Leg]) -> None:
    """Let these be tried on a part of the people first; of fewer than two there is no test.

    Raises SendingWrong once it was started.
    """
    _locked(sending, State.DRAFT)
    sending.full_clean(exclude=["audience"])
    sending.save()
    sending.legs.all().delete()
    if len(legs) > 1:
        for each in legs:
            each.pk, each.sending = None, sending
            if each.letter == sending.letter:
                each.subjects = {**sending.subjects, **each.subjects}
        Leg.objects.bulk_create(legs)


@transaction.atomic
def sending_delete(*, sending: Sending, by: "User | None" = None) -> None:
    """Throw away what was never started. Raises SendingWrong."""
    _locked(sending, State.DRAFT)
    noting.note(action="deleted", kind=KIND, name=sending.name, details={}, by=by)
    sending.delete()


@transaction.atomic
def sending_show(*, sending: Sending, is_public: bool, by: "User | None" = None) -> None:
    """Let everybody read in the archive what was started, or nobody any more. Raises SendingWrong."""
    _locked(sending, *OPEN, State.ENDED, State.STOPPED)
    if Sending.objects.filter(pk=sending.pk).exclude(is_public=is_public).update(is_public=is_public):
        details: dict[str, list[object]] = {"is_public": [not is_public, is_public]}
        noting.note(action="changed", kind=KIND, name=sending.name, details=details, by=by)
    sending.is_public = is_public


@transaction.atomic
def sending_start(
    *, sending: Sending, expected: int, at: datetime, by: "User | None" = None, reason: str = ""
) -> None:
    """Freeze what is sent to whom and let it begin, now or when it is planned for.

    `expected` is how many people were shown to whoever starts it; `reason` why an owner starts it although
    something speaks against it. Raises SendingHeld, SendingWrong.
    """
    _locked(sending, State.DRAFT)
    sending.refresh_from_db()  # what somebody changed until the lock was free
    people, legs = people_of(sending), legs_of(sending)
    problems = problems_of(sending, now=at, people=people, legs=legs)
    reason = " ".join(reason.split())[:300]
    against = [each for each in problems if each.weight != Weight.NOTE]
    if any(each.weight == Weight.STOPS or not reason for each in against):
        raise SendingHeld(against)
    if len(people) != expected:
        words = gettext_noop(
            "The number of people is %(now)s by now, not %(shown)s; look again before you start."
        )
        raise SendingWrong(words, now=len(people), shown=expected)
    begins = max(at, sending.starts_at) if sending.starts_at else at
    letter = sending.letter
    sending.people, sending.total = packed(people), len(people)
    sending.purpose, sending.topic = letter.purpose, letter.topic
    sending.override = reason if against else ""
    sending.started_at, sending.state = at, State.PLANNED
    _legs_freeze(sending, legs, people, begins)
    sending.save()
    details: dict[str, list[object]] = {"state": [State.DRAFT.value, State.PLANNED.value]}
    details["total"] = [None, sending.total]
    if sending.override:
        details["override"] = [None, sending.override]
    if sending.purpose != Purpose.MARKETING:  # whoever calls a letter so sends it to who agreed to nothing
        details["without_consent"] = [None, True]
    noting.note(action="changed", kind=KIND, name=sending.name, details=details, by=by)


def _legs_freeze(sending: Sending, legs: list[Leg], people: object, begins: datetime) -> None:
    """Give each leg its people and what it says; the rest waits for the end of the test."""
    from pyroaring import BitMap

    everybody = BitMap(people)  # type: ignore[arg-type]
    tested = legs if len(legs) > 1 else []
    arms = arms_dealt(sending, everybody, [each.arm for each in tested]) if tested else {}
    for leg in tested:
        mine = arms[leg.arm]
        leg.editions, leg.people, leg.size = frozen(leg.letter, leg.subjects), packed(mine), len(mine)
        leg.is_counted = leg.letter.is_counted
        leg.begins_at = begins + timedelta(minutes=leg.after_minutes)
        leg.save()
    rest = everybody - BitMap().union(*arms.values()) if arms else everybody
    Leg.objects.create(
        sending=sending,
        arm=REST,
        letter=sending.letter,
        subjects=sending.subjects,
        editions=[] if tested else frozen(sending.letter, sending.subjects),
        people=packed(rest),
        size=len(rest),
        is_counted=sending.letter.is_counted,
        begins_at=None if tested else begins,
    )
    if tested:
        last = max(each.begins_at for each in tested if each.begins_at)
        sending.decides_at = last + timedelta(hours=sending.test_hours)


@transaction.atomic
def sending_pause(*, sending: Sending, at: datetime, by: "User | None" = None) -> None:
    """Hold a sending: nothing of it leaves, and nothing of it is decided. Raises SendingWrong."""
    _locked(sending, *OPEN)
    if sending.paused_at is None:
        sending.paused_at = at
        sending.save(update_fields=["paused_at"])
        for batch in _batches(sending):
            batch_pause(batch=batch)
        _note(sending, "paused", by)


@transaction.atomic
def sending_resume(*, sending: Sending, at: datetime, by: "User | None" = None) -> None:
    """Let a sending go on; a test gets back the time that it was held. Raises SendingWrong."""
    _locked(sending, *OPEN)
    if sending.paused_at is None:
        return
    if sending.decides_at is not None and not sending.verdict:
        sending.decides_at += max(at - sending.paused_at, timedelta())
    sending.paused_at = None
    sending.save(update_fields=["paused_at", "decides_at"])
    for batch in _batches(sending):
        batch_resume(batch=batch)
    _note(sending, "resumed", by)


@transaction.atomic
def sending_stop(*, sending: Sending, at: datetime, by: "User | None" = None) -> None:
    """End a sending: nothing more of it leaves, ever. Raises SendingWrong."""
    _locked(sending, *OPEN)
    sending.state, sending.ended_at, sending.paused_at = State.STOPPED, at, None
    sending.save(update_fields=["state", "ended_at", "paused_at"])
    for batch in _batches(sending):
        batch_stop(batch=batch)
    _note(sending, "stopped", by)


def _batches(sending: Sending) -> list[Batch]:
    return list(Batch.objects.filter(pk__in=sending.legs.exclude(batch=None).values("batch")).order_by("pk"))


def _locked(sending: Sending, *states: str) -> None:
    """Lock a sending and see that it may be changed so; takes over where it stands now."""
    held = Sending.objects.select_for_update().defer("people").get(pk=sending.pk)
    if held.state not in states:
        raise SendingWrong(gettext_noop("This cannot be done with the sending as it is now; load its page."))
    for name in ("state", "paused_at", "decides_at", "verdict"):
        setattr(sending, name, getattr(held, name))


def _note(sending: Sending, what: str, by: "User | None") -> None:
    noting.note(
        action="changed", kind=KIND, name=sending.name, details={"state": [sending.state, what]}, by=by
    )
