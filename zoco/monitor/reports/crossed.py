"""Crossed: any two columns that can be filtered by, against each other."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.ledger import metrics
from zoco.ledger.asking.filters import FILTERABLE, GOAL
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Parameter, ParameterWrong, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

# A goal is no column of facts, and page views have nothing in these.
LEFT_OUT = (GOAL, "name", "status", "subject_kind", "subject")
COLUMNS = {name: each for name, each in FILTERABLE.items() if name not in LEFT_OUT}
CHOICES = tuple((name, each.label) for name, each in COLUMNS.items())
ROWS, ACROSS = "country", "device"


def dimension_of(name: str) -> Dimension:
    """Return a column that can be filtered by as a dimension of rows."""
    found = COLUMNS[name]
    return Dimension(name, found.label, found.kind, name)


@REPORTS.plug
class Crossed(Report):
    """One row for each pair of values that there was."""

    key = "crossed"
    label = _("Crossed")
    question = _("How do two things go together: pages and countries, sources and devices?")
    definition = words.of_days(
        _(
            "Page views by the two chosen columns together, with their distinct visitors and sessions. A "
            "visitor or session that had several values counts in each row."
        )
    )
    picture = "bars"
    dimensions = (dimension_of(ROWS), dimension_of(ACROSS))
    measures = (words.VISITORS, words.SESSIONS, words.PAGE_VIEWS)
    parameters = (
        Parameter("rows", pgettext_lazy("crossed", "Rows"), ROWS, CHOICES),
        Parameter("across", _("Across"), ACROSS, CHOICES),
    )
    order = "-visitors"
    position = 180

    def turned(self, params: Params) -> Report:
        """Return the report by the columns that were chosen. Raises ParameterWrong for the same twice."""
        rows, across = str(params["rows"]), str(params["across"])
        if rows == across:
            wrong = gettext_noop("Rows and columns are both %(name)r; choose two different ones.")
            raise ParameterWrong(wrong, name=rows)
        return _by(rows, across)

    def query(self, facts: Facts, params: Params) -> Table:
        return metrics.by(facts.page_views, str(params["rows"]), str(params["across"])).drop("bounce")


@cache
def _by(rows: str, across: str) -> Report:
    """Return one report for a pair: what is asked is kept by it."""
    made = copy(REPORTS.get(Crossed.key))
    made.dimensions = (dimension_of(rows), dimension_of(across))
    return made
