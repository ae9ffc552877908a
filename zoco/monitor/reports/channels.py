"""Source channels: the group that a visit came through."""

from django.utils.translation import gettext_lazy as _

from zoco.ledger.report import REPORTS, Dimension
from zoco.monitor.reports.touches import ByTouch


@REPORTS.plug
class Channels(ByTouch):
    """One row a source channel."""

    key = "channels"
    label = _("Source channels")
    question = _("Through which channels do people come?")
    dimensions = (Dimension("channel", _("Source channel"), "channel", "channel"),)
    imports = ("channel", "visits")
    position = 70
