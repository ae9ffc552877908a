"""The API of people: one is read by number or identity, and written by identity, however often.

Whoever asks must see all sites and have the permission on people. Refusals have the shape of all others.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase, JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from zoco.kit.bodies import json_read
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.people.attributes import Value, ValueWrong, value_read
from zoco.people.editing import EditRefused, Hand, IdentityTaken, person_change, person_make
from zoco.people.fields import field_read
from zoco.people.identities import IdentityWrong, Named, identity_read
from zoco.people.models import FIELDS, Attribute, Identity, Person
from zoco.people.opening import sees_people
from zoco.people.screens.opening import ADD, CHANGE, SEE
from zoco.people.standing import standing
from zoco.people.writing import Incoming, NotOnePerson, people_write

router = Router(tags=["people"])
SIZE_MOST = 64_000
MANY_MOST = 50
REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}
_IDENTITY = {
    "type": "object",
    "required": ["kind", "value"],
    "properties": {
        "kind": {"type": "string", "enum": ["external", "email", "phone", "social"]},
        "value": {"type": "string"},
        "space": {"type": "string", "description": "The system, for external and social."},
    },
}
_SAID = {
    "type": "object",
    "required": ["identities"],
    "properties": {
        "identities": {"type": "array", "items": _IDENTITY, "minItems": 1, "maxItems": MANY_MOST},
        "fields": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in FIELDS},
            "additionalProperties": False,
        },
        "attributes": {"type": "object", "description": "Own fields by their key; null takes one away."},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": MANY_MOST},
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _SAID}}}}


class IdentitySaid(msgspec.Struct, forbid_unknown_fields=True):
    """By what somebody is known."""

    kind: str
    value: str
    space: str = ""


class PersonSaid(msgspec.Struct, forbid_unknown_fields=True):
    """What a program says of somebody. Read after the permission was asked for."""

    identities: list[IdentitySaid]
    fields: dict[str, str] = {}
    attributes: dict[str, Any] = {}
    tags: list[str] = []


class IdentityShape(Schema):
    """An identity."""

    kind: str
    space: str
    value: str


class PersonShape(Schema):
    """A person. `merged` is the number that was asked for, if that person is another one now."""

    id: int
    name: str
    fields: dict[str, str]
    attributes: dict[str, Any]
    identities: list[IdentityShape]
    tags: list[str]
    created_at: str
    changed_at: str
    merged: int | None


class WrittenShape(PersonShape):
    """A person as it is now; `state` is one of added, changed, same."""

    state: str


@router.get("/v1/people/named", response={200: PersonShape, **REFUSED}, summary="A person by identity")
def person_named(
    request: HttpRequest, kind: str = "email", value: str = "", space: str = ""
) -> HttpResponseBase:
    """Find a person by an identity."""
    if not request.user.has_perm(SEE) or not sees_people():
        return _closed("read")
    try:
        named = identity_read(kind, value, space=space)
    except IdentityWrong as wrong:
        return refused(422, "person_wrong", str(wrong))
    place = dict(zip(("kind", "space", "key"), named.place, strict=True))
    held = Identity.objects.filter(**place).select_related("person").first()
    return _unknown() if held is None else JsonResponse(_shape(held.person))


@router.get("/v1/people/{key}", response={200: PersonShape, **REFUSED}, summary="A person")
def person(request: HttpRequest, key: str) -> HttpResponseBase:
    """Tell what is known of a person; of who was merged into another, of that one."""
    if not request.user.has_perm(SEE) or not sees_people():
        return _closed("read")
    is_number = key.isascii() and key.isdigit() and len(key) < 19
    asked = Person.objects.filter(pk=int(key)).first() if is_number else None
    if asked is None:
        return _unknown()
    found = standing(asked)
    return JsonResponse(_shape(found, merged=asked.pk if asked != found else None))


@router.post(
    "/v1/people", response={200: WrittenShape, **REFUSED}, summary="Write a person", openapi_extra=BODY
)
def person_write(request: HttpRequest) -> HttpResponseBase:
    """Add somebody, or change what is given of whoever has one of these identities."""
    if not (request.user.has_perm(ADD) and request.user.has_perm(CHANGE) and sees_people()):
        return _closed("write")
    if len(request.body) > SIZE_MOST:
        return refused(422, "question_wrong", f"A request has at most {SIZE_MOST} octets.")
    try:
        said = json_read(request.body, PersonSaid)
        incoming, attributes = _read(said)
        state, written = _brought(incoming, attributes, _hand(request))
    except msgspec.MsgspecError as error:
        return refused(422, "question_wrong", f"{error}")
    except (IdentityWrong, ValueWrong) as wrong:
        return refused(422, "person_wrong", str(wrong))
    except (NotOnePerson, EditRefused) as wrong:
        return refused(409, "not_one_person", str(wrong))
    return JsonResponse({**_shape(written), "state": state})


def _read(said: PersonSaid) -> tuple[Incoming, dict[str, Value | None]]:
    """Read what is said by the kinds of its fields. Raises IdentityWrong, ValueWrong, MsgspecError."""
    if not 0 < len(said.identities) <= MANY_MOST or len(said.tags) > MANY_MOST:
        raise msgspec.ValidationError(f"Give 1 to {MANY_MOST} identities, and at most {MANY_MOST} tags.")
    if unknown := sorted(set(said.fields) - set(FIELDS)):
        raise msgspec.ValidationError(f"There is no field {unknown[0]!r}; there are: {', '.join(FIELDS)}.")
    own = Attribute.objects.in_bulk(list(said.attributes), field_name="key")
    if unknown := sorted(set(said.attributes) - set(own)):
        raise msgspec.ValidationError(f"There is no own field {unknown[0]!r}; make it in the admin first.")
    attributes: dict[str, Value | None] = {
        key: None if raw is None else value_read(own[key].kind, raw, choices=own[key].choices)
        for key, raw in said.attributes.items()
    }
    named = tuple(identity_read(each.kind, each.value, space=each.space) for each in said.identities)
    fields = {name: field_read(name, raw) for name, raw in said.fields.items()}
    tags = tuple(" ".join(each.split())[:80] for each in said.tags if each.strip())
    return Incoming(named, fields, tags=tags), attributes


def _brought(incoming: Incoming, attributes: dict[str, Value | None], hand: Hand) -> tuple[str, Person]:
    """Write it, a second time where somebody wrote the same identity meanwhile: now it is there."""
    try:
        return _written(incoming, attributes, hand)
    except (IntegrityError, IdentityTaken):
        return _written(incoming, attributes, hand)


@transaction.atomic
def _written(incoming: Incoming, attributes: dict[str, Value | None], hand: Hand) -> tuple[str, Person]:
    """Bring it together with what is known. Raises NotOnePerson, EditRefused."""
    given = {key: value for key, value in attributes.items() if value is not None}
    if not any(map(_is_known, incoming.identities)):
        whole = Incoming(incoming.identities, incoming.fields, given, incoming.tags)
        return "added", person_make(incoming=whole, hand=hand)
    (written,) = people_write([Incoming(incoming.identities, tags=incoming.tags)], at=hand.at)
    if written.person is None:
        raise written.why or NotOnePerson("")
    is_changed = person_change(
        person=written.person, fields=incoming.fields, attributes=attributes, hand=hand
    )
    state = "changed" if is_changed or written.state != "same" else "same"
    return state, Person.objects.get(pk=written.person.pk)


def _is_known(named: Named) -> bool:
    kind, space, key = named.place
    return Identity.objects.filter(kind=kind, space=space, key=key).exists()


def _hand(request: HttpRequest) -> Hand:
    key = getattr(request.user, "key", None)
    return Hand(timezone.now(), name=key.name if key is not None else request.user.get_username())


def _shape(found: Person, *, merged: int | None = None) -> dict[str, Any]:
    identities = found.identities.order_by("pk").values("kind", "space", "value")
    return {
        "id": found.pk,
        "name": str(found),
        "fields": {name: getattr(found, name) for name in FIELDS},
        "attributes": found.attributes,
        "identities": list(identities),
        "tags": sorted(found.tagged.values_list("tag__name", flat=True)),
        "created_at": found.created_at.isoformat(),
        "changed_at": found.changed_at.isoformat(),
        "merged": merged,
    }


def _unknown() -> HttpResponseBase:
    return refused(404, "unknown_person", "Nobody is known by that.")


def _closed(deed: str) -> HttpResponseBase:
    words = f"Your account, or key, may not {deed} people; ask an owner for a role."
    return refused(403, "not_allowed", words)
