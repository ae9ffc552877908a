"""Who comes onto a journey, and who is held out of it so that it is seen what it brings about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from zoco.mail.journeys.graph import graph_kept
from zoco.mail.journeys.models import Journey, Traveller
from zoco.mail.journeys.running import arrive
from zoco.people.models import Person
from zoco.trials import facts
from zoco.trials.assigning import is_held_out

BY_LONGEST = 120
DATA_MOST = 50
ROWS_MOST = 50
TEXT_LONGEST = 500
TREATED, HELD = "journey", "held_out"


def enter(
    *, journey: Journey, person: Person, by: str, now: datetime, data: Mapping[str, Any] | None = None
) -> Traveller | None:
    """Let somebody onto a journey; None for whom it is not, or not yet again.

    While a journey is paused people come onto it and wait at its first step. Two who let the same person
    in at once: one of them gets None.
    """
    if journey.state not in {Journey.State.RUNNING, Journey.State.PAUSED} or journey.version is None:
        return None
    came = Traveller.objects.filter(journey=journey, person=person).aggregate(
        turn=Max("turn"), at=Max("entered_at"), going=Count("pk", filter=Q(state=Traveller.State.GOING))
    )
    if came["turn"] and (came["going"] or not _may_again(journey, came["at"], now)):
        return None
    held = is_held_out(journey.trial, person.number, journey.held_out / 100)
    try:
        with transaction.atomic():
            traveller = Traveller.objects.create(
                journey=journey,
                version=journey.version,
                person=person,
                turn=(came["turn"] or 0) + 1,
                state=Traveller.State.HELD_OUT if held else Traveller.State.GOING,
                entered_by=by[:BY_LONGEST],
                data=data_held(data or {}),
                entered_at=now,
            )
            if not held:
                graph = graph_kept(journey.version.graph)
                arrive(traveller=traveller, step=graph.start, visit=1, graph=graph, now=now)
            seen = [(person.number, HELD if held else TREATED)]
            facts.shown(trial=journey.trial, seen=seen, at=now, kind="journey")
    except IntegrityError:
        return None
    return traveller


def _may_again(journey: Journey, last: datetime, now: datetime) -> bool:
    """Return whether whoever came last at a moment may come again; turns say no order, of whom was merged."""
    return journey.again_days is not None and last + timedelta(days=journey.again_days) <= now


def data_held(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry brought, held to a size: plain values by name, and lists of rows of such."""
    held = _plain(data)
    for name, value in list(data.items())[:DATA_MOST]:
        if isinstance(value, list):
            rows = [each for each in value if isinstance(each, Mapping)]
            held[str(name)[:80]] = [_plain(each) for each in rows[:ROWS_MOST]]
    return held


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for name, value in list(data.items())[:DATA_MOST]:
        if value is None or isinstance(value, bool | int | float):
            held[str(name)[:80]] = value
        elif isinstance(value, str):
            held[str(name)[:80]] = value[:TEXT_LONGEST]
    return held
