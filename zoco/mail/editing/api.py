"""The API of letters: a program sends one to one person, by the letter's key.

Whoever asks must see all sites and be allowed to send letters. Refusals have the shape of all others.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase, JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from zoco.channels.drafts import DraftWrong
from zoco.channels.sealing import SealBroken
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.mail.editing.models import Letter
from zoco.mail.editing.screens.opening import SEND
from zoco.mail.editing.single import CannotSend, letter_send
from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.letters.values import DATA_SIZE_MOST
from zoco.people.editing import Hand, IdentityTaken, person_make
from zoco.people.identities import IdentityWrong, identity_read
from zoco.people.models import Identity, Person
from zoco.people.opening import sees_people
from zoco.people.writing import Incoming

router = Router(tags=["letters"])
ADD_PERSON = "zoco_people.add_person"
KEY_LONGEST = 200
REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}
_WHO = {
    "oneOf": [
        {"type": "integer", "description": "The number of a person."},
        {
            "type": "object",
            "required": ["kind", "value"],
            "properties": {
                "kind": {"type": "string", "enum": ["email", "phone", "external", "social"]},
                "value": {"type": "string"},
                "space": {"type": "string", "description": "The system, for external and social."},
            },
        },
    ]
}
_ASKED = {
    "type": "object",
    "required": ["person", "idempotency_key"],
    "properties": {
        "person": _WHO,
        "data": {"type": "object", "description": "What fills placeholders that begin with data."},
        "language": {"type": "string", "description": "Empty: the person's own."},
        "idempotency_key": {"type": "string", "maxLength": KEY_LONGEST},
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _ASKED}}}}


class Who(msgspec.Struct, forbid_unknown_fields=True):
    """An identity of somebody."""

    kind: str
    value: str
    space: str = ""


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """One letter to one person. Read after the permission was asked for, so that strangers learn nothing."""

    person: int | Who
    idempotency_key: str
    data: dict[str, Any] = {}
    language: str = ""


class LeavingShape(Schema):
    """What became of it. `state` is one of waits, sent, refused, failed, uncertain, claimed, handed.

    `because` is why permission was given or not, `until` when a message that waits may go on, `reason` what
    the mail server said. `is_new` is false where the same key was given before: it is the same message.
    """

    message: str
    person: int
    state: str
    because: str
    until: str | None
    reason: str
    is_new: bool


@router.post(
    "/v1/letters/{key}/send",
    response={200: LeavingShape, **REFUSED},
    summary="Send a letter to one person",
    openapi_extra=BODY,
)
def letter_post(request: HttpRequest, key: str) -> HttpResponseBase:
    """Send a letter by its key; the same idempotency key twice is one message."""
    if not request.user.has_perm(SEND) or not sees_people():
        words = "Your account, or key, may not send letters; ask an owner for a role."
        return refused(403, "not_allowed", words)
    letter = Letter.objects.filter(key=key, is_archived=False).select_related("site", "account").first()
    if not key or letter is None:
        return refused(404, "unknown", "There is no letter of this key; enter it in the letter's settings.")
    if len(request.body) > DATA_SIZE_MOST:
        return refused(422, "question_wrong", f"A request has at most {DATA_SIZE_MOST} octets.")
    try:
        asked = msgspec.json.decode(request.body, type=Asked)
    except msgspec.MsgspecError as error:
        return refused(422, "question_wrong", f"{error}")
    if not 0 < len(asked.idempotency_key) <= KEY_LONGEST:
        words = f"An idempotency_key has 1 to {KEY_LONGEST} characters, such as the number of an order."
        return refused(422, "question_wrong", words)
    return _sent(request, letter, asked)


def _sent(request: HttpRequest, letter: Letter, asked: Asked) -> HttpResponseBase:
    now = timezone.now()
    try:
        person = _person(request, asked.person)
        if person is None:
            return refused(
                404, "unknown_person", "There is no such person, and no e-mail address to add one."
            )
        leaving = letter_send(
            letter=letter,
            person=person,
            key=asked.idempotency_key,
            now=now,
            data=asked.data,
            language=asked.language[:20],
        )
    except IdentityWrong as wrong:
        return refused(422, "person_wrong", str(wrong))
    except (LetterWrong, PlaceholderWrong) as wrong:
        return refused(422, "letter_wrong", str(wrong))
    except (CannotSend, DraftWrong, SealBroken) as wrong:
        return refused(409, "cannot_send", str(wrong))
    fate = leaving.fate
    return JsonResponse(
        {
            "message": str(leaving.message),
            "person": person.pk,
            "state": str(fate.state),
            "because": fate.because,
            "until": fate.until.isoformat() if fate.until else None,
            "reason": fate.reason,
            "is_new": fate.is_new,
        }
    )


def _person(request: HttpRequest, who: int | Who) -> Person | None:
    """Return whom a program means; an address that nobody has becomes a person. Raises IdentityWrong."""
    if isinstance(who, int):
        return Person.objects.filter(pk=who).first() if 0 < who < 1 << 63 else None
    named = identity_read(who.kind, who.value, space=who.space)
    found = _known(named.place)
    if found is not None or named.kind != "email" or not request.user.has_perm(ADD_PERSON):
        return found
    key = getattr(request.user, "key", None)
    hand = Hand(timezone.now(), name=key.name if key is not None else request.user.get_username())
    try:
        return person_make(incoming=Incoming((named,)), hand=hand)
    except IdentityTaken:  # somebody else was quicker
        return _known(named.place)


def _known(place: tuple[str, str, str]) -> Person | None:
    kind, space, key = place
    identity = Identity.objects.filter(kind=kind, space=space, key=key).select_related("person").first()
    return identity.person if identity else None
