"""Writes of journeys: drawn, published as a version, started, paused, ended; who moves to a new one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from zoco.kit import noting
from zoco.kit.said import Said
from zoco.mail.journeys.checks import is_without_consent, problems_of
from zoco.mail.journeys.dates import looked_name
from zoco.mail.journeys.graph import graph_read
from zoco.mail.journeys.hearing import SUBSCRIBER
from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller
from zoco.mail.journeys.running import everybody_leaves, some_leave
from zoco.mail.journeys.triggers import DATE, entries_read
from zoco.mail.sending.checks import Problem, Weight

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KIND = "zoco_mail.journey"
State = Journey.State


class JourneyWrong(Said, ValueError):
    """This cannot be done with a journey as it is; the message says what to do."""


class JourneyHeld(ValueError):
    """What is drawn cannot be published; `problems` say what speaks against it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(each.words for each in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Moves:
    """Who would move to a new version, and who stays in his old one, as the step he stands at is gone."""

    can_move: int
    stay: int


class DrawnMeanwhile(JourneyWrong):
    """Somebody else drew since it was looked at."""


def drawn_mark(journey: Journey) -> str:
    """Return a mark of what is drawn: another one as soon as anything of it is changed."""
    said = json.dumps(journey.draft, sort_keys=True, ensure_ascii=False)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _locked(journey: Journey, was: str) -> Journey:
    held = Journey.objects.select_for_update().get(pk=journey.pk)
    if was and was != drawn_mark(held):
        words = gettext_noop(
            "Somebody changed the drawing since you opened this page. Look at it; then do it once more."
        )
        raise DrawnMeanwhile(words)
    return held


@transaction.atomic
def journey_draw(*, journey: Journey, graph: Mapping[str, Any], entries: list[Any], was: str = "") -> Journey:
    """Keep a drawing, however unfinished; it changes nothing for anybody until it is published.

    `was` is the mark of the drawing that was changed, if it is known. Raises DrawnMeanwhile.
    """
    held = _locked(journey, was)
    held.draft = {"graph": dict(graph), "entries": list(entries)}
    held.save(update_fields=["draft"])
    return held


def moves_of(*, journey: Journey) -> Moves:
    """Return who would move to what is drawn. Raises GraphWrong."""
    steps = set(graph_read(journey.draft.get("graph", {})).steps)
    standing = _standing(journey).values_list("step", flat=True)
    can = sum(step in steps for step in standing)
    return Moves(can, len(standing) - can)


@transaction.atomic
def journey_publish(
    *,
    journey: Journey,
    is_moving: bool,
    at: datetime,
    by: "User | None" = None,
    was: str = "",
    reason: str = "",
) -> JourneyVersion:
    """Make what is drawn a version that new people go by; `is_moving` takes those on the way along.

    Whoever stands at a step that is there no more goes on by the version on which he came. `was` is the mark
    of what was shown; `reason` why an owner publishes although something speaks against it. Raises
    GraphWrong, DrawnMeanwhile, JourneyHeld.
    """
    held = _locked(journey, was)
    graph = held.draft.get("graph", {})
    read, entries = graph_read(graph), entries_read(held.draft.get("entries", []))
    override = _override(held, reason, at)
    last = held.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = JourneyVersion.objects.create(journey=held, number=last + 1, graph=graph, at=at, by=by)
    held.version, held.entries = version, entries
    dates = {looked_name(each) for each in entries if each["kind"] == DATE}
    held.looked = {name: day for name, day in held.looked.items() if name in dates}
    held.save(update_fields=["version", "entries", "looked"])
    if is_moving:
        moving = _standing(held).filter(step__in=read.steps)
        Traveller.objects.filter(pk__in=moving.values("traveller")).update(version=version)
    details: dict[str, Any] = {"version": [last, version.number], "moved": [None, is_moving]}
    if override:
        details["override"] = [None, override]
    if is_without_consent(graph):
        details["without_consent"] = [None, True]
    noting.note(action="changed", kind=KIND, name=held.name, details=details, by=by)
    transaction.on_commit(SUBSCRIBER.forget)
    return version


def _override(journey: Journey, reason: str, at: datetime) -> str:
    """Return the reason that is wanted to publish what is drawn, empty for none. Raises JourneyHeld."""
    reason = " ".join(reason.split())[:300]
    against = [each for each in problems_of(journey, now=at) if each.weight != Weight.NOTE]
    if any(each.weight == Weight.STOPS or not reason for each in against):
        raise JourneyHeld(against)
    return reason if against else ""


def _standing(journey: Journey) -> Any:
    return StepDue.objects.filter(
        traveller__journey=journey,
        traveller__state=Traveller.State.GOING,
        state__in=(StepDue.State.DUE, StepDue.State.LISTENS, StepDue.State.FAILED),
    )


FROM: dict[str, tuple[str, ...]] = {
    State.RUNNING: (State.DRAFT, State.PAUSED),
    State.PAUSED: (State.RUNNING,),
    State.ENDED: (State.RUNNING, State.PAUSED, State.DRAFT),
}
"""From which states a journey comes into another."""


@transaction.atomic
def journey_let(*, journey: Journey, state: Journey.State, at: datetime, by: "User | None" = None) -> Journey:
    """Start, pause or end a journey. Raises JourneyWrong.

    Whoever is on it while it is paused is held where he is; who reached the goal meanwhile leaves when it
    goes on. When it ends everybody leaves.
    """
    held = Journey.objects.select_for_update().get(pk=journey.pk)
    if held.state == state:
        return held
    if held.state not in FROM.get(state, ()):
        words = gettext_noop("A journey that is %(state)s cannot be so changed.")
        raise JourneyWrong(words, state=held.get_state_display())
    if state == State.RUNNING and held.version is None:
        raise JourneyWrong(gettext_noop("Publish the journey first; then start it."))
    was, held.state = held.state, state
    held.save(update_fields=["state"])
    if state == State.RUNNING and held.is_left_at_goal and held.goal:
        some_leave(journey=held, which=Q(seen__has_key=held.goal), because="goal", now=at)
    if state == State.ENDED:
        everybody_leaves(journey=held, because="ended", now=at)
    noting.note(action="changed", kind=KIND, name=held.name, details={"state": [was, held.state]}, by=by)
    transaction.on_commit(SUBSCRIBER.forget)
    return held


@transaction.atomic
def step_again(*, journey: Journey, step: str, at: datetime) -> int:
    """Let steps that failed be tried once more; returns how many."""
    rows = StepDue.objects.filter(
        traveller__journey=journey,
        traveller__state=Traveller.State.GOING,
        step=step,
        state=StepDue.State.FAILED,
    )
    return rows.update(state=StepDue.State.DUE, due_at=at, failures=0, done_at=None, leased_until=None)
