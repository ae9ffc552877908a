"""Pages of journeys: all of them, one with its drawing and figures."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import NAMES
from zoco.ledger.views.heads import head
from zoco.mail.drawing import reads
from zoco.mail.drawing.editing import EMPTY
from zoco.mail.drawing.entries import JourneyForm
from zoco.mail.drawing.lettering import MAY_WRITE, LettersForm, letters_begin
from zoco.mail.drawing.opening import ADD, CHANGE, PEOPLE, RUN, SEE
from zoco.mail.drawing.picture import lines_of, picture
from zoco.mail.drawing.ready import Ready, ready_of, ready_there
from zoco.mail.drawing.saying import entry_said
from zoco.mail.editing.wrongs import words_of
from zoco.mail.journeys.graph import GraphWrong, graph_read
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import drawn_mark, journey_draw
from zoco.mail.journeys.there import at_once
from zoco.mail.journeys.triggers import entries_read
from zoco.mail.sending.reports.rows import cell
from zoco.mail.sending.screens import opened
from zoco.people.opening import for_whom

PAGE = 50
State = Journey.State


def page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    journey: Journey | None = None,
    status: int = 200,
    **values: object,
) -> HttpResponse:
    """Render a page of journeys."""
    shown = head(title, "resubmit")
    if journey is not None:
        crumbs: list[dict[str, object]] = [{"url": reverse("zoco_journeys"), "label": _("Journeys")}]
        if template != "journey":
            crumbs.append({"url": reverse("zoco_journey", args=[journey.pk]), "label": journey.name})
        shown["breadcrumbs_items"] = [*crumbs, {"url": None, "label": title}]
        shown["drawn"] = drawn_mark(journey)
    values = {**shown, "facts": sorted(NAMES.items()), **values, "journey": journey}
    return render(request, f"zoco/mail/journeys/{template}.html", values, status=status)


def said_here(wrong: Said) -> str:
    """Return what is wrong, in the reader's language."""
    return words_of(wrong)


@for_whom(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """List the journeys."""
    listed = Paginator(Journey.objects.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    found = reads.travellers(list(listed))
    lines = [{"journey": each, **_figures(found[each.pk])} for each in listed]
    may_add = request.user.has_perm(ADD)
    return page(request, "journeys", _("Journeys"), lines=lines, page=listed, may_add=may_add)


def _figures(found: Mapping[str, int]) -> dict[str, int]:
    return {
        "going": found.get("going", 0),
        "ended": found.get("done", 0) + found.get("left", 0),
        "held_out": found.get("held_out", 0),
    }


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a journey, empty or from one that is drawn already."""
    ready = ready_of(request.GET.get("ready", ""))
    begins = Journey(
        name=str(ready.label) if ready else "",
        goal=ready.goal if ready else "",
        again_days=ready.again_days if ready else None,
    )
    posted = request.POST if request.method == "POST" else None
    form = JourneyForm(posted, instance=begins)
    may_write = ready is not None and request.user.has_perm(MAY_WRITE)
    letters = LettersForm(posted) if may_write else None
    if posted is not None and form.is_valid() and (letters is None or letters.is_valid()):
        begun = _begun(request, form, ready, letters)
        if ready is not None and ready.asks:
            return redirect(f"{reverse('zoco_journey_settings', args=[begun.pk])}?kind={ready.asks}")
        return redirect("zoco_journey", pk=begun.pk)
    return page(
        request,
        "new",
        _("New journey"),
        form=form,
        letters=letters,
        ready=ready_there(),
        chosen=ready.key if ready else "",
        status=200 if posted is None else 422,
    )


@transaction.atomic
def _begun(
    request: HttpRequest, form: JourneyForm, ready: Ready | None, letters: LettersForm | None
) -> Journey:
    journey, now = form.save(commit=False), timezone.now()
    by = request.user if isinstance(request.user, User) else None
    journey.created_at, journey.created_by = now, by
    journey.save()
    graph, entries = (ready.graph, list(ready.entries)) if ready else (EMPTY, [])
    if ready and letters and letters.cleaned_data["letters"]:
        topic = letters.cleaned_data["topic"]
        graph = letters_begin(journey=journey, ready=ready, topic=topic, at=now, by=by)
    journey_draw(journey=journey, graph=graph, entries=entries)
    return journey


@for_whom(SEE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a journey."""
    return shown(request, get_object_or_404(Journey, pk=pk))


@at_once()
def shown(request: HttpRequest, journey: Journey, problem: str = "", *, status: int = 200) -> HttpResponse:
    """Render the page of one: what is drawn, who stands where, what it brings about."""
    graph = journey.draft.get("graph") or EMPTY
    figures = reads.at_steps(journey)
    may_change = request.user.has_perm(CHANGE) and journey.state != State.ENDED
    return page(
        request,
        "journey",
        journey.name,
        journey=journey,
        status=status,
        problem=problem,
        state=journey.get_state_display(),
        version=journey.version.number if journey.version else 0,
        is_changed=_is_changed(journey),
        wrong=_wrong(journey),
        picture=picture(journey, graph, figures, may_change=may_change),
        lines=lines_of(graph, figures, reads.causes(journey)),
        parted=_parted(journey, graph),
        gone=sum(each.here for name, each in figures.items() if name not in graph["steps"]),
        entries=[entry_said(each) for each in journey.draft.get("entries", [])],
        **_effect(journey),
        may_change=may_change,
        may_run=request.user.has_perm(RUN),
        may_see_people=request.user.has_perm(PEOPLE),
        acts=_acts(journey),
        **_figures(reads.travellers([journey])[journey.pk]),
    )


def _effect(journey: Journey) -> dict[str, Any]:
    effect = reads.effect(journey) if journey.goal else None
    if effect is None or effect.lower is None or effect.upper is None:
        return {"effect": effect}
    data = [(_("Came in"), formats.count(effect.came)), (_("Held out"), formats.count(effect.held))]
    bounds = {
        "effect_low": 100 * effect.lower,
        "effect_high": 100 * effect.upper,
        "effect_points": effect.points,
    }
    shown = {name: formats.decimal(value, 1) for name, value in bounds.items()}
    return {"effect": effect, "opened": opened.effect(data), **shown}


def _parted(journey: Journey, graph: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what came of splits, in words."""
    numbers = {name: number for number, name in enumerate(graph["steps"], 1)}
    return [
        {
            "number": numbers[each.step],
            "ways": [(way, formats.count(found.of), cell(found)) for way, found in each.ways],
            "leader": each.leader,
        }
        for each in (reads.parted(journey, graph["steps"]) if journey.goal else ())
    ]


def _is_changed(journey: Journey) -> bool:
    """Return whether what is drawn is not what runs."""
    if journey.version is None:
        return bool((journey.draft.get("graph") or EMPTY)["steps"])
    is_other = journey.draft.get("graph") != journey.version.graph
    return bool(is_other or _drawn_entries(journey) != journey.entries)


def _drawn_entries(journey: Journey) -> list[dict[str, Any]] | None:
    try:
        return entries_read(journey.draft.get("entries", []))
    except GraphWrong:
        return None


def _wrong(journey: Journey) -> str:
    """Say why what is drawn cannot be published; nothing where it can."""
    try:
        graph_read(journey.draft.get("graph") or EMPTY)
        entries_read(journey.draft.get("entries", []))
    except GraphWrong as wrong:
        return said_here(wrong)
    return ""


def _acts(journey: Journey) -> set[str]:
    match journey.state:
        case State.DRAFT:
            return {"run"} if journey.version else set()
        case State.RUNNING:
            return {"pause", "end"}
        case State.PAUSED:
            return {"run", "end"}
    return set()
