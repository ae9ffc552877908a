"""Writes of permission: choices with their proof, and reservations that count against caps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from zoco.consent.answers import Answer
from zoco.consent.asking import Request, Wish, answered, known_of, wishes_of
from zoco.consent.models import Choice, Contact, Purpose, Reservation, Standing
from zoco.kit.reading import lock, rows_among
from zoco.kit.rows import rows_add
from zoco.ledger.services import record
from zoco.people.models import NUMBER_BASE

EVERYWHERE = 0
"""The site of facts about people: they are of the whole installation."""
_HELD = "SELECT key FROM zoco_consent_reservation WHERE is_released = %s AND key = ANY_OF"
_RESERVED = ("key", "person", "adapter", "purpose", "topic", "at", "is_released")


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was answered. `is_new`: it counts from now on; the second time it is False."""

    answer: Answer
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
        _told(choice)
    return choice


def _told(choice: Choice) -> None:
    record(
        name=f"consent.choice.{choice.state}",
        site=EVERYWHERE,
        at=choice.at,
        person=NUMBER_BASE | choice.person_id,
        verdict="server",
        subject_kind="topic",
        subject=choice.topic,
        props={"purpose": str(choice.purpose), "adapter": choice.adapter},
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message to be reserved under its key; `zone` is the person's, or what stands for it."""

    request: Request
    key: str
    zone: str


def reserve(request: Request, *, key: str, at: datetime, zone: str) -> Reserved:
    """Ask, and where the answer is yes count the message before anybody else is asked for this person.

    The same key twice is one message. In a transaction of the caller's the lock is held until its end.
    """
    return reserve_many([Wanted(request, key, zone)], at=at)[0]


@transaction.atomic
def reserve_many(wanted: Sequence[Wanted], *, at: datetime) -> list[Reserved]:
    """Reserve in this order, each as `reserve` does; a few hundred take as many queries as one."""
    wishes = contacts_lock({each.request.person for each in wanted})
    held = {key for (key,) in rows_among(_HELD, [False], [each.key for each in wanted])}
    known = known_of([each.request for each in wanted], at=at, wishes=wishes)
    found: list[Reserved] = []
    new: list[tuple[Any, ...]] = []
    for each in wanted:
        request = each.request
        answer = answered(request, known, at=at, zone=each.zone)
        is_new = answer.is_yes and each.key not in held
        if is_new:
            held.add(each.key)
            new.append((each.key, request.person, request.adapter, request.purpose, request.topic, at, False))
            known.add(request, at)
        found.append(Reserved(answer, is_new=is_new))
    rows_add(Reservation, _RESERVED, new, updates_by="key")
    return found


def release(*, key: str) -> bool:
    """Give a reservation back, for a message that was not sent; returns whether there was one."""
    return bool(release_many(keys=[key]))


def release_many(*, keys: Collection[str]) -> int:
    """Give reservations back; returns how many there were."""
    return Reservation.objects.filter(key__in=keys, is_released=False).update(is_released=True)


def contact_lock(person: int) -> Wish:
    """Lock a person's contact row until the transaction ends."""
    return contacts_lock({person})[person]


def contacts_lock(people: Collection[int]) -> dict[int, Wish]:
    """Lock contact rows until the transaction ends, always in the same order."""
    wanted = sorted(people)
    rows_add(Contact, ["person"], [(pk,) for pk in wanted], is_ignoring=True)
    return wishes_of(wanted, lock=lock())


def _is_later(choice: Choice, standing: Standing) -> bool:
    if standing.state == Choice.State.ASKED or choice.at > standing.since:
        return True
    return choice.at == standing.since and choice.state == Choice.State.WITHDRAWN
