"""The table of what imports say of days that the site did not count itself, below a report's own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext

from zoco.ledger.asking.answer import Answer, ImportedRow
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.views.tables import range_text

HEADS = {
    "page_views": gettext_lazy("Page views"),
    "sessions": gettext_lazy("Sessions"),
    "events": gettext_lazy("Events"),
}
CODE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Heads and lines, with a sentence on where they come from."""

    said: str
    heads: list[str]
    lines: list[tuple[str, list[str]]]
    range_text: str


def elsewhere(answer: Answer) -> Elsewhere | None:
    """Prepare it; None where imports say nothing."""
    found, rows = answer.imported, answer.imported_rows
    if found is None or not rows:
        return None
    names = [name for name in HEADS if any(getattr(row, name) is not None for row in rows)]
    words = ngettext(
        "%(days)s day without page views of your own (%(span)s), from %(names)s. It is in no figure above; "
        "visitors of two programs cannot be added up.",
        "%(days)s days without page views of your own (%(span)s), from %(names)s. They are in no figure "
        "above; visitors of two programs cannot be added up.",
        found.days,
    )
    first = (answer.question.page - 1) * answer.question.size + 1
    return Elsewhere(
        words
        % {
            "days": formats.count(found.days),
            "span": formats.span(found.first, found.last),
            "names": ", ".join(found.names),
        },
        [str(answer.dimensions[0].label), *(str(HEADS[name]) for name in names)],
        [(_label(answer, row), [_figure(getattr(row, name)) for name in names]) for row in rows],
        range_text(first, first + len(rows) - 1, answer.imported_total),
    )


def _label(answer: Answer, row: ImportedRow) -> str:
    """Return a value as the other program named it; codes of countries and nothing in our words."""
    dimension = answer.dimensions[0]
    is_ours = not row.label or (dimension.kind == "country" and len(row.label) == CODE_LENGTH)
    return (
        value_label(dimension.filter or dimension.name, dimension.kind, row.label) if is_ours else row.label
    )


def _figure(value: int | None) -> str:
    return "\u2013" if value is None else formats.count(value)
