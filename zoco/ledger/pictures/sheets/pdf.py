"""A sheet as PDF: A4, on its side where the tables are wide; heads repeat, the words stand under curves."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zoco.ledger.pictures.sheets.letters import FAMILY, MISSING, bold, writable
from zoco.ledger.pictures.sheets.painting import HEIGHT, WIDTH, painted
from zoco.ledger.pictures.sheets.sheet import Grid, Section, Sheet

UPRIGHT_MOST = 6
MARGIN = 42.0
INK, MUTED, FAINT = "#1d1f24", "#5c5f66", "#dcdde1"
FIGURES_A_ROW = 4
# Below this size the strokes of Chinese letters would run together.
BOLD_LEAST = 10


def pdf_of(sheet: Sheet) -> bytes:
    """Lay a sheet out."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate

    widest = max((len(each.grid.heads) for each in sheet.sections if each.grid), default=0)
    size = landscape(A4) if widest > UPRIGHT_MOST else A4
    written = BytesIO()
    paper = SimpleDocTemplate(
        written, pagesize=size, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=f"{sheet.title} · {sheet.site}", author="Zoco", lang=get_language() or "en",
    )  # fmt: skip
    writer = _Writer(size[0] - 2 * MARGIN)
    foot = writable(_foot(sheet))

    def footed(canvas: Any, page: Any) -> None:
        canvas.setFont(FAMILY, 8)
        canvas.setFillColor(MUTED)
        canvas.drawString(MARGIN, MARGIN / 2, foot)
        canvas.drawRightString(size[0] - MARGIN, MARGIN / 2, str(page.page))

    paper.build(writer.sheet(sheet), onFirstPage=footed, onLaterPages=footed)
    return written.getvalue()


def _foot(sheet: Sheet) -> str:
    said = f"{sheet.title} · {sheet.site} · {sheet.about[0][1]}"
    return f"{_('Demo data')} · {said}" if sheet.is_demo else said


class _Writer:
    """Makes what ReportLab lays out, `room` points wide."""

    def __init__(self, room: float) -> None:
        self.room = room
        self.lacks_letters = False
        self.wrap = "CJK" if (get_language() or "").startswith("zh") else None

    def text(
        self,
        words: object,
        size: float = 9,
        colour: str = INK,
        *,
        right: bool = False,
        is_head: bool = False,
    ) -> Any:
        """Return a paragraph, one of a head in bold."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        style = ParagraphStyle(
            "s", fontName=FAMILY, fontSize=size, leading=size * 1.4, textColor=colour,
            alignment=2 if right else 0, wordWrap=self.wrap, splitLongWords=1,
        )  # fmt: skip
        said = writable(words)
        self.lacks_letters |= MISSING in said
        is_bold = is_head and (size >= BOLD_LEAST or not self.wrap)
        return bold(escape(said), style) if is_bold else Paragraph(escape(said), style)

    def sheet(self, sheet: Sheet) -> list[Any]:
        """Return all parts in order."""
        from reportlab.platypus import Spacer

        story = [self.text(f"{sheet.title} · {sheet.site}", 18, is_head=True), Spacer(1, 8)]
        if sheet.is_demo:
            story.append(self.text(_("Demo data: made up, of nobody."), 10))
        story += [self.text(f"{label}: {value}", 9, MUTED) for label, value in sheet.about]
        for each in sheet.sections:
            story += [Spacer(1, 16), *self.section(each, has_head=len(sheet.sections) > 1)]
        if self.lacks_letters:
            words = _(
                "%(sign)s stands for a letter that this file has no font for. The page shows all letters."
            )
            story += [Spacer(1, 8), self.text(words % {"sign": MISSING}, 8, MUTED)]
        return story

    def section(self, section: Section, *, has_head: bool) -> list[Any]:
        """Return one report."""
        from reportlab.platypus import Image, KeepTogether, Spacer

        head = [self.text(section.title, 13, is_head=True)] if has_head else []
        head += [self.text(section.question, 9, MUTED), Spacer(1, 6)]
        if section.empty:
            return [KeepTogether([*head, self.text(section.empty)])]
        story: list[Any] = [KeepTogether([*head, *self.figures(section)])]
        if section.chart is not None:
            width = min(self.room, 520.0)
            drawn = Image(BytesIO(painted(section.chart)), width, width * HEIGHT / WIDTH, hAlign="LEFT")
            words = [self.text(" ".join(section.chart.words), 9, MUTED)]
            story.append(
                KeepTogether([self.text(section.chart.title, 10, is_head=True), drawn, *words, Spacer(1, 8)])
            )
        if section.grid is not None:
            story.append(self.grid(section.grid))
            if section.grid.note:
                story.append(self.text(section.grid.note, 8, MUTED))
        return story

    def figures(self, section: Section) -> list[Any]:
        """Return the strip of figures, four in a row."""
        from reportlab.platypus import Table

        cells = []
        for each in section.figures:
            cell = [self.text(each.label, 8, MUTED), self.text(each.text, 14, is_head=True)]
            if each.note:
                cell.append(self.text(each.note, 8, MUTED))
            cells.append(cell)
        if not cells:
            return []
        rows = [cells[start : start + FIGURES_A_ROW] for start in range(0, len(cells), FIGURES_A_ROW)]
        rows[-1] += [[] for _each in range(FIGURES_A_ROW - len(rows[-1]))]
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        return [Table(rows, [self.room / FIGURES_A_ROW] * FIGURES_A_ROW, style=style, hAlign="LEFT")]

    def grid(self, grid: Grid) -> Any:
        """Return a table whose heads stand on each page."""
        from reportlab.platypus import Table

        count = len(grid.heads)
        size = 8.5 if count <= UPRIGHT_MOST + 3 else 7
        names, figures = grid.names, count - grid.names
        share = max(0.28, 0.62 - 0.08 * figures) if figures else 1.0
        widths = [self.room * share / names] * names + [self.room * (1 - share) / max(figures, 1)] * figures

        # Figures are short and need no lines of their own: plain text is laid out several times as fast.
        heads = [self.text(each, size, right=at >= names, is_head=True) for at, each in enumerate(grid.heads)]
        rows: list[list[Any]] = [
            [*(self.text(each, size) for each in row[:names]), *(writable(each) for each in row[names:])]
            for row in grid.rows
        ]
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("FONT", (names, 1), (-1, -1), FAMILY, size, size * 1.4),
            ("ALIGN", (names, 1), (-1, -1), "RIGHT"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, MUTED),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, FAINT),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        return Table([heads, *rows], widths, repeatRows=1, style=style, hAlign="LEFT")
