"""Pictures of results: a point with its interval in each row. A page shows the very file that is exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.files import sheet
from zoco.ledger.pictures.alone.laying import INNER, SIDE, WIDTH, Body, fitted, lines, together, wide, written
from zoco.ledger.pictures.intervals import Scale, dot, line
from zoco.ledger.sitebook import SiteInfo
from zoco.surveys.models import Survey
from zoco.surveys.results.figures import NET, Found, Line
from zoco.surveys.screens import said

NAMES, FIGURES, ROW, ROWS_MOST = 280.0, 190.0, 26.0, 60
SMALL, SMALL_ROW, EDGE = 326.0, 44.0, 8.0
"""On a phone a figure stands beside its name, and its interval below both."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row: what it is of, and the figure."""

    label: str
    line: Line


def body_of(rows: Sequence[Drawn]) -> Body:
    """Draw rows over one axis: of shares from 0 to 1, of net scores from -1 to 1."""
    low, *_between, high = ends = _ends(rows)
    left, room = SIDE + NAMES, INNER - NAMES - FIGURES

    def x(share: float) -> float:
        return left + room * (min(max(share, low), high) - low) / (high - low)

    bottom = ROW * len(rows[:ROWS_MOST])
    parts = [part for number, each in enumerate(rows[:ROWS_MOST]) for part in _row(each, number * ROW, x)]
    for share in ends:
        parts.append(_upright(x(share), bottom))
        parts.append(written(x(share), bottom + 20, _tick(share, low), "mid"))
    return Body(together(parts), bottom + 26)


def small(rows: Sequence[Drawn], title: str) -> SafeString:
    """Draw rows over one axis for a page on a phone; nothing without rows."""
    shown = rows[:ROWS_MOST]
    if not shown:
        return SafeString("")
    ends, bottom = _ends(shown), SMALL_ROW * len(shown)
    scale = Scale(ends[0], ends[-1], EDGE, SMALL - EDGE)
    anchors = ("start", "middle", "end")
    ticks = [
        format_html(
            '<text x="{}" y="{}" text-anchor="{}">{}</text>',
            f"{scale.at(share):.1f}", bottom + 16, anchor, _tick(share, ends[0]),
        )
        for share, anchor in zip(ends, anchors, strict=True)
    ]  # fmt: skip
    drawn = [_small_row(each, number * SMALL_ROW, scale, ends) for number, each in enumerate(shown)]
    return format_html(
        '<svg class="c" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        f"{SMALL:.0f}", f"{bottom + 22:.0f}", title, together([*ticks, *drawn]),
    )  # fmt: skip


def _small_row(row: Drawn, y: float, scale: Scale, ends: Sequence[float]) -> SafeString:
    figure = said.value(row.line)
    room = SMALL - 2 * EDGE - wide(figure, 12) - 8
    low, high = row.line.low, row.line.high
    interval = "" if low is None or high is None else line(scale, y + 30, (low, high), 2.5)
    # Uprights stand beside intervals alone: where they went on, they would cross the names.
    uprights = format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor" stroke-opacity=".35"/>',
        ((f"{scale.at(share):.1f}", y + 22, y + 38) for share in ends),
    )
    return format_html(
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>{}{}{}',
        EDGE, y + 16, fitted(row.label, room), SMALL - EDGE, y + 16, figure,
        uprights, interval, dot(scale, y + 30, row.line.value, 5),
    )  # fmt: skip


def _ends(rows: Sequence[Drawn]) -> tuple[float, float, float]:
    """Return the ends of the axis and what lies between: of net scores or of shares."""
    return (-1.0, 0.0, 1.0) if any(each.line.key == NET for each in rows) else (0.0, 0.5, 1.0)


def _tick(share: float, low: float) -> str:
    return formats.decimal(share * 100, 0) if low < 0 else formats.percent(share, 0)


def _row(row: Drawn, y: float, at: Callable[[float], float]) -> Iterator[SafeString]:
    line = row.line
    yield written(SIDE, y + 17, fitted(row.label, NAMES - 12), "ink")
    if line.low is not None and line.high is not None:
        yield format_html(
            '<path class="l1" d="M{},{}H{}"/>',
            f"{at(line.low):.1f}",
            f"{y + 13:.1f}",
            f"{at(line.high):.1f}",
        )
    yield format_html('<circle class="f1" cx="{}" cy="{}" r="4"/>', f"{at(line.value):.1f}", f"{y + 13:.1f}")
    text = f"{said.value(line)} ({said.interval(line)})"
    yield written(WIDTH - SIDE, y + 17, fitted(text, FIGURES), "ink end")


def _upright(x: float, bottom: float) -> SafeString:
    return format_html('<path d="M{0},0V{1}" stroke="#5f5f64" stroke-opacity=".35"/>', f"{x:.1f}", bottom + 4)


def rows_of(found: Found, language: str) -> list[Drawn]:
    """Return the rows of one question: shares of what was said, below the score of recommendation."""
    heads = [each for each in found.head if each.key not in ("mean", NET)]
    return [Drawn(said.label(found.question, each.key, language), each) for each in (*heads, *found.lines)]


def picture(
    survey: Survey, site: SiteInfo, found: Found, rows: Sequence[Drawn], *, left_out: int, language: str,
    filters: str, now: datetime,
) -> str:  # fmt: skip
    """Return the SVG of a question."""
    nothing = Body(written(SIDE, 30, _("Nobody has answered yet."), "ink base"), 48)
    body = body_of(rows) if rows else nothing
    method = said.method(found.question)
    at = now.astimezone(ZoneInfo(site.zone))
    head = [
        (fitted(f"{survey.name} · {site.name}", INNER, 14), "ink base"),
        *((line, "") for line in lines(said.drawn_from(found, left_out), INNER, 2)),
    ]
    if filters:
        head.append((fitted(_("Filters: %(filters)s") % {"filters": filters}, INNER), ""))
    source = _("Source: Zoco, answers to the survey %(survey)s. Made %(made)s, %(zone)s.") % {
        "survey": survey.key, "made": formats.moment(at), "zone": site.zone,
    }  # fmt: skip
    words = _("Method: %(source)s") % {"source": f"{method.formula}. {method.uncertainty} {method.source}."}
    foot = [(line, "") for text in (source, words) for line in lines(text, INNER, 3)]
    return sheet(
        title=found.question.said(language) or survey.name, site=site.name, head=head, body=body, foot=foot
    )
