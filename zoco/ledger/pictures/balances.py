"""A balance over time: who came stands above the line, by kind, and who stayed away hangs below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import INNER, SIDE, WIDTH, clean, fitted, together, wide, written
from zoco.ledger.pictures.labels import bucket_label, grain_of
from zoco.ledger.pictures.ticks import ticks
from zoco.ledger.report import Measure

ABOVE, BELOW = {"new": "h5", "returning": "h4", "resurrected": "h2"}, {"dormant": "out"}
"""Measures from the line outwards, and the ground of each."""
KINDS = ABOVE | BELOW
TOP, HIGH, AXIS, FOOT, KEY = 30.0, 260.0, 48.0, 22.0, 12.0
LABELS_MOST = 10


@dataclass(frozen=True, slots=True)
class Balance:
    """The picture ready for its template, and for a file."""

    svg: SafeString
    drawn: SafeString
    height: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where the line is, and how much of the height one person takes."""

    zero: float
    each: float

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Scale:
        up = ticks(max(_sum(row, ABOVE) for row in rows), 3, whole=True)[-1]
        down = max(_sum(row, BELOW) for row in rows)
        each = HIGH / (up + down)
        return cls(TOP + up * each, each)


def balance(answer: Answer) -> Balance | None:
    """Return the picture of a report that has all measures of KINDS by steps of time."""
    measures = {each.name: each for each in answer.measures if each.name in KINDS}
    if len(measures) < len(KINDS) or not answer.rows or not grain_of(answer):
        return None
    rows = sorted(answer.rows, key=lambda row: str(row.key[answer.dimensions[0].name]))
    scale = _Scale.of(rows)
    places = _places(len(rows))
    labels = [bucket_label(row.key[answer.dimensions[0].name], grain_of(answer)) for row in rows]  # type: ignore[arg-type]
    columns = [
        _column(row, x, width, scale, measures, label)
        for row, (x, width), label in zip(rows, places, labels, strict=True)
    ]
    drawn = together([*_key(measures), *_axis(rows, scale), *columns, *_days(labels, places)])
    height = TOP + HIGH + FOOT
    words = _words(rows) % {"said": _said(_newest(rows), measures)}
    svg = format_html(
        '<svg class="z-flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        clean(words), int(WIDTH), int(height), int(WIDTH), int(height), drawn,
    )  # fmt: skip
    return Balance(svg, drawn, height)


def _newest(rows: Sequence[Row]) -> Row:
    """Return the newest step that is over, of which alone it is known who stayed away; else the newest."""
    return next((row for row in reversed(rows) if row.values["dormant"] is not None), rows[-1])


def _words(rows: Sequence[Row]) -> str:
    if _newest(rows).values["dormant"] is None:
        return _("No step is over yet; the newest so far: %(said)s. The table below has all of them.")
    return _("The newest step that is over: %(said)s. The table below has all of them.")


def _sum(row: Row, names: dict[str, str]) -> float:
    return sum(float(row.values[name] or 0) for name in names)


def _places(count: int) -> list[tuple[float, float]]:
    """Return where each column begins and how wide it is."""
    room = (INNER - AXIS) / count
    return [(SIDE + AXIS + room * number + room * 0.1, room * 0.8) for number in range(count)]


def _column(
    row: Row, x: float, width: float, scale: _Scale, measures: dict[str, Measure], label: str
) -> SafeString:
    """Draw one step; what it is says a title, which browsers show beside the pointer."""
    parts = []
    for names, way in ((ABOVE, -1), (BELOW, 1)):
        at = scale.zero
        for name, ground in names.items():
            high = float(row.values[name] or 0) * scale.each
            top = at - high if way < 0 else at
            at += way * high
            if high:
                parts.append(_box(x, top, width, high, f"bal {ground}"))
    said = clean(f"{label}: {_said(row, measures)}")
    return format_html("<g><title>{}</title>{}</g>", said, together(parts))


def _box(x: float, y: float, width: float, height: float, kind: str) -> SafeString:
    at = (f"{each:.1f}" for each in (x, y, width, height))
    return format_html('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', *at, kind)


def _said(row: Row, measures: dict[str, Measure]) -> str:
    known = ((measures[name], row.values[name]) for name in KINDS)
    return ", ".join(f"{each.label} {formats.count(value)}" for each, value in known if value is not None)


def _axis(rows: Sequence[Row], scale: _Scale) -> Iterator[SafeString]:
    up = ticks(max(_sum(row, ABOVE) for row in rows), 3, whole=True)
    most = max(_sum(row, BELOW) for row in rows)
    for value in [*(-each for each in up[1:] if each <= most), *up]:
        y = scale.zero - value * scale.each
        yield written(SIDE + AXIS - 8, y + 4, formats.short(abs(value)), "end")
        yield _box(SIDE + AXIS, y - 0.5, INNER - AXIS, 1.0 if value else 1.5, "bal line")


def _days(labels: Sequence[str], places: Sequence[tuple[float, float]]) -> Iterator[SafeString]:
    every = -(-len(labels) // LABELS_MOST)
    for number in range(0, len(labels), every):
        x, width = places[number]
        yield written(x + width / 2, TOP + HIGH + 16, fitted(labels[number], INNER / 8), "mid")


def _key(measures: dict[str, Measure]) -> Iterator[SafeString]:
    """Yield what each ground stands for."""
    x = SIDE + AXIS
    for name, ground in KINDS.items():
        label = str(measures[name].label)
        yield _box(x, 4, KEY, KEY, f"bal {ground}")
        yield written(x + KEY + 5, 14, label, "ink")
        x += KEY + 22 + wide(label, 12.0)
