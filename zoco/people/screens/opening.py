"""Permissions on people, and who it is that changes something."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from zoco.people.editing import Hand

SEE, ADD, CHANGE, DELETE = (f"zoco_people.{verb}_person" for verb in ("view", "add", "change", "delete"))
FACTS = "zoco_ledger.view_facts"
IMPORTS, EXPORT = "zoco_people.add_peopleimport", "zoco_people.export_person"


def hand_of(request: HttpRequest) -> Hand:
    """Return who changes something now."""
    return Hand(timezone.now(), request.user if isinstance(request.user, User) else None)
