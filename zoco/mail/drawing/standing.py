"""The page of who stands at a step of a journey: since when, until when, and why whoever cannot go on."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats, moments
from zoco.mail.drawing.opening import PEOPLE, SEE
from zoco.mail.drawing.saying import label, reason_said, said
from zoco.mail.drawing.screens import PAGE, page
from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller
from zoco.people.opening import for_whom

Due = StepDue.State
STANDS = (Due.DUE, Due.LISTENS, Due.FAILED)


@for_whom(SEE)
def standing(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """List who stands at a step, whoever came last first. Who may not see people is refused."""
    if not request.user.has_perm(PEOPLE):
        raise PermissionDenied
    journey = get_object_or_404(Journey, pk=pk)
    step = _step(journey, name)
    kind, does = label(step["kind"]), said(step["kind"], step.get("settings", {}))
    listed = Paginator(standing_at(journey, name), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "standing",
        _("Here now"),
        journey=journey,
        step=f"{kind}: {does}" if does else kind,
        page=listed,
        count=formats.count(listed.paginator.count),
        lines=[_line(journey, each) for each in listed],
    )


def standing_at(journey: Journey, name: str) -> QuerySet[StepDue]:
    """Return the steps that people on the way stand at, those of people who failed there among them."""
    rows = StepDue.objects.filter(
        step=name, state__in=STANDS, traveller__journey=journey, traveller__state=Traveller.State.GOING
    )
    return rows.select_related("traveller__person").order_by("-arrived_at", "-pk")


def _step(journey: Journey, name: str) -> dict[str, Any]:
    """Return a step as it is drawn, else as the last version had it that people may stand in."""
    versions = JourneyVersion.objects.filter(journey=journey).order_by("-number")
    graphs = [journey.draft.get("graph") or {}, *versions.values_list("graph", flat=True)]
    for graph in graphs:
        if found := graph.get("steps", {}).get(name):
            return dict(found)
    raise Http404(_("There is no such step."))


def _line(journey: Journey, row: StepDue) -> dict[str, Any]:
    if row.state == Due.FAILED:
        then = _("cannot go on: %(why)s") % {"why": reason_said(row.reason)}
    elif journey.state == Journey.State.PAUSED:
        then = _("when the journey goes on")
    elif row.state == Due.LISTENS:
        then = _("when it happens, at the latest %(moment)s") % {"moment": moments.said(row.due_at)}
    else:
        then = " · ".join(filter(None, (moments.said(row.due_at), reason_said(row.reason))))
    return {
        "person": row.traveller.person,
        "since": moments.said(row.arrived_at),
        "then": then,
        "has_failed": row.state == Due.FAILED,
    }
