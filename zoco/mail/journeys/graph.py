"""The drawing of a journey: steps by name, and from each the ways that lead on. Pure; it is kept as JSON.

`{"start": "a", "steps": {"a": {"kind": "letter", "settings": {…}, "next": {"": "b"}}, …}}`
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from zoco.kit.said import Said
from zoco.mail.journeys.kinds import KINDS, StepWrong

STEPS_MOST = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")


class GraphWrong(Said, ValueError):
    """A journey cannot run as it is drawn. `step` is where."""

    def __init__(self, words: str, *, step: str = "", **places: object) -> None:
        super().__init__(words, **places)
        self.step = step


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `next` maps a way to a step's name; a way that leads nowhere is the end."""

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    next: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole journey, as it may run."""

    start: str
    steps: Mapping[str, Step]

    def facts(self) -> frozenset[str]:
        """Return the names of facts that its steps ask for."""
        return frozenset(
            fact
            for each in self.steps.values()
            if each.kind in KINDS
            for fact in KINDS.get(each.kind).facts(each.settings)
        )


def graph_read(kept: Mapping[str, Any]) -> Graph:
    """Return what was kept as a journey that may run. Raises GraphWrong."""
    steps = kept.get("steps")
    if not isinstance(steps, Mapping) or not steps:
        raise GraphWrong(gettext_noop("A journey has at least one step."))
    if len(steps) > STEPS_MOST:
        raise GraphWrong(gettext_noop("A journey has at most %(most)s steps."), most=STEPS_MOST)
    read = {str(name): _step(str(name), each) for name, each in steps.items()}
    start = str(kept.get("start", ""))
    if start not in read:
        raise GraphWrong(gettext_noop("Say with which step the journey begins."))
    for each in read.values():
        for way, leads in each.next.items():
            if leads not in read:
                words = gettext_noop("The way %(way)s leads to a step that is not there: %(leads)s.")
                raise GraphWrong(words, step=each.name, way=way or "→", leads=leads)
    graph = Graph(start, read)
    _hold_reached(graph)
    _hold_waiting(graph)
    return graph


def graph_kept(kept: Mapping[str, Any]) -> Graph:
    """Return a drawing that was published, as it is: what a step names may be gone since, and it says so."""
    steps = {
        str(name): Step(str(name), each["kind"], each.get("settings") or {}, _leads(each.get("next") or {}))
        for name, each in kept["steps"].items()
    }
    return Graph(str(kept["start"]), steps)


def _leads(following: Mapping[str, Any]) -> dict[str, str]:
    return {str(way): str(to) for way, to in following.items() if to}


def _step(name: str, kept: object) -> Step:
    if not _NAME.match(name) or not isinstance(kept, Mapping):
        raise GraphWrong(gettext_noop("A step's name has small letters, digits, - and _."), step=name)
    kind = str(kept.get("kind", ""))
    if kind not in KINDS:
        raise GraphWrong(gettext_noop("There is no step %(kind)s."), step=name, kind=kind)
    settings, following = kept.get("settings") or {}, kept.get("next") or {}
    if not isinstance(settings, Mapping) or not isinstance(following, Mapping):
        raise GraphWrong(gettext_noop("The settings of a step are names with values."), step=name)
    try:
        KINDS.get(kind).check(settings)
    except StepWrong as wrong:
        raise GraphWrong(wrong.words, step=name, **wrong.places) from wrong
    ways = KINDS.get(kind).ways(settings)
    leads = _leads(following)
    for way in leads:
        if way not in ways:
            words = gettext_noop("A step %(kind)s has no way %(way)s.")
            raise GraphWrong(words, step=name, kind=kind, way=way or "→")
    return Step(name, kind, dict(settings), leads)


def _hold_reached(graph: Graph) -> None:
    """Refuse steps that nobody ever comes to."""
    reached, ahead = set(), [graph.start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += graph.steps[name].next.values()
    lost = sorted(set(graph.steps) - reached)
    if lost:
        raise GraphWrong(gettext_noop("No way leads to this step; join it, or remove it."), step=lost[0])


def _hold_waiting(graph: Graph) -> None:
    """Refuse a circle in which nobody waits: whoever came into it would go round for ever at once."""
    at_once = {
        name: list(each.next.values())
        for name, each in graph.steps.items()
        if not KINDS.get(each.kind).is_wait
    }
    done: set[str] = set()
    for first in at_once:
        _walk(first, at_once, (), done)


def _walk(name: str, at_once: Mapping[str, Sequence[str]], path: tuple[str, ...], done: set[str]) -> None:
    if name in path:
        words = gettext_noop("The journey goes round here without waiting; put a wait into the circle.")
        raise GraphWrong(words, step=name)
    if name in done or name not in at_once:
        return
    for each in at_once[name]:
        _walk(each, at_once, (*path, name), done)
    done.add(name)
