"""Lines of a drawing lead beside the boxes, wherever steps lead to."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoco.mail.drawing.canvas import HEIGHT, WIDTH, Canvas, Node, canvas
from zoco.mail.drawing.ready import READY

FINE = 40
Spot = tuple[float, float]


def spots(path: str) -> Iterator[Spot]:
    """Yield points of a path of M, L, Q and C, close to each other."""
    at = (0.0, 0.0)
    for letter, numbers in re.findall(r"([MLQC])([-\d. ]+)", path):
        given_here = [float(each) for each in numbers.split()]
        ends = [at, *zip(given_here[::2], given_here[1::2], strict=True)]
        if letter != "M":
            yield from (bent(ends, step / FINE) for step in range(FINE + 1))
        at = ends[-1]


def bent(ends: list[Spot], share: float) -> Spot:
    """Return a point of a Bézier curve by De Casteljau's construction."""
    while len(ends) > 1:
        ends = [(a + (c - a) * share, b + (d - b) * share) for (a, b), (c, d) in pairwise(ends)]
    return ends[0]


def within(node: Node, spot: Spot) -> bool:
    return node.x < spot[0] < node.right and node.y < spot[1] < node.y + HEIGHT


def drawn(graph: dict[str, Any]) -> Canvas:
    return canvas(graph, {(name, way): way for name, step in graph["steps"].items() for way in step["next"]})


def crossed(made: Canvas) -> list[tuple[str, str]]:
    """Return which lines run through boxes, as the word and the name."""
    return [
        (way.word, node.name)
        for way in made.ways
        for node in made.nodes
        if any(within(node, spot) for spot in [*spots(way.path), (way.x, way.y)])
    ]


@pytest.mark.parametrize("ready", READY, ids=lambda each: each.key)
def test_no_line_of_a_ready_journey_runs_through_a_box(ready: Any) -> None:
    assert crossed(drawn(ready.graph)) == []


def test_the_way_to_the_end_of_welcome_goes_above_the_letters_between() -> None:
    made = drawn(next(each.graph for each in READY if each.key == "welcome"))
    at = {node.name: node for node in made.nodes}
    way = next(
        each for each in made.ways if each.path.startswith(f"M{at['s2'].right} ") and each.word == "yes"
    )
    path = list(spots(way.path))

    assert path[-1] == (at["s6"].x - 2, at["s6"].middle)
    passed = [y for x, y in path if at["s3"].x <= x <= at["s4"].right]
    assert passed
    assert max(passed) < at["s3"].y == at["s4"].y


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=10))
def test_no_line_of_any_journey_runs_through_a_box_or_out_of_the_picture(leads: list[list[int]]) -> None:
    steps = {
        f"s{number}": {"next": {str(way): f"s{to}" for way, to in enumerate(tos) if to < len(leads)}}
        for number, tos in enumerate(leads)
    }

    made = drawn({"start": "s0", "steps": steps})

    assert len(made.ways) == sum(len(step["next"]) for step in steps.values())
    assert crossed(made) == []
    assert not any(
        abs(one.x - other.x) < WIDTH and abs(one.y - other.y) < HEIGHT
        for one, other in combinations(made.nodes, 2)
    )
    for way in made.ways:
        assert all(0 <= x <= made.width and 0 <= y <= made.height for x, y in spots(way.path))
