"""The drawing of a journey as a page shows it: boxes and lines, and the same as a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import fitted, wide
from zoco.mail.drawing.canvas import ROOM, SAID_SIZE, TITLE_SIZE, canvas
from zoco.mail.drawing.editing import step_wrongs
from zoco.mail.drawing.reads import AtStep, Cause
from zoco.mail.drawing.saying import cause_said, label, said, way_word
from zoco.mail.editing.wrongs import words_of
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.models import Journey

Figures = Mapping[str, AtStep]


def picture(
    journey: Journey, graph: Mapping[str, Any], figures: Figures, *, may_change: bool
) -> dict[str, Any] | None:
    """Return boxes and lines; None for nothing drawn."""
    if not graph["steps"]:
        return None
    wrongs = step_wrongs(graph)
    words = {
        (name, way): way_word(way) for name, step in graph["steps"].items() for way in step.get("next", {})
    }
    made = canvas(graph, words)
    boxes = []
    for node in made.nodes:
        step = graph["steps"][node.name]
        what = said(step["kind"], step.get("settings", {}))
        at = figures.get(node.name, AtStep())
        here, is_wrong = formats.count(at.here) if at.here else "", node.name in wrongs or at.failed > 0
        rooms = ROOM - wide(f" {here}", SAID_SIZE), ROOM - wide("W " * is_wrong, SAID_SIZE)
        boxes.append(
            {
                "node": node,
                "title": fitted(label(step["kind"]), rooms[0], TITLE_SIZE),
                "said": fitted(
                    what or (_("not set yet") if node.name in wrongs else ""), rooms[1], SAID_SIZE
                ),
                "whole": ", ".join(filter(None, (label(step["kind"]), what, _here(at)))),
                "here": here,
                "is_wrong": is_wrong,
                "url": reverse("zoco_journey_step", args=[journey.pk, node.name]) if may_change else "",
            }
        )
    return {"width": made.width, "height": made.height, "boxes": boxes, "ways": made.ways}


def _here(at: AtStep) -> str:
    return _("%(people)s here now") % {"people": formats.count(at.here)}


def lines_of(
    graph: Mapping[str, Any], figures: Figures, causes: Mapping[str, Sequence[Cause]]
) -> list[dict[str, Any]]:
    """Return the steps as a list, with where each of their ways leads."""
    wrongs = step_wrongs(graph)
    numbers = {name: number for number, name in enumerate(graph["steps"], 1)}
    lines = []
    for name, step in graph["steps"].items():
        at = figures.get(name, AtStep())
        wrong = wrongs.get(name)
        ways = KINDS.get(step["kind"]).ways(step.get("settings", {})) if step["kind"] in KINDS else ()
        lines.append(
            {
                "number": numbers[name],
                "name": name,
                "is_first": graph.get("start") == name,
                "label": label(step["kind"]),
                "said": said(step["kind"], step.get("settings", {})),
                "wrong": words_of(wrong) if wrong else "",
                "causes": [cause_said(each) for each in causes.get(name, ())],
                "here": formats.count(at.here),
                "is_peopled": at.here + at.failed > 0,
                "passed": formats.count(at.passed),
                "failed": formats.count(at.failed) if at.failed else "",
                "ways": [
                    {"way": way, "word": way_word(way), "to": numbers.get(step.get("next", {}).get(way, ""))}
                    for way in ways
                ],
            }
        )
    return lines
