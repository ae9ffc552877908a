"""A sheet as a letter: HTML for plain mail programs, the same as text, curves as pictures, PDF beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zoco.kit.staff_mail import Attached
from zoco.ledger.pictures.sheets.painting import painted
from zoco.ledger.pictures.sheets.pdf import pdf_of
from zoco.ledger.pictures.sheets.sheet import Grid, Section
from zoco.ledger.views.export import PDF, file_name
from zoco.monitor.schedules.asked import Asked
from zoco.monitor.schedules.models import Schedule, Sending

ROWS_MOST, FIGURES_MOST = 31, 3
HOOK_ROWS_MOST = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to an account."""

    subject: str
    text: str
    html: str
    files: list[Attached]


def letter_of(schedule: Schedule, asked: Asked) -> Letter:
    """Write the letter in the language in force."""
    sheet = asked.sheet
    sections = [replace(each, grid=_narrow(each.grid)) for each in sheet.sections]
    pictures = [
        Attached(f"curve-{number}.png", painted(each.chart), "image/png", cid=f"curve{number}@zoco")
        for number, each in enumerate(sections, 1)
        if each.chart is not None
    ]
    cids = iter(pictures)
    shown = [{"section": each, "cid": next(cids).cid if each.chart else ""} for each in sections]
    values = {
        "sheet": sheet,
        "shown": shown,
        "url": asked.url,
        "has_pdf": schedule.has_pdf,
        "language": get_language(),
    }
    files = [*pictures]
    if schedule.has_pdf:
        name = file_name(schedule.key, asked.question, PDF)
        files.append(Attached(name, pdf_of(sheet), "application/pdf"))
    return Letter(
        subject=f"{schedule.name} · {sheet.about[0][1]}",
        text="\n".join(_text(asked, sections)),
        html=render_to_string("zoco/monitor/schedules/mail.html", values),
        files=files,
    )


def _narrow(grid: Grid | None) -> Grid | None:
    """Return what a mail program has room for: the first rows, and the first figures of each."""
    if grid is None:
        return None
    most = grid.names + FIGURES_MOST
    rows = [row[:most] for row in grid.rows[:ROWS_MOST]]
    is_cut = len(grid.rows) > len(rows) or len(grid.heads) > most
    note = _("All figures and further rows stand on the page and in the PDF.") if is_cut else grid.note
    return Grid(grid.heads[:most], rows, grid.names, note)


def _text(asked: Asked, sections: list[Section]) -> Iterator[str]:
    sheet = asked.sheet
    yield f"{sheet.title} · {sheet.site}"
    if sheet.is_demo:
        yield _("Demo data: made up, of nobody.")
    yield from (f"{label}: {value}" for label, value in sheet.about)
    for section in sections:
        yield from ("", section.title, "-" * min(len(section.title), 60))
        if section.empty:
            yield section.empty
            continue
        for each in section.figures:
            yield f"{each.label}: {each.text}" + (f" ({each.note})" if each.note else "")
        if section.chart is not None:
            yield from section.chart.words
        if section.grid is not None:
            yield from ("", " | ".join(section.grid.heads))
            yield from (" | ".join(row) for row in section.grid.rows)
    yield from ("", _("Look at it: %(url)s") % {"url": asked.url})


def hook_body(sending: Sending, asked: Asked) -> bytes:
    """Return what a web hook gets: always in English, figures as they are and not as they are written."""
    schedule, answer = sending.schedule, asked.answer
    with translation.override("en"):
        told: dict[str, Any] = {
            "event": "report.sent",
            "id": hook_name(sending),
            "site": schedule.site.slug,
            "schedule": schedule.name,
            schedule.kind: schedule.key,
            "report": answer.report.key,
            "period": str(asked.question.period),
            "filters": asked.filters,
            "overall": {**answer.totals, **answer.overall},
            "rows": [{**row.key, **row.values} for row in answer.rows[:HOOK_ROWS_MOST]],
            "total_rows": answer.total_rows,
            "url": asked.url,
            "due_at": sending.due_at,
        }
    return msgspec.json.encode(told)


def hook_name(sending: Sending) -> str:
    """Return the name under which a web hook is told, twice the same."""
    return f"report-{sending.schedule_id}-{sending.due_at:%Y%m%dT%H%M%S}"
