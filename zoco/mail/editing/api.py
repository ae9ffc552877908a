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
from zoco.kit.bodies import json_read
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.mail.editing.models import Letter
from zoco.mail.editing.screens.opening import SEND
from zoco.mail.editing.single import CannotSend, letter_send
from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.letters.values import DATA_SIZE_MOST
from zoco.mail.whom import WHO_SHAPE, Who, person_meant
from zoco.people.identities import IdentityWrong
from zoco.people.opening import sees_people

router = Router(tags=["letters"])
KEY_LONGEST = 200
REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}
_ASKED = {
    "type": "object",
    "required": ["person", "idempotency_key"],
    "properties": {
        "person": WHO_SHAPE,
        "data": {"type": "object", "description": "What fills placeholders that begin with data."},
        "language": {"type": "string", "description": "Empty: the person's own."},
        "idempotency_key": {"type": "string", "maxLength": KEY_LONGEST},
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _ASKED}}}}


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
        asked = json_read(request.body, Asked)
    except msgspec.MsgspecError as error:
        return refused(422, "question_wrong", f"{error}")
    if not 0 < len(asked.idempotency_key) <= KEY_LONGEST:
        words = f"An idempotency_key has 1 to {KEY_LONGEST} characters, such as the number of an order."
        return refused(422, "question_wrong", words)
    return _sent(request, letter, asked)


def _sent(request: HttpRequest, letter: Letter, asked: Asked) -> HttpResponseBase:
    now = timezone.now()
    try:
        person = person_meant(request, asked.person)
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
