"""Paths: which pages people saw just before or just after a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger import expr, metrics
from zoco.ledger.asking import along
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Measure, Parameter, Params, Report
from zoco.monitor.reports import words

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class Paths(Report):
    """One row a page beside the chosen one; empty where the visit ended or began there."""

    key = "paths"
    label = _("Paths")
    question = _("Where do people go from a page, and from where do they come to it?")
    definition = words.of_days(
        _(
            "Page views of the chosen page, by the page view after or before it in the same visit. Views "
            "of the same page in a row are one. Without another page the visit ended there, or began "
            "there. The share is of all rows. Without a choice the page is the one with most page views."
        )
    )
    picture = "bars"
    dimensions = (Dimension("at", _("Page"), "path"), Dimension("other", _("Other page"), "path"))
    measures = (
        Measure("times", _("Times"), adds_up=True, formula=_("number of steps from page to page")),
        words.VISITORS,
        Measure("part", _("Share"), "percent", formula=_("times of the row ÷ times of all rows")),
    )
    parameters = (
        Parameter("side", _("Pages seen"), "after", (("after", _("After it")), ("before", _("Before it")))),
        Parameter("path", _("Page"), ""),
    )
    order = "-times"
    position = 52

    def query(self, facts: Facts, params: Params) -> Table:
        views = facts.whole_visits.page_views
        known = views.filter(views.session != 0)
        beside = along.after_in_visit if params["side"] == "after" else along.before_in_visit
        moved = facts.fitting(known.mutate(other=beside(known.path, known)))
        moves = moved.filter(moved.path != moved.other).select("path", "other", "visitor")
        if params["path"]:
            chosen = moves.filter(moves.path == params["path"])
        else:
            chosen = moves.semi_join(_most_seen(facts), "path")
        found = chosen.group_by(at="path", other="other").aggregate(
            times=metrics.hits(chosen), visitors=metrics.visitors(chosen)
        )
        return found.mutate(part=expr.share(found.times, found.times.sum()))


def _most_seen(facts: Facts) -> Table:
    """Return the path with most page views, as one row."""
    views = facts.page_views.filter(lambda rows: rows.session != 0)
    each = views.group_by("path").aggregate(page_views=metrics.page_views(views))
    return each.order_by(each.page_views.desc(), each.path.asc()).limit(1).select("path")
