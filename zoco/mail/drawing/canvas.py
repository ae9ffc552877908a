"""Where the steps of a drawing stand: in columns, by how far they are from the beginning.

A way to the next column is a curve between two boxes. A longer one, or one back, goes between the rows, so
that no line runs behind a box. The picture is SVG made on the server: each step is a link, so that it works
with a keyboard and no script.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

WIDTH, HEIGHT = 176, 56
GAP_X, GAP_Y, EDGE = 44, 28, 16
LEAVES, ARRIVES = (20, 14, 26), (12, 16)
"""How far from a box long ways turn up or down, the first choice first; all lie between two columns."""
LANE, ROUND = 7, 6
ROOM, TITLE_SIZE, SAID_SIZE = WIDTH - 24, 13, 12
"""Pixels for the words of a box, and how large they are."""
Point = tuple[int, int]


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
    made = _drawn(graph, words, columns, EDGE)
    lack = EDGE - min((lane for lane in made[2].levels), default=EDGE)
    nodes, ways, lanes = _drawn(graph, words, columns, EDGE + lack) if lack > 0 else made
    right = max((node.right for node in nodes), default=0)
    low = max((*(node.y + HEIGHT for node in nodes), *lanes.levels), default=0)
    return Canvas(max(right, *(way.x + GAP_X // 2 for way in ways), 0) + EDGE, low + EDGE, nodes, ways)


def _drawn(
    graph: Mapping[str, Any], words: Mapping[tuple[str, str], str], columns: Sequence[Sequence[str]], top: int
) -> tuple[list[Node], list[Way], "_Lanes"]:
    at = {
        name: Node(name, EDGE + number * (WIDTH + GAP_X), top + row * (HEIGHT + GAP_Y))
        for number, column in enumerate(columns)
        for row, name in enumerate(column)
    }
    lanes = _Lanes(top, max(map(len, columns), default=0))
    ways = [
        _line(lanes, at[name], at[to], words.get((name, way), ""), order, len(step.get("next", {})))
        for name, step in graph["steps"].items()
        for order, (way, to) in enumerate(step.get("next", {}).items())
        if name in at and to in at
    ]
    return list(at.values()), ways, lanes


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


class _Lanes:
    """Where long ways go; two lie upon each other only where both lead to the same step."""

    def __init__(self, top: int, rows: int) -> None:
        self._top, self._rows = top, rows
        self._taken: dict[tuple[str, int], list[tuple[int, int, str]]] = {}

    @property
    def levels(self) -> list[int]:
        """The heights at which ways go."""
        return [place for (axis, place), taken in self._taken.items() if axis == "y" and taken]

    def level(self, node: Node, *, is_up: bool, one: int, other: int, to: str) -> int:
        """Return the height above or below a box at which a way goes between two places."""
        return self._free("y", self._heights(node, is_up), one, other, to)

    def upright(self, places: Sequence[int], one: int, other: int, to: str) -> int:
        """Return the one of the places at which a way goes up or down between two heights."""
        return self._free("x", places, one, other, to)

    def _free(self, axis: str, places: Iterable[int], one: int, other: int, to: str) -> int:
        low, high = min(one, other), max(one, other)
        for place in places:
            taken = self._taken.setdefault((axis, place), [])
            if all(high < begins or ends < low or whose == to for begins, ends, whose in taken):
                break
        taken.append((low, high, to))
        return place

    def _heights(self, node: Node, is_up: bool) -> Iterator[int]:
        """Yield heights, the nearest first: three between two rows, and as many as it takes outside."""
        side = -1 if is_up else 1
        gap = (node.y - self._top) // (HEIGHT + GAP_Y) + (not is_up)
        while 0 < gap < self._rows:
            middle = self._top + gap * (HEIGHT + GAP_Y) - GAP_Y // 2
            yield from (middle, middle - LANE, middle + LANE)
            gap += side
        edge = self._top + max(gap * (HEIGHT + GAP_Y) - GAP_Y, 0)
        yield from (edge + side * far for far in count(GAP_Y // 2, LANE))


def _line(lanes: _Lanes, one: Node, other: Node, word: str, order: int, of: int) -> Way:
    """Draw a way from the right side of a box to the left side of another."""
    y = one.y + HEIGHT * (order + 1) // (of + 1)
    if other.x == one.right + GAP_X:
        half = (one.right + other.x) // 2
        path = f"M{one.right} {y}C{half} {y} {half} {other.middle} {other.x - 2} {other.middle}"
        return Way(path, half, (y + other.middle) // 2 - 4, word)
    is_up = 2 * order < of - 1 or (of == 1 and other.x > one.x and other.y < one.y)
    span = min(one.right, other.x - GAP_X), max(one.right + GAP_X, other.x)
    level = lanes.level(one, is_up=is_up, one=span[0], other=span[1], to=other.name)
    out = lanes.upright([one.right + far for far in LEAVES], y, level, other.name)
    into = lanes.upright([other.x - far for far in ARRIVES], level, other.middle, other.name)
    end = (other.x - 2, other.middle)
    path = _cornered([(one.right, y), (out, y), (out, level), (into, level), (into, other.middle), end])
    return Way(path, one.right + GAP_X // 2, (y + level) // 2 + 4, word)


def _cornered(points: Sequence[Point]) -> str:
    """Return a path over points, round at its corners."""
    path = "M{} {}".format(*points[0])
    for (before, at), (_at, after) in pairwise(pairwise(points)):
        path += "L{} {}Q{} {} {} {}".format(*_toward(at, before), *at, *_toward(at, after))
    return path + "L{} {}".format(*points[-1])


def _toward(at: Point, other: Point) -> Point:
    """Return where a corner begins or ends, on the way to a point straight beside it or above it."""
    x, y = other[0] - at[0], other[1] - at[1]
    far = min(ROUND, (abs(x) + abs(y)) // 2)
    return at[0] + far * ((x > 0) - (x < 0)), at[1] + far * ((y > 0) - (y < 0))
