"""What is wrong with tags, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.campaigns.tags import Warned

LABELS = {
    "source": pgettext_lazy("touchpoint", "source"),
    "medium": gettext_lazy("medium"),
    "campaign": gettext_lazy("campaign"),
    "content": gettext_lazy("content"),
    "term": gettext_lazy("keyword"),
}


def warned_said(warned: Warned) -> str:
    """Return one warning as a sentence."""
    said = {"tag": LABELS.get(warned.tag, ""), "value": warned.value, "instead": warned.instead}
    match warned.fault:
        case "missing":
            return _("The %(tag)s is missing: reports cannot say where these visits come from.") % said
        case "unlisted":
            return _("%(value)s is not among the words for the %(tag)s.") % said
        case "misspelt":
            return _("%(value)s is probably %(instead)s, misspelt.") % said
        case "doubled":
            return _("%(value)s is %(instead)s, written differently: reports would show both.") % said
        case "capitals":
            return _("Reports tell capitals apart; write %(instead)s instead of %(value)s.") % said
        case "spaces":
            return _("Spaces break when an address is copied; write %(instead)s.") % said
        case "replaced":
            return _("The address had %(value)s as its %(tag)s already; it is replaced.") % said
        case "personal":
            return _("%(value)s looks like somebody's address; it would stand in every report.") % said
