"""Changing a drawing, as it is kept: steps put in, set, joined and taken out. Pure; it may be unfinished."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.utils.translation import gettext_noop

from zoco.mail.journeys.graph import STEPS_MOST, GraphWrong
from zoco.mail.journeys.kinds import KINDS, ON, StepWrong

Drawn = dict[str, Any]
EMPTY: Drawn = {"start": "", "steps": {}}


def drawn(kept: Mapping[str, Any]) -> Drawn:
    """Return a drawing that is kept, as one that can be changed."""
    graph = deepcopy(dict(kept)) or deepcopy(EMPTY)
    graph.setdefault("start", "")
    graph.setdefault("steps", {})
    return graph


def step_add(graph: Drawn, *, kind: str, after: str = "", way: str = ON) -> tuple[Drawn, str]:
    """Put a step in: at a way of another one, before what follows there; as the first without one.

    Returns the drawing and the step's name. Raises GraphWrong.
    """
    graph = drawn(graph)
    steps = graph["steps"]
    if kind not in KINDS:
        raise GraphWrong(gettext_noop("There is no step %(kind)s."), kind=kind)
    if len(steps) >= STEPS_MOST:
        raise GraphWrong(gettext_noop("A journey has at most %(most)s steps."), most=STEPS_MOST)
    # Never a name of before: whoever stands at a step of an earlier version is known by it.
    last = max([graph.get("last", 0), *(int(name[1:]) for name in steps if name[1:].isdigit())])
    graph["last"], name = last + 1, f"s{last + 1}"
    if after:
        _held(graph, after, way)
        following = steps[after].setdefault("next", {}).get(way, "")
        steps[after]["next"][way] = name
    else:
        following, graph["start"] = graph["start"], name
    ways = KINDS.get(kind).ways({})
    first = ways[0] if ways else None
    steps[name] = {"kind": kind, "settings": {}, "next": {}}
    if following and first is not None:
        steps[name]["next"][first] = following
    elif following and kind == "split":
        steps[name]["settings"] = {"arms": {"a": 1, "b": 1}}
        steps[name]["next"]["a"] = following
    return graph, name


def step_set(graph: Drawn, *, name: str, settings: Mapping[str, Any]) -> Drawn:
    """Set what a step says; ways that it has no more are taken away. Raises GraphWrong."""
    graph = drawn(graph)
    step = _held(graph, name)
    step["settings"] = dict(settings)
    ways = KINDS.get(step["kind"]).ways(settings)
    step["next"] = {way: to for way, to in step.get("next", {}).items() if way in ways}
    return graph


def way_set(graph: Drawn, *, name: str, way: str, to: str) -> Drawn:
    """Let a way lead to another step, or to the end. Raises GraphWrong."""
    graph = drawn(graph)
    step = _held(graph, name, way)
    if to and to not in graph["steps"]:
        raise GraphWrong(gettext_noop("Choose a step that is there."), step=name)
    step["next"] = {**step.get("next", {}), way: to}
    if not to:
        del step["next"][way]
    return graph


def step_remove(graph: Drawn, *, name: str) -> Drawn:
    """Take a step out; what led to it leads to what came first after it. Raises GraphWrong."""
    graph = drawn(graph)
    step = _held(graph, name)
    ways = KINDS.get(step["kind"]).ways(step.get("settings", {})) if step["kind"] in KINDS else ()
    ahead = [step.get("next", {}).get(way, "") for way in ways]
    following = next((to for to in ahead if to and to != name), "")
    del graph["steps"][name]
    for each in graph["steps"].values():
        each["next"] = {
            way: following if to == name else to
            for way, to in each.get("next", {}).items()
            if to != name or following
        }
    if graph["start"] == name:
        graph["start"] = following
    return graph


def step_wrongs(graph: Mapping[str, Any]) -> dict[str, StepWrong]:
    """Return what is wrong with single steps, by name: each is looked at, not only the first."""
    found = {}
    for name, step in graph.get("steps", {}).items():
        try:
            if step.get("kind") not in KINDS:
                raise StepWrong(gettext_noop("There is no step %(kind)s."), kind=step.get("kind"))  # noqa: TRY301
            KINDS.get(step["kind"]).check(step.get("settings", {}))
        except StepWrong as wrong:
            found[name] = wrong
    return found


def _held(graph: Drawn, name: str, way: str | None = None) -> dict[str, Any]:
    step: dict[str, Any] | None = graph["steps"].get(name)
    if step is None:
        raise GraphWrong(gettext_noop("Choose a step that is there."), step=name)
    if way is not None and way not in KINDS.get(step["kind"]).ways(step.get("settings", {})):
        raise GraphWrong(
            gettext_noop("A step %(kind)s has no way %(way)s."), step=name, kind=step["kind"], way=way or "→"
        )
    return step
