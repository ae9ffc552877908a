"""The picture of each kind of report: a curve, a funnel, a grid of cohorts, bars."""

from collections.abc import Iterator

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.asking.answer import Answer
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.laying import INNER, SIDE, WIDTH, Body, below, box, fitted, together, written
from zoco.ledger.pictures.balances import balance
from zoco.ledger.pictures.charts import Chart, chart
from zoco.ledger.pictures.figures import figure_text
from zoco.ledger.pictures.flows import flow
from zoco.ledger.pictures.grids import Grid, grid
from zoco.ledger.pictures.labels import bucket_label, grain_of, value_label
from zoco.ledger.pictures.names import Names, names_of
from zoco.ledger.pictures.ways import Stage, stages
from zoco.ledger.report import Measure

CURVE = 230.0
ROWS_MOST, MARKS_MOST = 50, 12
NAMES, FIGURES = 300.0, 130.0
ROW = 24.0


def measure_of(answer: Answer, drawn: str) -> Measure:
    """Return the measure that is drawn: the one asked for, else that of the order, else the first."""
    name, _descending = answer.question.order_for(answer.report)
    by = {each.name: each for each in answer.measures}
    return by.get(drawn) or by.get(name if answer.report.picture == "bars" else "") or answer.measures[0]


def is_drawn(answer: Answer) -> bool:
    """Return whether the page of an answer has a picture."""
    if answer.is_empty or not answer.rows:
        return False
    return bool(answer.report.picture) and (answer.report.picture != "steps" or len(answer.dimensions) == 1)


def body_of(answer: Answer, drawn: str) -> Body | None:
    """Draw the picture of an answer; None where there is none."""
    match answer.report.picture:
        case "curve" if (columns := balance(answer)) is not None:
            return Body(columns.drawn, columns.height)
        case "curve":
            found = chart(answer, measure_of(answer, drawn).name)
            return _curve(answer, found) if found else None
        case "steps":
            steps = stages(answer)
            return _steps(answer, steps) if steps else None
        case "grid":
            cohorts = grid(answer)
            return _grid(cohorts) if cohorts else None
        case "flow":
            ribbons = flow(answer)
            return Body(ribbons.drawn, ribbons.height) if ribbons else None
        case "bars":
            return _bars(answer, measure_of(answer, drawn)) if answer.rows else None
    return None


def _curve(answer: Answer, found: Chart) -> Body:
    # The page's own curve, which fills whatever it stands in, at a place of this sheet.
    at = f'<svg class="c" x="0" y="24" width="{WIDTH:.0f}" height="{CURVE:.0f}"'
    line = SafeString(found.svg.wide.replace('<svg class="c"', at, 1))
    marks = [(fitted(f"{n}. {day}  {mark.text}", INNER), "") for n, (day, mark) in enumerate(found.marks, 1)][
        :MARKS_MOST
    ]
    texts = below(marks, CURVE + 44, 18)
    return Body(together([*_key(answer, found), line, *texts]), CURVE + 32 + 18 * len(marks))


def _key(answer: Answer, found: Chart) -> Iterator[SafeString]:
    """Yield what each line stands for."""
    before = answer.period_before
    words = [("l1", _("this period"))]
    if found.has_before and before is not None:
        period = formats.span(before.first, before.last)
        words.append(("prev", _("before: %(period)s") % {"period": period}))
    if found.imported:
        words.append(("l1 imp", _("imported from %(names)s") % {"names": found.imported}))
    if found.is_open:
        words.append(("l1 dot", _("not over yet")))
    room = INNER / len(words)
    for number, (kind, text) in enumerate(words):
        x = SIDE + number * room
        yield SafeString(f'<path class="{kind}" d="M{x:.0f},8H{x + 20:.0f}"/>')
        yield written(x + 26, 12, fitted(text, room - 40))


def _steps(answer: Answer, steps: list[Stage]) -> Body:
    most = max((float(row.values["people"] or 0) for row in answer.rows), default=0.0) or 1.0
    rows = sorted(answer.rows, key=lambda row: str(row.key["step"]))
    parts: list[SafeString] = []
    y = 0.0
    for stage, row in zip(steps, rows, strict=True):
        if stage.between:
            said = " · ".join(way.text for way in stage.between)
            parts.append(written(SIDE + NAMES, y + 15, fitted(said, INNER - NAMES)))
            y += 24
        share = float(row.values["people"] or 0) / most
        parts.append(written(SIDE, y + 19, fitted(stage.name, NAMES - 16, 14), "ink base"))
        parts.append(box(SIDE + NAMES, y, (INNER - NAMES - FIGURES) * share, 28, "bar"))
        parts.append(written(WIDTH - SIDE, y + 19, stage.count, "ink base bold end"))
        y += 32
    return Body(together(parts), y)


def _grid(cohorts: Grid) -> Body:
    columns = len(cohorts.heads) - 2
    names, sizes = 190.0, 70.0
    room = min((INNER - names - sizes) / max(columns, 1), 80.0)
    places = [SIDE + names + sizes + room * number for number in range(columns)]
    first = fitted(cohorts.heads[0], names - 8)
    parts = [written(SIDE, 14, first), written(SIDE + names + sizes - 10, 14, cohorts.heads[1], "end")]
    parts += [
        written(x + room / 2, 14, head, "mid") for x, head in zip(places, cohorts.heads[2:], strict=True)
    ]
    y = ROW
    for row in cohorts.rows:
        parts.append(written(SIDE, y + 16, fitted(row.name, names - 8), "ink"))
        parts.append(written(SIDE + names + sizes - 10, y + 16, row.size, "ink end"))
        for x, cell in zip(places, row.cells, strict=False):
            parts.append(box(x + 1, y + 1, room - 2, ROW - 2, cell.look or "pale"))
            ink = "pale" if cell.look in ("h5", "h6") else "" if cell.look == "open" else "ink"
            parts.append(written(x + room / 2, y + 16, fitted(cell.text, room - 2), f"mid {ink}"))
        y += ROW
    parts.append(written(SIDE, y + 18, fitted(cohorts.note, INNER)))
    return Body(together(parts), y + 24)


def _bars(answer: Answer, measure: Measure) -> Body:
    currency, rows = answer.question.site.currency, answer.rows[:ROWS_MOST]
    named = names_of(answer.question.site, answer.dimensions, rows)
    values = [row.values.get(measure.name) for row in rows]
    most = max((abs(float(value or 0)) for value in values), default=0.0) or 1.0
    parts: list[SafeString] = []
    for number, (row, value) in enumerate(zip(rows, values, strict=True)):
        y = number * ROW
        texts = [_name(answer, each.name, row.key[each.name], named) for each in answer.dimensions]
        parts.append(written(SIDE, y + 16, fitted(" · ".join(texts), NAMES - 12), "ink"))
        if value:
            share = abs(float(value)) / most
            parts.append(box(SIDE + NAMES, y + 3, (INNER - NAMES - FIGURES) * share, ROW - 6, "bar"))
        said = figure_text(value, measure, currency)
        parts.append(written(WIDTH - SIDE, y + 16, said, "ink end"))
    height = ROW * len(rows)
    if len(rows) < answer.total_rows:
        shown = {"shown": formats.count(len(rows)), "total": formats.count(answer.total_rows)}
        parts.append(written(SIDE, height + 16, _("The first %(shown)s of %(total)s rows.") % shown))
        height += ROW
    return Body(together(parts), height)


def _name(answer: Answer, dimension: str, value: object, named: Names) -> str:
    of = next(each for each in answer.dimensions if each.name == dimension)
    if of.kind == "bucket":
        return bucket_label(value, grain_of(answer), whole=True)  # type: ignore[arg-type]
    called = named.get(dimension, {}).get(str(value))
    return called or str(value_label(of.filter or dimension, of.kind, value))  # type: ignore[arg-type]
