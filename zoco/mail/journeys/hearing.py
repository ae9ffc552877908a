"""Facts that journeys wait for: they let people in, end their waiting, and are the goal.

One subscriber for all journeys: which facts it wants changes with them, and so is asked of the database,
at most every few seconds. What it writes is committed with its position, so each fact counts once.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Q

from zoco.kit.periods import moment_at
from zoco.ledger.outbox.registry import SUBSCRIBERS
from zoco.ledger.schema import Fact
from zoco.mail.journeys.browsers import Browsers
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.graph import graph_kept
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.running import traveller_end
from zoco.mail.journeys.triggers import fits
from zoco.mail.journeys.waits import YES
from zoco.mail.whom import person_standing
from zoco.people.audiences.deeds import COUNTED
from zoco.people.models import NUMBER_BASE, Person

log = logging.getLogger(__name__)

GOAL_DAYS = 30
"""So long after they came a goal of people counts, for those who are held out as for the others."""
FRESH_SECONDS = 5.0


class JourneySubscriber:
    """What a subscriber is, with names that follow the journeys that run."""

    key = "mail.journeys"

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._until = 0.0
        self._browsers = Browsers()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of facts that some journey that runs asks for.

        Facts are loaded also while the database cannot be asked: then it is those that were known before.
        """
        if time.monotonic() >= self._until:
            try:
                self._names = tuple(sorted(wanted()))
                self._until = time.monotonic() + FRESH_SECONDS
            except (DatabaseError, RuntimeError) as error:
                log.warning("Journeys could not be asked for their facts. why=%s", error)
        return self._names

    def forget(self) -> None:
        """Ask anew, for a journey was changed."""
        self._until = 0.0

    def reset(self) -> None:
        """Be as at the start of the process: nothing is known."""
        self._names, self._until = (), 0.0
        self._browsers.forget()

    def handle(self, fact: Fact) -> None:
        """Do what follows from what a person did; what a robot does is nobody's wish."""
        if fact.verdict not in COUNTED:
            return
        person = person_of(self._browsers.person(fact))
        if person is not None:
            heard(fact, person, moment_at(fact.occurred_at))


SUBSCRIBER = JourneySubscriber()


def subscribe() -> None:
    """Be told of facts; called once, when the apps are ready."""
    if SUBSCRIBER.key not in SUBSCRIBERS:
        SUBSCRIBERS.add(SUBSCRIBER)  # type: ignore[arg-type]


def wanted() -> set[str]:
    """Return the names of facts that journeys ask for which run or are paused."""
    found: set[str] = set()
    for journey in _open().select_related("version"):
        found |= {str(each["fact"]) for each in journey.entries if each.get("fact")}
        found |= {journey.goal} - {""}
        if journey.version is not None:
            found |= graph_kept(journey.version.graph).facts()
    return found


def _open() -> Any:
    return Journey.objects.filter(state__in=(Journey.State.RUNNING, Journey.State.PAUSED)).order_by("pk")


def person_of(number: int) -> Person | None:
    """Return the person that a fact is about, by its number; of whom was merged, who stands for him."""
    return person_standing(number ^ NUMBER_BASE) if number >= NUMBER_BASE else None


def heard(fact: Fact, person: Person, at: datetime) -> None:
    """Bring a fact to the journeys of a person, and to those that it begins."""
    travellers = Traveller.objects.select_for_update(of=("self",)).filter(person=person, entered_at__lte=at)
    open_to = Q(state=Traveller.State.GOING) | Q(entered_at__gt=at - timedelta(days=GOAL_DAYS))
    for traveller in travellers.filter(open_to).select_related("journey").order_by("pk"):
        _seen(traveller, fact, at)
    rows = StepDue.objects.filter(
        traveller__person=person,
        traveller__state=Traveller.State.GOING,
        state=StepDue.State.LISTENS,
        fact=fact.name,
        arrived_at__lte=at,
        due_at__gt=at,
    )
    rows.update(state=StepDue.State.DUE, way=YES, due_at=at, leased_until=None)
    for journey in _open().defer("draft"):
        if any(fits(each, fact) for each in journey.entries):
            enter(journey=journey, person=person, by=fact.name, now=at, data=brought(fact))


def _seen(traveller: Traveller, fact: Fact, at: datetime) -> None:
    """Write down what was heard. At the goal people leave; of a paused journey once it goes on."""
    changed = []
    if traveller.state == Traveller.State.GOING and fact.name not in traveller.seen:
        traveller.seen = {**traveller.seen, fact.name: at.isoformat()}
        changed.append("seen")
    is_goal = fact.name == traveller.journey.goal and traveller.goal_at is None
    if is_goal and at <= traveller.entered_at + timedelta(days=GOAL_DAYS):
        traveller.goal_at = at
        changed.append("goal_at")
    if changed:
        traveller.save(update_fields=changed)
    journey, is_going = traveller.journey, traveller.state == Traveller.State.GOING
    if is_goal and journey.is_left_at_goal and is_going and journey.state == Journey.State.RUNNING:
        traveller_end(traveller=traveller, state=Traveller.State.LEFT, because="goal", now=at)


def brought(fact: Fact) -> dict[str, Any]:
    """Return what a fact says, for branches and letters of the journey."""
    said: dict[str, Any] = dict(fact.props or {})
    said |= {"subject": fact.subject, "campaign": fact.campaign, "path": fact.path}
    if fact.currency:
        said |= {"amount": float(fact.amount), "currency": fact.currency}
    return {name: value for name, value in said.items() if value not in ("", None)}
