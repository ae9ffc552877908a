"""A balance over time: who came stands above the line, by kind, and who stayed away hangs below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer, Row
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import INNER, SIDE, clean, fitted, together, wide, written
from zoco.ledger.pictures.curves import NARROW, Fitting
from zoco.ledger.pictures.labels import bucket_label, grain_of
from zoco.ledger.pictures.ticks import ticks
from zoco.ledger.report import Measure

ABOVE, BELOW = {"new": "h5", "returning": "h4", "resurrected": "h2"}, {"dormant": "out"}
"""Measures from the line outwards, and the ground of each."""
KINDS = ABOVE | BELOW
HIGH, AXIS, FOOT, KEY, LINE = 260.0, 48.0, 22.0, 12.0, 18.0
LABEL_ROOM = INNER / 10


@dataclass(frozen=True, slots=True)
class Balance:
    """The picture ready for its template, and for a file."""

    svg: Fitting
    drawn: SafeString
    height: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """How wide it is inside, where it begins and where the line is, and what of the height a person takes."""

    side: float
    inner: float
    top: float
    zero: float
    each: float

    @classmethod
    def of(cls, rows: Sequence[Row], names: Sequence[str], side: float, inner: float) -> _Frame:
        up = ticks(max(_sum(row, ABOVE) for row in rows), 3, whole=True)[-1]
        down = max(_sum(row, BELOW) for row in rows)
        each = HIGH / (up + down)
        top = 12 + LINE * (1 + _places_of_key(names, inner)[-1][1])
        return cls(side, inner, top, top + up * each, each)

    def columns(self, count: int) -> list[tuple[float, float]]:
        """Return where each column begins and how wide it is."""
        room = (self.inner - AXIS) / count
        return [(self.side + AXIS + room * number + room * 0.1, room * 0.8) for number in range(count)]


def balance(answer: Answer) -> Balance | None:
    """Return the picture of a report that has all measures of KINDS by steps of time."""
    measures = {each.name: each for each in answer.measures if each.name in KINDS}
    if len(measures) < len(KINDS) or not answer.rows or not grain_of(answer):
        return None
    rows = sorted(answer.rows, key=lambda row: str(row.key[answer.dimensions[0].name]))
    labels = [bucket_label(row.key[answer.dimensions[0].name], grain_of(answer)) for row in rows]  # type: ignore[arg-type]
    drawn, height = _drawn(rows, labels, measures, SIDE, INNER)
    words = clean(_words(rows) % {"said": _said(_newest(rows), measures)})
    small = _svg(words, *_drawn(rows, labels, measures, 0, NARROW), NARROW)
    return Balance(Fitting(_svg(words, drawn, height, INNER + 2 * SIDE), small), drawn, height)


def _svg(words: str, drawn: SafeString, height: float, width: float) -> SafeString:
    return format_html(
        '<svg class="z-flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        words, int(width), int(height), int(width), int(height), drawn,
    )  # fmt: skip


def _drawn(
    rows: Sequence[Row], labels: Sequence[str], measures: dict[str, Measure], side: float, inner: float
) -> tuple[SafeString, float]:
    """Return what is drawn, and how high it is."""
    frame = _Frame.of(rows, [str(measures[name].label) for name in KINDS], side, inner)
    places = frame.columns(len(rows))
    columns = [
        _column(row, place, frame, measures, label)
        for row, place, label in zip(rows, places, labels, strict=True)
    ]
    parts = [*_key(measures, frame), *_axis(rows, frame), *columns, *_days(labels, places, frame)]
    return together(parts), frame.top + HIGH + FOOT


def _newest(rows: Sequence[Row]) -> Row:
    """Return the newest step that is over, of which alone it is known who stayed away; else the newest."""
    return next((row for row in reversed(rows) if row.values["dormant"] is not None), rows[-1])


def _words(rows: Sequence[Row]) -> str:
    if _newest(rows).values["dormant"] is None:
        return _("No step is over yet; the newest so far: %(said)s. The table below has all of them.")
    return _("The newest step that is over: %(said)s. The table below has all of them.")


def _sum(row: Row, names: dict[str, str]) -> float:
    return sum(float(row.values[name] or 0) for name in names)


def _column(
    row: Row, place: tuple[float, float], frame: _Frame, measures: dict[str, Measure], label: str
) -> SafeString:
    """Draw one step; what it is says a title, which browsers show beside the pointer."""
    parts = []
    x, width = place
    for names, way in ((ABOVE, -1), (BELOW, 1)):
        at = frame.zero
        for name, ground in names.items():
            high = float(row.values[name] or 0) * frame.each
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


def _axis(rows: Sequence[Row], frame: _Frame) -> Iterator[SafeString]:
    up = ticks(max(_sum(row, ABOVE) for row in rows), 3, whole=True)
    most = max(_sum(row, BELOW) for row in rows)
    for value in [*(-each for each in up[1:] if each <= most), *up]:
        y = frame.zero - value * frame.each
        yield written(frame.side + AXIS - 8, y + 4, formats.short(abs(value)), "end")
        yield _box(frame.side + AXIS, y - 0.5, frame.inner - AXIS, 1.0 if value else 1.5, "bal line")


def _days(
    labels: Sequence[str], places: Sequence[tuple[float, float]], frame: _Frame
) -> Iterator[SafeString]:
    every = -(-len(labels) // max(int(frame.inner / LABEL_ROOM), 1))
    for number in range(0, len(labels), every):
        x, width = places[number]
        yield written(x + width / 2, frame.top + HIGH + 16, fitted(labels[number], LABEL_ROOM * 1.25), "mid")


def _key(measures: dict[str, Measure], frame: _Frame) -> Iterator[SafeString]:
    """Yield what each ground stands for."""
    labels = [str(measures[name].label) for name in KINDS]
    places = _places_of_key(labels, frame.inner)
    for ground, label, (x, line) in zip(KINDS.values(), labels, places, strict=True):
        y = 4 + LINE * line
        yield _box(frame.side + x, y, KEY, KEY, f"bal {ground}")
        yield written(frame.side + x + KEY + 5, y + 10, label, "ink")


def _places_of_key(labels: Sequence[str], inner: float) -> list[tuple[float, int]]:
    """Return where each label of the key begins, and in which line."""
    places, x, line = [], AXIS, 0
    for label in labels:
        room = KEY + 5 + wide(label, 12.0)
        if x > AXIS and x + room > inner:
            x, line = AXIS, line + 1
        places.append((x, line))
        x += room + 17
    return places
