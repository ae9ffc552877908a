"""What the lines of the page "Live" open to."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.explained import Explained
from zoco.ledger.sitebook import SiteInfo
from zoco.monitor.latest.reads import LATE, MOST, SPAN
from zoco.monitor.latest.said import LATE as TOLD_LATE


def opened_of(site: SiteInfo) -> Explained:
    """Return what the facts and refusals of a site open to."""
    span, late, told = (formats.length(each.total_seconds()) for each in (SPAN, LATE, TOLD_LATE))
    return Explained(
        _(
            "A line is one fact as it stands in the ledger, of whatever verdict, or what was refused for one "
            "reason within some seconds."
        ),
        [
            (pgettext("facts", "Order"), _("when it came in, then when it happened, newest first")),
            (
                pgettext("facts", "Happened"),
                _("named where it is more than %(time)s before the fact came in") % {"time": told},
            ),
            (
                pgettext("facts", "Refused"),
                _("sum of what was refused at once, for the same reason and on the same host"),
            ),
            (_("Visitor"), _("the last six digits of the pseudonym, written in base 36")),
        ],
        _("Read as they are: nothing is worked out but the sum of refusals."),
        [
            (_("Site"), site.name),
            (_("Time zone"), site.zone),
            (pgettext("facts", "Came in"), _("at most %(time)s ago") % {"time": span}),
            (pgettext("facts", "Happened"), _("at most %(time)s before that") % {"time": late}),
            (_("Lines at most"), formats.count(MOST)),
        ],
        _(
            "None from sampling. What a browser blocked never came and is not here; facts still on their way "
            "into the ledger come some seconds later."
        ),
    )
