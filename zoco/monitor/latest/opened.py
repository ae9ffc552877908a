"""What the lines of the page "Live" open to."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.pictures.explained import Explained
from zoco.ledger.sitebook import SiteInfo
from zoco.monitor.latest.reads import LATE, MOST, SPAN
from zoco.monitor.latest.said import LATE as TOLD_LATE


def opened_of(site: SiteInfo) -> Explained:
    """Return what the facts and refusals of a site open to."""
    hours = int(SPAN.total_seconds() // 3_600)
    late = int(TOLD_LATE.total_seconds())
    return Explained(
        _(
            "A line is one fact as it stands in the ledger, of whatever verdict, or what was refused for one "
            "reason within some seconds."
        ),
        [
            (_("Order"), _("when it came in, then when it happened, newest first")),
            (
                _("happened"),
                ngettext(
                    "named where it is more than %(count)s second before the fact came in",
                    "named where it is more than %(count)s seconds before the fact came in",
                    late,
                )
                % {"count": late},
            ),
            (_("Refused"), _("sum of what was refused at once, for the same reason and on the same host")),
            (_("Visitor"), _("the first six of the pseudonym's letters, base 36, remainders by 36")),
        ],
        _("Read as they are: nothing is worked out but the sum of refusals."),
        [
            (_("Site"), site.name),
            (_("Time zone"), site.zone),
            (
                _("Came in"),
                ngettext("the last hour", "the last %(count)s hours", hours) % {"count": hours},
            ),
            (
                _("Happened"),
                ngettext("%(count)s hour before that at most", "%(count)s hours before that at most",
                         int(LATE.total_seconds() // 3_600)) % {"count": int(LATE.total_seconds() // 3_600)},
            ),
            (_("Lines"), ngettext("%(count)s at most", "%(count)s at most", MOST) % {"count": MOST}),
        ],
        _(
            "None from sampling. What a browser blocked never came and is not here; facts still on their way "
            "into the ledger come some seconds later."
        ),
    )  # fmt: skip
