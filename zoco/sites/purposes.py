"""What lists say: the button that makes one of a kind, and what it is for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

SITE = (
    _("New site"),
    _(
        "A site is what is counted, with its host names, its time zone and its currency. Add the one whose "
        "visits you want to see."
    ),
    ngettext_lazy("%(count)s site", "%(count)s sites", "number"),
)
RULE = (
    _("New rule"),
    _("A rule of your own puts visits into the channel that you want where the built-in rules do not."),
    ngettext_lazy("%(count)s rule of source channels", "%(count)s rules of source channels", "number"),
)
NETWORK = (
    _("New network"),
    _("A network of your own gives a host a name and a kind, such as a forum that is to count as social."),
    ngettext_lazy("%(count)s network of one's own", "%(count)s networks of one's own", "number"),
)
EXCLUSION = (
    _("New line"),
    _("What a block list names is left out: it is refused and not counted, and the reason is told."),
    ngettext_lazy("%(count)s entry of a block list", "%(count)s entries of block lists", "number"),
)
