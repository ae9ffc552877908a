"""Entry pages: where visits begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import metrics
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class EntryPages(Report):
    """One row a path with which sessions began."""

    key = "entry-pages"
    label = _("Entry pages")
    question = _("On which pages do visits begin, and do people go on from there?")
    definition = _(
        "The entry page is the path of a session's first page view. Bounce is the share of sessions "
        "with exactly one page view. Duration is the mean time from a session's first page view to "
        "its last."
    )
    picture = "bars"
    dimensions = (Dimension("landing", _("Entry page"), "path", "landing"),)
    measures = (
        Measure(
            "sessions", _("Sessions"), adds_up=True, formula=_("number of visits that began with the page")
        ),
        words.BOUNCE,
        words.VIEWS_PER_SESSION,
        words.DURATION,
    )
    order = "-sessions"
    imports = ("entry", "visits")
    position = 40

    def query(self, facts: Facts, params: Params) -> Table:
        visits = metrics.visits(facts.page_views, "landing")
        return visits.group_by("landing").aggregate(
            sessions=metrics.sessions_of(visits),
            bounce=metrics.bounce(visits),
            views_per_session=metrics.views_per_session(visits),
            duration=metrics.duration(visits),
        )
