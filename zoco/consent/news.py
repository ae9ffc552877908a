"""What changed since permission was asked: cheap to ask, between an answer and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from zoco.consent.models import Choice, Purpose
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, hashes_of
from zoco.kit.reading import rows_among, written

_RULES = "SELECT purpose, most, days, opens_at, closes_at, weekdays FROM zoco_consent_rule ORDER BY id"
_LEFT = "SELECT person_id FROM zoco_consent_choice WHERE id > %s AND state = %s AND person_id = ANY_OF"
_PAUSED = "SELECT person_id FROM zoco_consent_contact WHERE paused_until > %s AND person_id = ANY_OF"
_HELD = "SELECT hash, why FROM zoco_consent_suppression WHERE hash = ANY_OF"

Rules = tuple[tuple[Any, ...], ...]


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
    """Return the rules of sending as the database has them, to be compared."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES)
        return tuple(cursor.fetchall())


def doubted_since(mark: Mark, places: Mapping[int, Place], purpose: str, *, at: datetime) -> set[int]:
    """Return of which people the answer may be another by now: all of them where a rule was changed.

    The others took something back since, or a break, or have an address that is suppressed by now. It is
    asked before each group of messages that is handed over, so it goes past the ORM, which would cost most
    of it.
    """
    if purpose != Purpose.TRANSACTIONAL and rules_now() != mark.rules:
        return set(places)
    left = rows_among(_LEFT, [mark.choices, Choice.State.WITHDRAWN], list(places))
    found = {int(person) for (person,) in left}
    if purpose == Purpose.MARKETING:
        found |= {int(person) for (person,) in rows_among(_PAUSED, [written(at)], list(places))}
    hashes = hashes_of(places.values())
    held = {
        hashes[str(mark)]
        for mark, why in rows_among(_HELD, [], hashes)
        if purpose != Purpose.TRANSACTIONAL or why in NOT_EVEN_NEEDED
    }
    return found | {person for person, place in places.items() if place in held} if held else found
