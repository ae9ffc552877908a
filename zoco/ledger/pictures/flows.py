"""A flow as a Sankey: columns of what came step by step, between them ribbons as wide as how many went.

For phones each step is a Sankey of its own, of two columns, one below the other and all in one measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.asking.answer import Answer
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import clean, fitted, together, written
from zoco.ledger.pictures.curves import NARROW, Fitting
from zoco.ledger.pictures.labels import ARROW, NODES, value_label

ROWS_MOST = 500
"""As many ribbons as five steps of nine values, with their ends, can have."""
WIDTH, SIDE, TOP = 960.0, 24.0, 10.0
NODE, ROOM, FULL = 10.0, 18.0, 260.0
"""How wide a column is, how much of its height each label needs at least, and how high all of them are."""
SAID_MOST = 3
SMALL_FULL, SMALL_LEFT, HEAD, BETWEEN = 200.0, 0.42, 20.0, 14.0
"""For phones: how high all of them are, what part of the width is left of the second column, and the room
of the line above each step and between two of them."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """How many went from a value of one column to one of the next; columns count from the left, from 0."""

    column: int
    one: str
    other: str
    times: int


@dataclass(slots=True)
class Node:
    """A value in a column, and how much of its sides has been taken by ribbons."""

    label: str
    times: int
    x: float
    y: float
    height: float
    taken_left: float = 0.0
    taken_right: float = 0.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the columns begin and the last one ends, how high all who went are, and how many those are."""

    places: Sequence[float]
    end: float
    full: float
    whole: int

    def high(self, times: int) -> float:
        """Return how high so many are."""
        return self.full * times / self.whole


@dataclass(frozen=True, slots=True)
class Flow:
    """A Sankey ready for its template, and for a file."""

    svg: Fitting
    drawn: SafeString
    height: float
    note: str


def flow(answer: Answer) -> Flow | None:
    """Return the Sankey of a report with step, one, other and times; with side=before time runs to step 1."""
    if answer.report.picture != "flow" or not answer.rows:
        return None
    ribbons = _ribbons(answer)
    said = "; ".join(_said(each) for each in sorted(ribbons, key=_by_times)[:SAID_MOST])
    words = clean(_("Most went: %(ribbons)s. The table below has all of it.") % {"ribbons": said})
    drawn, height = _whole_drawn(ribbons)
    small, high = _steps_drawn(ribbons, is_back=_is_back(answer))
    svg = Fitting(_svg(words, drawn, WIDTH, height), _svg(words, small, NARROW, high))
    note = _(
        "A ribbon is as wide as how many went that way. Grey are all others, and who took no further step."
    )
    if len(answer.rows) < answer.total_rows:
        note = f"{note} {_('Only the widest ribbons are drawn; the table has all of them.')}"
    return Flow(svg, drawn, height, note)


def _svg(words: str, drawn: SafeString, width: float, height: float) -> SafeString:
    return format_html(
        '<svg class="z-flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        words, int(width), int(height), int(width), int(height), drawn,
    )  # fmt: skip


def _whole_drawn(ribbons: Sequence[Ribbon]) -> tuple[SafeString, float]:
    """Return all columns side by side, and how high that is."""
    sides = _sides(ribbons)
    places = [SIDE + number * (WIDTH - 2 * SIDE) / len(sides) for number in range(len(sides))]
    frame = _Frame(places, WIDTH - SIDE, FULL, _most(sides))
    columns = _columns(sides, frame)
    return together([*_bands(ribbons, columns, frame), *_bars(columns, frame)]), _height(columns)


def _steps_drawn(ribbons: Sequence[Ribbon], *, is_back: bool) -> tuple[SafeString, float]:
    """Return the steps one below the other, as a phone is wide, and how high that is."""
    frame = _Frame([0.0, NARROW * SMALL_LEFT], NARROW, SMALL_FULL, _most(_sides(ribbons)))
    count, y, parts = max(each.column for each in ribbons) + 1, 0.0, list[SafeString]()
    for number in range(count):
        mine = [Ribbon(0, each.one, each.other, each.times) for each in ribbons if each.column == number]
        if not mine:
            continue
        columns = _columns(_sides(mine), frame)
        step = pgettext("funnel", "Step %(number)s") % {"number": count - number if is_back else number + 1}
        drawn = together([*_bands(mine, columns, frame), *_bars(columns, frame)])
        parts += [
            written(0, y + 12, step, "ink bold"),
            format_html('<g transform="translate(0,{})">{}</g>', f"{y + HEAD:.1f}", drawn),
        ]
        y += HEAD + _height(columns) + BETWEEN
    return together(parts), y


def _height(columns: Sequence[dict[str, Node]]) -> float:
    return max(each.y + max(each.height, ROOM) for nodes in columns for each in nodes.values()) + TOP


def _is_back(answer: Answer) -> bool:
    return bool(answer.question.params_for(answer.report).get("side") == "before")


def _ribbons(answer: Answer) -> list[Ribbon]:
    rows = [(int(str(row.key["step"])), row) for row in answer.rows]
    most = max(step for step, _row in rows)
    is_back = _is_back(answer)
    return [
        Ribbon(
            most - step if is_back else step - 1,
            str(row.key["one"]),
            str(row.key["other"]),
            int(row.values["times"] or 0),
        )
        for step, row in rows
    ]


def _by_times(ribbon: Ribbon) -> tuple[int, int, str, str]:
    return (-ribbon.times, ribbon.column, ribbon.one, ribbon.other)


def _sides(ribbons: Sequence[Ribbon]) -> list[dict[str, int]]:
    return [_sums(ribbons, number) for number in range(max(each.column for each in ribbons) + 2)]


def _most(sides: Sequence[dict[str, int]]) -> int:
    return max(sum(each.values()) for each in sides) or 1


def _columns(sides: Sequence[dict[str, int]], frame: _Frame) -> list[dict[str, Node]]:
    """Return the values of each column in their places; those that are no steps stand below."""
    found: list[dict[str, Node]] = []
    for x, times in zip(frame.places, sides, strict=True):
        y = TOP
        nodes: dict[str, Node] = {}
        for value in sorted(times, key=lambda each: (each in NODES, -times[each], each)):
            high = frame.high(times[value])
            nodes[value] = Node(value_label("", "node", value), times[value], x, y, high)
            y += max(high, ROOM) + 4
        found.append(nodes)
    return found


def _sums(ribbons: Iterable[Ribbon], column: int) -> dict[str, int]:
    """Return how many stand at each value of a column: who came, or where none did who left."""
    came: dict[str, int] = {}
    left: dict[str, int] = {}
    for each in ribbons:
        if each.column == column - 1:
            came[each.other] = came.get(each.other, 0) + each.times
        if each.column == column:
            left[each.one] = left.get(each.one, 0) + each.times
    return {value: max(came.get(value, 0), left.get(value, 0)) for value in came | left}


def _bands(
    ribbons: Sequence[Ribbon], columns: Sequence[dict[str, Node]], frame: _Frame
) -> Iterator[SafeString]:
    """Yield the ribbons; at each end they lie in the order of what is at the other one."""
    places = [{value: place for place, value in enumerate(nodes)} for nodes in columns]
    order = sorted(
        ribbons,
        key=lambda each: (each.column, places[each.column][each.one], places[each.column + 1][each.other]),
    )
    for each in order:
        one, other = columns[each.column][each.one], columns[each.column + 1][each.other]
        high = frame.high(each.times)
        y, to = one.y + one.taken_right, other.y + other.taken_left
        one.taken_right += high
        other.taken_left += high
        left, right = one.x + NODE, other.x
        there, back = _curve(left, y, right, to), _curve(right, to + high, left, y + high)
        path = f"M{left:.1f},{y:.1f}{there}V{to + high:.1f}{back}Z"
        is_end = each.other in NODES or each.one in NODES
        kind = "rib out" if is_end else "rib"
        yield format_html('<path class="{}" d="{}"><title>{}</title></path>', kind, path, clean(_said(each)))


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.1f},{y:.1f} {middle:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"


def _bars(columns: Sequence[dict[str, Node]], frame: _Frame) -> Iterator[SafeString]:
    ends = [*frame.places[1:], frame.end]
    for nodes, begin, end in zip(columns, frame.places, ends, strict=True):
        room = end - begin - NODE - 12
        for value, node in nodes.items():
            size = (f"{node.x:.1f}", f"{node.y:.1f}", f"{NODE:.0f}", f"{max(node.height, 1):.1f}")
            kind = "nod out" if value in NODES else "nod"
            yield format_html(
                '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', kind, *size
            )  # fmt: skip
            count = formats.count(node.times)
            name = fitted(node.label, room - 7.0 * len(count) - 8)
            yield written(node.x + NODE + 5, node.y + 12, f"{name}  {count}", "ink")


def _said(ribbon: Ribbon) -> str:
    one, other = (value_label("", "node", each) for each in (ribbon.one, ribbon.other))
    return f"{one}{ARROW}{other}: {formats.count(ribbon.times)}"
