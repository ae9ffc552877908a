"""Where the steps of a drawing stand: in columns, by how far they are from the beginning.

The picture is SVG made on the server: each step is a link, so that it works with a keyboard and no script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 176, 56
GAP_X, GAP_Y, EDGE = 44, 28, 16
TITLE_MOST, SAID_MOST = 19, 24


@dataclass(frozen=True, slots=True)
class Node:
    """One step as it stands: pixels from the upper left corner."""

    name: str
    x: int
    y: int

    @property
    def right(self) -> int:
        return self.x + WIDTH

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Way:
    """A line from one step to another, with the place of its word."""

    path: str
    x: int
    y: int
    word: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """All of it; sizes in pixels."""

    width: int
    height: int
    nodes: Sequence[Node]
    ways: Sequence[Way]


def canvas(graph: Mapping[str, Any], words: Mapping[tuple[str, str], str]) -> Canvas:
    """Return where everything stands; `words` are those of ways, by step and way."""
    columns = _columns(graph)
    at: dict[str, Node] = {}
    for number, column in enumerate(columns):
        for row, name in enumerate(column):
            at[name] = Node(name, EDGE + number * (WIDTH + GAP_X), EDGE + row * (HEIGHT + GAP_Y))
    lines = [
        _line(at[name], at[to], words.get((name, way), ""), order, len(step.get("next", {})))
        for name, step in graph["steps"].items()
        for order, (way, to) in enumerate(step.get("next", {}).items())
        if name in at and to in at
    ]
    width = max((node.right for node in at.values()), default=0) + EDGE
    height = max((node.y + HEIGHT for node in at.values()), default=0) + EDGE
    return Canvas(width, height, list(at.values()), lines)


def _columns(graph: Mapping[str, Any]) -> list[list[str]]:
    """Part the steps: each stands right of all that lead to it, circles aside; the lost ones come last."""
    steps: Mapping[str, Any] = graph["steps"]
    depth: dict[str, int] = {}
    order: list[str] = []

    def walk(name: str, far: int, path: frozenset[str]) -> None:
        if name in path or name not in steps or depth.get(name, -1) >= far:
            return
        if name not in depth:
            order.append(name)
        depth[name] = far
        for to in steps[name].get("next", {}).values():
            walk(to, far + 1, path | {name})

    walk(graph.get("start", ""), 0, frozenset())
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in order:
        columns[depth[name]].append(name)
    lost = [name for name in steps if name not in depth]
    return [*columns, lost] if lost else columns


def _line(one: Node, other: Node, word: str, order: int, of: int) -> Way:
    """Draw a way: forward as a curve between the sides, back as one below."""
    y = one.y + HEIGHT * (order + 1) // (of + 1)
    if other.x > one.x:
        half = (one.right + other.x) // 2
        path = f"M{one.right} {y}C{half} {y} {half} {other.middle} {other.x - 2} {other.middle}"
        return Way(path, half, (y + other.middle) // 2 - 4, word)
    low = max(one.y, other.y) + HEIGHT + GAP_Y // 2
    path = (
        f"M{one.right} {y}C{one.right + 30} {y} {one.right + 30} {low} {one.x + WIDTH // 2} {low}"
        f"L{other.x + WIDTH // 2} {low}L{other.x + WIDTH // 2} {other.y + HEIGHT + 2}"
    )
    return Way(path, one.x + WIDTH // 2, low - 4, word)


def short(text: str, most: int) -> str:
    """Return a text that fits into a box."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
