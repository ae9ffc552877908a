"""The API of journeys: a program lets somebody onto one that is open to programs.

Whoever asks must see all sites and be allowed to let people in. Refusals have the shape of all others.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase, JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from zoco.kit.bodies import json_read
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.mail.journeys.entering import DATA_MOST, enter
from zoco.mail.journeys.models import Journey, Traveller
from zoco.mail.journeys.triggers import PROGRAM
from zoco.mail.whom import WHO_SHAPE, Who, person_meant
from zoco.people.identities import IdentityWrong
from zoco.people.opening import sees_people

router = Router(tags=["journeys"])
RUN = "zoco_mail.run_journey"
SIZE_MOST = 64_000
REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}
_ASKED = {
    "type": "object",
    "required": ["person"],
    "properties": {
        "person": WHO_SHAPE,
        "data": {
            "type": "object",
            "description": f"Up to {DATA_MOST} plain values by name, or lists of rows of such; letters read"
            " them as data.NAME.",
        },
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _ASKED}}}}


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody who is to come onto a journey. Read after the permission was asked for."""

    person: int | Who
    data: dict[str, Any] = {}


class EnteredShape(Schema):
    """Where somebody is. `is_new` is false for whoever is on the journey, or may not come again yet.

    `state` is one of going, held_out, done, left.
    """

    person: int
    state: str
    turn: int
    entered_at: str
    is_new: bool


@router.post(
    "/v1/journeys/{uid}/people",
    response={200: EnteredShape, **REFUSED},
    summary="Let somebody onto a journey",
    openapi_extra=BODY,
)
def journey_enter(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Let somebody in; asked twice, he is let in once."""
    if not request.user.has_perm(RUN) or not sees_people():
        words = "Your account, or key, may not let people onto journeys; ask an owner for a role."
        return refused(403, "not_allowed", words)
    journey = _journey(uid)
    if journey is None:
        return refused(404, "unknown", "There is no such journey; its page says its id.")
    if not _is_open(journey):
        words = "The journey is not open to programs; choose “a program” in its settings, and let it run."
        return refused(409, "not_open", words)
    if len(request.body) > SIZE_MOST:
        return refused(422, "question_wrong", f"A request has at most {SIZE_MOST} octets.")
    try:
        asked = json_read(request.body, Asked)
        person = person_meant(request, asked.person)
    except msgspec.MsgspecError as error:
        return refused(422, "question_wrong", f"{error}")
    except IdentityWrong as wrong:
        return refused(422, "person_wrong", str(wrong))
    if person is None:
        return refused(404, "unknown_person", "There is no such person, and no e-mail address to add one.")
    made = enter(journey=journey, person=person, by=PROGRAM, now=timezone.now(), data=asked.data)
    held = made or Traveller.objects.filter(journey=journey, person=person).order_by("-turn").first()
    if held is None:
        return refused(409, "not_open", "The journey was closed meanwhile.")
    return JsonResponse(
        {
            "person": person.pk,
            "state": held.state,
            "turn": held.turn,
            "entered_at": held.entered_at.isoformat(),
            "is_new": made is not None,
        }
    )


def _journey(uid: str) -> Journey | None:
    try:
        return Journey.objects.filter(uid=UUID(uid)).first()
    except ValueError:
        return None


def _is_open(journey: Journey) -> bool:
    """Say whether programs may let people in now."""
    is_running = journey.state in {Journey.State.RUNNING, Journey.State.PAUSED}
    return is_running and any(entry.get("kind") == PROGRAM for entry in journey.entries)
