"""People are moved on: due steps are leased, done, and followed by the next in the same transaction.

Whoever is killed loses his lease after a while and somebody else does the step; what left the house by then
left under the key of the visit, and does not leave again.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from zoco.channels.concluding import waiting_drop
from zoco.channels.models import Message
from zoco.channels.rates.waking import HELD
from zoco.mail.editing.prints import Copy
from zoco.mail.journeys.graph import Graph, graph_kept
from zoco.mail.journeys.kinds import KINDS, VISIT, Goes, Kind, Listens, Stays, Visit
from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller
from zoco.people.models import Person

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
BATCH = 100
FAILURES_MOST = 6
PAUSES = (30, 120, 600, 3_600, 21_600)
"""Seconds after each failure of a step."""
Due = StepDue.State


def due_run(
    *,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    stop: threading.Event | None = None,
    most: int = 2_000,
) -> int:
    """Do the steps that are due; returns how many were done. Several may do this at once.

    `clock` is asked anew before each step; without one it stays `now`. At a `stop` no further step begins.
    """
    tell, ends = clock or (lambda: now), stop or threading.Event()
    done = 0
    graphs: dict[int, Graph] = {}
    while done < most and not ends.is_set():
        leased = _leased(tell())
        if not leased:
            break
        for at, (pk, tries) in enumerate(leased):
            if ends.is_set():
                _freed(leased[at:])
                break
            step_run(pk=pk, tries=tries, now=tell(), graphs=graphs)
            done += 1
    return done


def steps_wake(people: Collection[int], *, now: datetime) -> None:
    """Ask again about steps whose messages were woken, or they would move on at their old hour."""
    rows = StepDue.objects.filter(state=Due.DUE, due_at__gt=now, reason__in=HELD)
    rows.filter(traveller__person__in=people).update(due_at=now)


@transaction.atomic
def _leased(now: datetime) -> list[tuple[int, int]]:
    """Lease some due steps of journeys that run; returns (key, try) of each."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    timed_out = Q(state=Due.LISTENS)
    rows = StepDue.objects.filter(
        free,
        Q(state=Due.DUE) | timed_out,
        due_at__lte=now,
        traveller__state=Traveller.State.GOING,
        traveller__journey__state=Journey.State.RUNNING,
    ).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows.values_list("pk", "tries")[:BATCH])
    StepDue.objects.filter(pk__in=[pk for pk, _tries in found]).update(
        leased_until=now + LEASE, tries=F("tries") + 1
    )
    return [(pk, tries + 1) for pk, tries in found]


@transaction.atomic
def _freed(leased: Sequence[tuple[int, int]]) -> None:
    """Give back what was leased and not begun: nobody has to wait until the lease is over."""
    for pk, tries in leased:
        StepDue.objects.filter(pk=pk, tries=tries).update(leased_until=None)


def step_run(*, pk: int, tries: int, now: datetime, graphs: dict[int, Graph]) -> None:
    """Do one step that was leased; what goes wrong is tried again later, and fails in the end."""
    try:
        row = StepDue.objects.select_related("traveller__journey", "traveller__version").get(pk=pk)
        graph = _graph(row.traveller.version, graphs)
        graph = graph if row.step in graph.steps else _stood_in(row, graphs)
        step = graph.steps[row.step]
        kind = KINDS.get(step.kind)
        if kind.leaves:
            _left(row, kind, graph, now, tries)
        else:
            with transaction.atomic():
                held = _held(pk, tries)
                if held is not None:
                    kind.check(step.settings)
                    _moved(held, kind.work(_visit(held, step.settings, now)), graph, now)
    except StepDue.DoesNotExist:
        return  # the person was forgotten meanwhile
    except Exception as error:
        log.exception("A step of a journey failed. step=%s try=%s", pk, tries)
        _failed(pk, tries, error, now)


def _left(row: StepDue, kind: Kind, graph: Graph, now: datetime, tries: int) -> None:
    """Let something leave, outside any transaction, and move on afterwards."""
    if row.state != Due.DUE or row.tries != tries or not _is_on_the_way(row.traveller):
        return
    went = kind.work(_visit(row, graph.steps[row.step].settings, now))
    with transaction.atomic():
        held = _held(row.pk, tries)
        if held is not None:
            _moved(held, went, graph, now)


def _held(pk: int, tries: int) -> StepDue | None:
    """Lock a step, if it still is the caller's to do."""
    row = (
        StepDue.objects.select_for_update(of=("self",))
        .select_related("traveller__journey", "traveller__version")
        .get(pk=pk)
    )
    is_mine = row.state in {Due.DUE, Due.LISTENS} and row.tries == tries and _is_on_the_way(row.traveller)
    return row if is_mine else None


def _is_on_the_way(traveller: Traveller) -> bool:
    return traveller.state == Traveller.State.GOING and traveller.journey.state == Journey.State.RUNNING


def _visit(row: StepDue, settings: object, now: datetime) -> Visit:
    person = Person.objects.get(pk=row.traveller.person_id)
    return Visit(row, row.traveller, person, settings, now)  # type: ignore[arg-type]


def _moved(row: StepDue, went: Goes | Stays, graph: Graph, now: datetime) -> None:
    row.leased_until = None
    row.reason = went.reason[:300]
    if isinstance(went, Stays):
        row.due_at, row.failures = max(went.until, now + timedelta(seconds=1)), 0
        row.save(update_fields=["leased_until", "due_at", "failures", "reason"])
        return
    row.state, row.way, row.done_at = Due.DONE, went.way, now
    row.save(update_fields=["leased_until", "state", "way", "done_at", "reason"])
    following = graph.steps[row.step].next.get(went.way)
    if following is None:
        traveller_end(traveller=row.traveller, state=Traveller.State.DONE, because="", now=now)
    else:
        arrive(traveller=row.traveller, step=following, visit=row.visit + 1, graph=graph, now=now)


def arrive(*, traveller: Traveller, step: str, visit: int, graph: Graph, now: datetime) -> StepDue:
    """Let somebody come to a step."""
    kind, settings = graph.steps[step].kind, graph.steps[step].settings
    person = Person.objects.get(pk=traveller.person_id)
    due = KINDS.get(kind).arrive(settings, person, now) if kind in KINDS else now
    listens = isinstance(due, Listens)
    return StepDue.objects.create(
        traveller=traveller,
        visit=visit,
        step=step,
        state=Due.LISTENS if listens else Due.DUE,
        due_at=due.until if isinstance(due, Listens) else due,
        fact=due.fact if isinstance(due, Listens) else "",
        arrived_at=now,
    )


def traveller_end(*, traveller: Traveller, state: Traveller.State, because: str, now: datetime) -> None:
    """Let somebody come to the end, or leave; what was still to come is dropped, and told so."""
    traveller.state, traveller.because, traveller.ended_at = state, because, now
    traveller.save(update_fields=["state", "because", "ended_at"])
    _dropped(traveller.steps.all(), because, now)
    mine = Message.objects.filter(person=traveller.person_id)
    waiting_drop(messages=mine.filter(uid__in=_letters(traveller.journey_id)), now=now)


def everybody_leaves(*, journey: Journey, because: str, now: datetime) -> None:
    """Let all leave who are on the way, however many: three queries."""
    going = Traveller.objects.filter(journey=journey, state=Traveller.State.GOING)
    going.update(state=Traveller.State.LEFT, because=because, ended_at=now)
    gone = StepDue.objects.filter(traveller__journey=journey, traveller__because=because)
    _dropped(gone, because, now)
    waiting_drop(messages=Message.objects.filter(uid__in=_letters(journey.pk)), now=now)


def some_leave(*, journey: Journey, which: Q, because: str, now: datetime) -> None:
    """Let those leave who are on the way and are meant, however many."""
    going = Traveller.objects.filter(which, journey=journey, state=Traveller.State.GOING)
    going.update(state=Traveller.State.LEFT, because=because, ended_at=now)
    gone = Traveller.objects.filter(journey=journey, because=because, ended_at=now)
    _dropped(StepDue.objects.filter(traveller__in=gone), because, now)
    mine = Message.objects.filter(person__in=gone.values("person"))
    waiting_drop(messages=mine.filter(uid__in=_letters(journey.pk)), now=now)


def _letters(journey: int) -> Any:
    """Return the ids of what left, or was to leave, on a journey."""
    return Copy.objects.filter(journey=journey).values_list("message", flat=True)


def _dropped(steps: QuerySet[StepDue], because: str, now: datetime) -> None:
    open_steps = steps.filter(state__in=(Due.DUE, Due.LISTENS))
    keys = open_steps.annotate(key=Concat(Value(VISIT), Cast("pk", CharField()))).values("key")
    waiting_drop(messages=Message.objects.filter(key__in=keys), now=now)
    open_steps.update(state=Due.DONE, way="", reason=because, done_at=now, leased_until=None)


def _graph(version: JourneyVersion, graphs: dict[int, Graph]) -> Graph:
    if version.pk not in graphs:
        graphs[version.pk] = graph_kept(version.graph)
    return graphs[version.pk]


def _stood_in(row: StepDue, graphs: dict[int, Graph]) -> Graph:
    """Return the latest version that has somebody's step, and let him go by it.

    He was moved to a newer one while a step was done, and that step led to one that is there no more.
    """
    for version in JourneyVersion.objects.filter(journey=row.traveller.journey_id).order_by("-number"):
        graph = _graph(version, graphs)
        if row.step in graph.steps:
            Traveller.objects.filter(pk=row.traveller_id).update(version=version)
            row.traveller.version = version
            return graph
    raise KeyError(row.step)


def _failed(pk: int, tries: int, error: Exception, now: datetime) -> None:
    """Try a step later, or let it fail: then the person stays where he is, and somebody sees why."""
    rows = StepDue.objects.filter(pk=pk, tries=tries, state__in=(Due.DUE, Due.LISTENS))
    said = f"{type(error).__name__}: {error}"[:300]
    failures = 1 + (rows.values_list("failures", flat=True).first() or 0)
    if failures >= FAILURES_MOST:
        rows.update(state=Due.FAILED, failures=failures, reason=said, leased_until=None, done_at=now)
    else:
        again = now + timedelta(seconds=PAUSES[failures - 1])
        rows.update(reason=said, failures=failures, leased_until=None, due_at=again)
