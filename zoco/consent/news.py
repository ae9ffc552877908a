"""Who took permission back since it was asked: cheap to ask, between an answer and what follows from it."""

from collections.abc import Mapping

from django.db.models import Max

from zoco.consent.models import Choice, Purpose
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, suppressed


def choices_mark() -> int:
    """Return how far choices have come; ask in the transaction that asks permission, before it does.

    Whoever chooses later waits for the contact row that is locked there, and is numbered after it.
    """
    return Choice.objects.aggregate(last=Max("pk"))["last"] or 0


def withdrawn_since(mark: int, places: Mapping[int, Place], purpose: str) -> set[int]:
    """Return which people took something back since, or have an address that is suppressed by now."""
    choices = Choice.objects.filter(pk__gt=mark, state=Choice.State.WITHDRAWN, person__in=places)
    found = set(choices.values_list("person", flat=True))
    whys = suppressed(places.values())
    for person, place in places.items():
        held = whys.get(place, set())
        if held if purpose != Purpose.TRANSACTIONAL else held.intersection(NOT_EVEN_NEEDED):
            found.add(person)
    return found
