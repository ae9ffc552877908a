"""What a figure opens to: definition, formula, source, data used, uncertainty. None of the five may lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger.pictures import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.ledger.asking.answer import Answer
    from zoco.ledger.report import Report


Pairs = Sequence[tuple["StrOrPromise", "StrOrPromise"]]
COUNTED = _("Counted: no method stands behind these figures but counting and adding up.")
FULL = _(
    "None from sampling: every fact of the period was counted, so there are no bounds. Of what was never "
    "measured, such as visits of those who block the tracker, no figure says anything."
)
ONE = _(
    "Without consent a visitor is one browser on one day, with it one browser; where people are counted, the "
    "definition says who is one."
)

UNSAID = _("as the definition says")  # a report that somebody else wrote need not have formulas


class Unexplained(ValueError):
    """Figures lack one of the five parts of what they open to."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What figures open to. `formula` has what is worked out and from what, `data` a name and what it is.

    Raises Unexplained where a part is empty.
    """

    definition: StrOrPromise
    formula: Pairs
    source: StrOrPromise
    data: Pairs
    uncertainty: StrOrPromise

    def __post_init__(self) -> None:
        lacks = [each.name for each in fields(self) if not getattr(self, each.name)]
        lacks += [str(name) for name, said in self.formula if not said]
        if lacks:
            raise Unexplained(f"What these figures open to lacks {', '.join(lacks)}; write it down.")


def explained(answer: Answer) -> Explained:
    """Return what the figures of an answer open to."""
    period, site = answer.question.period, answer.question.site
    data = (
        (_("Period"), formats.span(period.first, period.last)),
        (_("Time zone"), site.zone),
        (_("Who counts once"), ONE),
    )
    return of_report(answer.report, data)


def of_report(report: Report, data: Pairs) -> Explained:
    """Return what the figures of a report open to, with the data that were used."""
    return Explained(
        definition=report.definition,
        formula=[(each.label, each.formula or UNSAID) for each in report.measures],
        source=report.method or COUNTED,
        data=data,
        uncertainty=report.uncertainty or FULL,
    )
