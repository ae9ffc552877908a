"""Writes of permission: choices with their proof, and reservations that count against caps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from zoco.consent.answers import Answer
from zoco.consent.asking import Request, may_contact
from zoco.consent.models import Choice, Contact, Purpose, Reservation, Standing
from zoco.ledger.services import record
from zoco.people.models import NUMBER_BASE

EVERYWHERE = 0
"""The site of facts about people: they are of the whole installation."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was answered, and the reservation where the answer is yes. `is_new` is False the second time."""

    answer: Answer
    reservation: Reservation | None = None
    is_new: bool = False


@transaction.atomic
def choice_record(
    *,
    person: int,
    state: Choice.State,
    proof: Mapping[str, str],
    at: datetime,
    purpose: Purpose = Purpose.MARKETING,
    topic: str = "",
    adapter: str = "",
) -> Choice:
    """Write down what somebody chose. `proof` says how it is known: text shown, form, address, law.

    One that was only asked changes nothing that holds. Choices may come in any order of time: the
    latest holds, and of two at one moment the refusal.
    """
    contact_lock(person)
    choice = Choice.objects.create(
        person_id=person,
        purpose=purpose,
        topic=topic,
        adapter=adapter,
        state=state,
        at=at,
        proof=dict(proof),
    )
    place = {"person_id": person, "purpose": purpose, "topic": topic, "adapter": adapter}
    standing = Standing.objects.filter(**place).first()
    if standing is None:
        Standing.objects.create(**place, state=state, since=at)
    elif state != Choice.State.ASKED and _is_later(choice, standing):
        standing.state, standing.since = state, at
        standing.save()
    if state != Choice.State.ASKED:
        record(
            name=f"consent.choice.{state}",
            site=EVERYWHERE,
            at=at,
            person=NUMBER_BASE | person,
            verdict="server",
            subject_kind="topic",
            subject=topic,
            props={"purpose": str(purpose), "adapter": adapter},
        )
    return choice


@transaction.atomic
def reserve(request: Request, *, key: str, at: datetime, zone: str) -> Reserved:
    """Ask, and where the answer is yes count the message before anybody else is asked for this person.

    The same key twice is one message. In a transaction of the caller's the lock is held until its end.
    """
    contact_lock(request.person)
    held = Reservation.objects.filter(key=key, is_released=False).first()
    answer = may_contact(request, at=at, zone=zone)
    if held is not None:
        return Reserved(answer, held)
    if not answer.is_yes:
        return Reserved(answer)
    values = {
        "person_id": request.person,
        "adapter": request.adapter,
        "purpose": request.purpose,
        "topic": request.topic,
        "at": at,
        "is_released": False,
    }
    reservation, _is_new = Reservation.objects.update_or_create(key=key, defaults=values)
    return Reserved(answer, reservation, is_new=True)


def release(*, key: str) -> bool:
    """Give a reservation back, for a message that was not sent; returns whether there was one."""
    return bool(Reservation.objects.filter(key=key, is_released=False).update(is_released=True))


def contact_lock(person: int) -> Contact:
    """Lock a person's contact row until the transaction ends."""
    Contact.objects.bulk_create([Contact(person_id=person)], ignore_conflicts=True)
    return Contact.objects.select_for_update().get(pk=person)


def _is_later(choice: Choice, standing: Standing) -> bool:
    if standing.state == Choice.State.ASKED or choice.at > standing.since:
        return True
    return choice.at == standing.since and choice.state == Choice.State.WITHDRAWN
