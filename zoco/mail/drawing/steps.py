"""Pages on which a journey is drawn: a step is put in, set, joined, taken out; what lets people in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from zoco.mail.drawing.editing import drawn, step_add, step_remove, step_set, way_set
from zoco.mail.drawing.entries import EntryForm, JourneyForm
from zoco.mail.drawing.forms import form_of
from zoco.mail.drawing.messaging import carriers_said, message_accounts
from zoco.mail.drawing.opening import CHANGE
from zoco.mail.drawing.saying import entry_said, label, said, way_word
from zoco.mail.drawing.screens import page, said_here, shown
from zoco.mail.journeys.graph import GraphWrong
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.messages.step import MessageStep
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import DrawnMeanwhile, drawn_mark, journey_draw
from zoco.mail.journeys.there import at_once
from zoco.mail.journeys.triggers import entries_read
from zoco.people.opening import for_whom


def _journey(pk: int) -> Journey:
    journey = get_object_or_404(Journey, pk=pk)
    if journey.state == Journey.State.ENDED:
        raise Http404(_("A journey that has ended is not drawn any more."))
    return journey


def _draw(
    request: HttpRequest, journey: Journey, *, graph: Any = None, entries: list[Any] | None = None
) -> None:
    """Keep what was changed of the drawing that was shown. Raises DrawnMeanwhile."""
    graph = journey.draft.get("graph", {}) if graph is None else graph
    entries = journey.draft.get("entries", []) if entries is None else entries
    was = request.POST.get("drawn") or drawn_mark(journey)
    journey_draw(journey=journey, graph=graph, entries=entries, was=was)


@for_whom(CHANGE, "GET", "HEAD", "POST")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a kind of step, and put it in."""
    journey = _journey(pk)
    after, way = request.GET.get("after", ""), request.GET.get("way", "")
    if request.method == "POST":
        try:
            graph, name = step_add(
                drawn(journey.draft.get("graph", {})), kind=request.POST.get("kind", ""), after=after, way=way
            )
            _draw(request, journey, graph=graph)
        except GraphWrong as wrong:
            return shown(request, journey, said_here(wrong), status=422)
        except DrawnMeanwhile as wrong:
            journey.refresh_from_db()
            return _adding(request, journey, said_here(wrong), status=409)
        return redirect("zoco_journey_step", pk=pk, name=name)
    return _adding(request, journey)


def _adding(request: HttpRequest, journey: Journey, problem: str = "", *, status: int = 200) -> HttpResponse:
    has_messages = message_accounts().exists()
    kinds = [each for each in KINDS if has_messages or each.key != MessageStep.key]
    missing = "" if has_messages else carriers_said()
    return page(
        request, "add", _("Add a step"), journey=journey, kinds=kinds, missing=missing, problem=problem,
        status=status,
    )  # fmt: skip


@for_whom(CHANGE, "GET", "HEAD", "POST")
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Set a step and where its ways lead; or take it out."""
    journey = _journey(pk)
    graph = drawn(journey.draft.get("graph", {}))
    if name not in graph["steps"]:
        raise Http404(_("There is no such step."))
    held = graph["steps"][name]
    kind = form_of(held["kind"])
    form = kind(request.POST if request.method == "POST" else None, initial=_initial(kind, held))
    problem = ""
    if request.method == "POST":
        try:
            if request.POST.get("act") == "remove":
                _draw(request, journey, graph=step_remove(graph, name=name))
                return redirect("zoco_journey", pk=pk)
            if form.is_valid():
                graph = step_set(graph, name=name, settings=form.settings())
                _draw(request, journey, graph=_joined(graph, name, request))
                return redirect("zoco_journey", pk=pk)
        except DrawnMeanwhile as wrong:
            journey.refresh_from_db()
            problem = said_here(wrong)
        except GraphWrong as wrong:
            return shown(request, journey, said_here(wrong), status=422)
    return page(
        request, "step", label(held["kind"]), journey=journey, form=form, name=name, problem=problem,
        ways=_ways(graph, name), status=409 if problem else 422 if form.errors else 200,
    )  # fmt: skip


def _initial(kind: Any, held: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = kind.initial_of(held.get("settings") or {})
    defaults = {name: field.initial for name, field in kind.base_fields.items() if field.initial is not None}
    return {**defaults, **shown}


@at_once()
def _ways(graph: dict[str, Any], name: str) -> list[dict[str, Any]]:
    held = graph["steps"][name]
    others = [
        (other, f"{number}. {label(each['kind'])} {said(each['kind'], each.get('settings', {}))}".strip())
        for number, (other, each) in enumerate(graph["steps"].items(), 1)
        if other != name
    ]
    ways = KINDS.get(held["kind"]).ways(held.get("settings", {})) if held["kind"] in KINDS else ()
    return [
        {
            "field": f"way:{way}",
            "id": f"z-way-{number}",
            "way": way,
            "word": way_word(way),
            "to": held.get("next", {}).get(way, ""),
            "others": others,
        }
        for number, way in enumerate(ways)
    ]


def _joined(graph: dict[str, Any], name: str, request: HttpRequest) -> dict[str, Any]:
    held = graph["steps"][name]
    for way in KINDS.get(held["kind"]).ways(held["settings"]):
        if f"way:{way}" in request.POST:
            graph = way_set(graph, name=name, way=way, to=request.POST[f"way:{way}"])
    return graph


@for_whom(CHANGE, "GET", "HEAD", "POST")
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what a journey is called and wants, and what lets people in."""
    journey = _journey(pk)
    posted = request.POST if request.method == "POST" else None
    form = JourneyForm(posted if posted and "save" in posted else None, instance=journey)
    asked = {"kind": request.GET.get("kind", "")}
    entry = EntryForm(posted if posted and "put" in posted else None, initial=asked)
    entries = list(journey.draft.get("entries", []))
    problem, status = "", 200
    if posted:
        try:
            if "save" in posted and form.is_valid():
                form.save(commit=False).save(update_fields=list(form.fields))
                return redirect("zoco_journey", pk=pk)
            is_put = "put" in posted and entry.is_valid()
            if is_put:
                entries_read([*entries, entry.entry()])
                entries.append(entry.entry())
            elif "take" in posted and posted["take"].isdecimal() and len(posted["take"]) < 4:
                del entries[int(posted["take"]) : int(posted["take"]) + 1]
            if is_put or "take" in posted:
                _draw(request, journey, entries=entries)
                return redirect("zoco_journey_settings", pk=pk)
        except GraphWrong as wrong:
            problem, status = said_here(wrong), 422
        except DrawnMeanwhile as wrong:
            journey.refresh_from_db()
            problem, status, entries = said_here(wrong), 409, list(journey.draft.get("entries", []))
    return page(
        request, "settings", _("Settings of the journey"), journey=journey, form=form, entry=entry,
        entries=[entry_said(each) for each in entries], problem=problem,
        status=422 if form.errors or entry.errors else status,
    )  # fmt: skip
