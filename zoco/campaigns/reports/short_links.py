"""Short links: who followed which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.campaigns.facts import EVENT_SENT, FOLLOWED, LINK_PROP
from zoco.ledger import expr, metrics
from zoco.ledger.expr import Table
from zoco.ledger.pictures.visitors import of_days
from zoco.ledger.report import REPORTS, Dimension, Measure, Missing, Params, Report
from zoco.ledger.sitebook import SiteInfo

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts


@REPORTS.plug
class ShortLinks(Report):
    """One row a link that was followed."""

    key = "short-links"
    area = "attract"
    label = _("Short links")
    question = _("How many people follow which link or QR code?")
    definition = of_days(
        _(
            "A link is followed when its short address is opened; programs that only look where it leads, "
            "and bots, count only where bots do. Visitors are distinct visitors who followed it, sessions "
            "the visits in which they did."
        )
    )
    picture = "bars"
    crowd = ("visitors", "sessions")
    dimensions = (Dimension("link", pgettext_lazy("address", "Link")),)
    measures = (
        Measure("visitors", _("Visitors"), formula=_("number of distinct visitors")),
        Measure("sessions", _("Sessions"), formula=_("number of distinct visits")),
        Measure(
            "follows", _("Times followed"), adds_up=True, formula=_("number of times that a link was opened")
        ),
    )
    order = "-visitors"
    counts = "rows"
    position = 30

    def missing(self, site: SiteInfo) -> Missing | None:
        """Say that there are no links yet."""
        from zoco.campaigns.models import Link

        if Link.objects.filter(site=site.id).exists():
            return None
        return Missing(
            _("No short links yet"),
            _(
                "A short link leads to a page with the right tags and counts who follows it: in a letter, on "
                "a poster, as a QR code."
            ),
            _("Make a link"),
            "zoco_links",
        )

    def behind(self, facts: Facts) -> Table:
        """Return the moments in which links were followed."""
        return facts.where(lambda rows: (rows.name == EVENT_SENT) & (rows.subject == FOLLOWED))

    def query(self, facts: Facts, params: Params) -> Table:
        rows = self.behind(facts)
        followed = rows.mutate(link=expr.prop_text(rows, LINK_PROP))
        seen = metrics.seen(followed, "link", count="follows")
        visits = followed.filter(followed.session != 0).group_by("link")
        went = visits.aggregate(sessions=metrics.sessions(followed))
        return metrics.joined(seen, went, "link").select(*self.columns)
