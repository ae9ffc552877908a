"""What changed since permission was asked: cheap to ask, between an answer and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max

from zoco.consent.models import Choice, Purpose, Rule
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, suppressed

Rules = tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far choices had come, and what the rules of sending were."""

    choices: int
    rules: Rules


def mark_now() -> Mark:
    """Return how far things have come; ask in the transaction that asks permission, before it does.

    Whoever chooses later waits for the contact row that is locked there, and is numbered after it.
    """
    return Mark(Choice.objects.aggregate(last=Max("pk"))["last"] or 0, rules_now())


def rules_now() -> Rules:
    """Return the rules of sending as they are, to be compared."""
    fields = ("purpose", "most", "days", "opens_at", "closes_at", "weekdays")
    return tuple(Rule.objects.order_by("pk").values_list(*fields))


def doubted_since(mark: Mark, places: Mapping[int, Place], purpose: str) -> set[int]:
    """Return of which people the answer may be another by now: all of them where a rule was changed.

    The others took something back since, or have an address that is suppressed by now.
    """
    if purpose != Purpose.TRANSACTIONAL and rules_now() != mark.rules:
        return set(places)
    choices = Choice.objects.filter(pk__gt=mark.choices, state=Choice.State.WITHDRAWN, person__in=places)
    found = set(choices.values_list("person", flat=True))
    whys = suppressed(places.values())
    for person, place in places.items():
        held = whys.get(place, set())
        if held if purpose != Purpose.TRANSACTIONAL else held.intersection(NOT_EVEN_NEEDED):
            found.add(person)
    return found
