"""Permissions on people, and who it is that changes something."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from zoco.people.editing import Hand

SEE, ADD, CHANGE, EXPORT, ERASE = (
    f"zoco_people.{verb}_person" for verb in ("view", "add", "change", "export", "erase")
)
FACTS = "zoco_ledger.view_facts"
IMPORTS = "zoco_people.add_peopleimport"


def hand_of(request: HttpRequest) -> Hand:
    """Return who changes something now."""
    return Hand(timezone.now(), request.user if isinstance(request.user, User) else None)
