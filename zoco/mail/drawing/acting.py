"""What is done with a journey: published, started, paused, ended; what failed is tried again."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.mail.drawing.minding import letters_minded
from zoco.mail.drawing.opening import RUN, SEE
from zoco.mail.drawing.screens import page, said_here, shown
from zoco.mail.journeys.checks import problems_of
from zoco.mail.journeys.graph import GraphWrong
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import (
    DrawnMeanwhile,
    JourneyHeld,
    JourneyWrong,
    journey_let,
    journey_publish,
    moves_of,
    step_again,
)
from zoco.mail.journeys.there import at_once
from zoco.mail.sending.checks import Weight
from zoco.mail.sending.screens.frame import OVERRIDE
from zoco.mail.sending.screens.saying import problems_said
from zoco.people.opening import for_whom

State = Journey.State
ACTS = {"run": State.RUNNING, "pause": State.PAUSED, "end": State.ENDED}


@for_whom(SEE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, pause or end it; publish what is drawn; let what failed be tried again."""
    if not request.user.has_perm(RUN):
        raise PermissionDenied
    journey = get_object_or_404(Journey, pk=pk)
    what, now = request.POST.get("act", ""), timezone.now()
    by = request.user if isinstance(request.user, User) else None
    try:
        if what in ACTS:
            journey_let(journey=journey, state=ACTS[what], at=now, by=by)
        elif what in {"publish", "publish-moving"}:
            reason = request.POST.get("reason", "") if request.user.has_perm(OVERRIDE) else ""
            was, is_moving = request.POST.get("drawn", ""), what == "publish-moving"
            journey_publish(journey=journey, is_moving=is_moving, at=now, by=by, was=was, reason=reason)
        elif what == "again":
            step_again(journey=journey, step=request.POST.get("step", ""), at=now)
        else:
            return shown(request, journey, _("Choose what to do."), status=422)
    except JourneyHeld:
        return _asked(request, journey, _("Something speaks against it; see below."), status=422)
    except DrawnMeanwhile as wrong:
        journey.refresh_from_db()
        return _asked(request, journey, said_here(wrong), status=409)
    except (GraphWrong, JourneyWrong) as wrong:
        return shown(request, journey, said_here(wrong), status=422)
    return redirect("zoco_journey", pk=pk)


@for_whom(RUN)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who moves to what is drawn."""
    return _asked(request, get_object_or_404(Journey, pk=pk))


@at_once()
def _asked(request: HttpRequest, journey: Journey, problem: str = "", *, status: int = 200) -> HttpResponse:
    try:
        moves = moves_of(journey=journey)
    except GraphWrong as wrong:
        return shown(request, journey, said_here(wrong), status=422)
    problems = problems_of(journey, now=timezone.now())
    return page(
        request,
        "publish",
        _("Publish"),
        journey=journey,
        status=status,
        problem=problem,
        moves=moves,
        has_anybody=bool(moves.can_move or moves.stay),
        minded=letters_minded(journey.draft.get("graph", {})),
        has_entries=bool(journey.draft.get("entries")),
        problems=problems_said(problems),
        is_held=any(each.weight == Weight.STOPS for each in problems),
        wants_reason=any(each.weight == Weight.OWNER for each in problems),
        may_override=request.user.has_perm(OVERRIDE),
    )
