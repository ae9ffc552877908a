"""Sources: with which source and medium visits began."""

from django.utils.translation import gettext_lazy as _

from zoco.ledger.report import REPORTS, Dimension
from zoco.monitor.reports.touches import ByTouch


@REPORTS.plug
class Sources(ByTouch):
    """One row for each source and medium."""

    key = "sources"
    label = _("Sources")
    question = _("From which sources do people come?")
    dimensions = (
        Dimension("source", _("Source"), "text", "source"),
        Dimension("medium", _("Medium"), "text", "medium"),
    )
    imports = ("source", "visits")
    position = 80
