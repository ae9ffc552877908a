"""Whom a program means: somebody by number or identity; an address that nobody has may become a person."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest
from django.utils import timezone

from zoco.people.editing import Hand, IdentityTaken, person_make
from zoco.people.identities import identity_read
from zoco.people.models import Identity, Person
from zoco.people.standing import standing
from zoco.people.writing import Incoming

ADD_PERSON = "zoco_people.add_person"
WHO_SHAPE = {
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


class Who(msgspec.Struct, forbid_unknown_fields=True):
    """An identity of somebody."""

    kind: str
    value: str
    space: str = ""


def person_meant(request: HttpRequest, who: int | Who) -> Person | None:
    """Return whom a program means; an address that nobody has becomes a person. Raises IdentityWrong."""
    if isinstance(who, int):
        return person_standing(who) if 0 < who < 1 << 63 else None
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


def person_standing(key: int) -> Person | None:
    """Return the person of a key; of whom was merged, who stands for him."""
    person = Person.objects.filter(pk=key).first()
    return None if person is None else standing(person)


def _known(place: tuple[str, str, str]) -> Person | None:
    kind, space, key = place
    identity = Identity.objects.filter(kind=kind, space=space, key=key).select_related("person").first()
    return identity.person if identity else None
