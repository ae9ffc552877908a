"""What the figures of the list of incidents open to."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.monitor.alarms.before.replaying import STEP_HOURS, WEEKS_MOST
from zoco.monitor.alarms.others.opened import COUNTS
from zoco.monitor.alarms.services import CALM
from zoco.monitor.alarms.shown.lines import RATE_WEEKS
from zoco.stats.compound import count_bounds


def opened_of_list(sites: Sequence[int]) -> Explained | None:
    """Return what is expected and what was marked open to; None where there is no site."""
    names = [each.name for each in sitebook.sites() if each.id in sites]
    if not names:
        return None
    return Explained(
        _(
            "How many incidents a week are to be expected: how many each care would have opened in the weeks "
            "before, real ones among them. How many were false: incidents that people marked so."
        ),
        _formula(),
        COUNTS,
        _data(names),
        _(
            "A count of n incidents comes of a mean between χ²(2n; 2.5%%) ÷ 2 and χ²(2n + 2; 97.5%%) ÷ 2 "
            "(Garwood 1936): where none came in four weeks, up to %(most)s a week may come. Later weeks "
            "differ by what happens in them. What is not marked counts neither as real nor as false."
        )
        % {"most": formats.decimal(count_bounds(0, 0.95)[1] / WEEKS_MOST, 2)},
    )


def _formula() -> Pairs:
    hours = {"calm": int(CALM.total_seconds() // 3_600), "step": STEP_HOURS}
    opened = _(
        "incidents that the rule opens on the counts of the weeks before ÷ weeks; the next one "
        "after %(calm)s h without a finding; one look each %(step)s h"
    )
    return [
        (_("Expected a week"), opened % hours),
        (_("Expected a week, in all"), _("sum over the alarms that are on and were counted")),
        (_("False a week"), _("incidents marked as false ÷ weeks since the first alarm was set")),
    ]


def _data(sites: Sequence[str]) -> Pairs:
    def weeks(count: int) -> str:
        words = ngettext("the last week", "the last %(count)s weeks at most", count)
        return words % {"count": count}

    return [
        (_("Sites"), ", ".join(sites)),
        (_("Weeks looked at again"), weeks(WEEKS_MOST)),
        (_("Weeks of marks"), weeks(RATE_WEEKS)),
        (_("Alarms"), _("those about counts; silence, exports, costs and letters are not looked at again")),
    ]
