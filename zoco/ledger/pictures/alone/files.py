"""The file: title, what it is of, the picture, and where it comes from. It asks for nothing from outside."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.bodies import ROWS_MOST, body_of, measure_of
from zoco.ledger.pictures.alone.laying import (
    INNER,
    SIDE,
    STYLE,
    WIDTH,
    Body,
    below,
    fitted,
    legal,
    lines,
    together,
    written,
)
from zoco.ledger.pictures.flows import ROWS_MOST as FLOWS_MOST
from zoco.ledger.pictures.grids import ROWS_MOST as COHORTS_MOST
from zoco.ledger.pictures.grids import STEPS_MOST
from zoco.ledger.report import Report
from zoco.ledger.store.base import Store

FOOT = 18.0


def picture_asked(
    report: Report, question: Question, *, drawn: str, filters: str, now: datetime, store: Store | None = None
) -> str:
    """Ask a report and draw it as its page does, with the figure `drawn` where that may be chosen.

    `filters` are in words. Raises what `ask` raises.
    """
    if report.picture == "grid":
        order = f"-{report.dimensions[0].name}"
        question = replace(question, page=1, size=COHORTS_MOST * STEPS_MOST, order=order)
    elif report.picture == "flow":
        question = replace(question, page=1, size=FLOWS_MOST, order="-times")
    elif report.picture == "bars":
        question = replace(question, size=min(question.size, ROWS_MOST))
    return picture(ask(report, question, store=store, now=now), drawn=drawn, filters=filters, now=now)


def picture(answer: Answer, *, drawn: str, filters: str, now: datetime) -> str:
    """Return the SVG of an answer; where nothing was counted it says so."""
    is_empty = answer.is_empty or not answer.total_rows
    body = None if is_empty else body_of(answer, drawn)
    if body is None:
        words = _("Nothing was counted in this period.") if is_empty else _("There is no picture of this.")
        body = Body(written(SIDE, 30, words, "ink base"), 48)
    return sheet(
        title=str(answer.report.label), site=answer.question.site.name, head=_head(answer, drawn, filters),
        body=body, foot=_foot(answer, now),
    )  # fmt: skip


def sheet(
    *, title: str, site: str, head: list[tuple[str, str]], body: Body, foot: list[tuple[str, str]]
) -> str:
    """Return a picture with what it is of above and where it comes from below, as (text, class) by line."""
    top = 40.0 + FOOT * len(head)
    height = top + 10 + body.height + 16 + FOOT * len(foot) + 10
    made = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" role="img">'
        "<title>{}</title><style>{}</style>"
        '<rect width="100%" height="100%" fill="#ffffff"/>{}{}'
        '<g transform="translate(0,{})">{}</g>{}</svg>\n',
        f"{WIDTH:.0f}",
        f"{height:.0f}",
        f"{WIDTH:.0f}",
        f"{height:.0f}",
        fitted(f"{title} · {site}", 10_000),
        STYLE,
        written(SIDE, 34, fitted(title, INNER, 20), "title"),
        together(below(head, 54, FOOT)),
        f"{top + 10:.0f}",
        body.drawn,
        together(below(foot, top + 10 + body.height + 26, FOOT)),
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{legal(made)}'


def _head(answer: Answer, drawn: str, filters: str) -> list[tuple[str, str]]:
    """Return what it is of: which figure, which site and days, which filters."""
    question = answer.question
    period = formats.span(question.period.first, question.period.last)
    said = [question.site.name, period]
    if answer.report.picture in ("curve", "bars"):
        said.insert(0, str(measure_of(answer, drawn).label))
    if question.site.is_demo:
        said.append(_("Demo data"))
    head = [(" · ".join(said), "ink base")]
    if filters:
        narrowed = _("Filters: %(filters)s") % {"filters": filters}
        head += [(line, "") for line in lines(narrowed, INNER, 2)]
    return [(fitted(text, INNER, 14 if "base" in kind else 12), kind) for text, kind in head]


def _foot(answer: Answer, now: datetime) -> list[tuple[str, str]]:
    """Return where it comes from, and by which method."""
    zone = answer.question.site.zone
    at = ZoneInfo(zone)
    newest = formats.moment(answer.newest_at.astimezone(at)) if answer.newest_at else "–"
    source = _(
        "Source: Zoco, %(facts)s facts of %(site)s, the newest of %(newest)s. Made %(made)s, %(zone)s."
    ) % {
        "facts": formats.count(answer.facts_used),
        "site": answer.question.site.name,
        "newest": newest,
        "made": formats.moment(now.astimezone(at)),
        "zone": zone,
    }
    said = lines(source, INNER, 2)
    if answer.report.method:
        said += lines(_("Method: %(source)s") % {"source": answer.report.method}, INNER, 2)
    return [(line, "") for line in said]
