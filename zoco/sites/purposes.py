"""What lists say: the button that makes one of a kind, and what it is for."""

from django.utils.translation import gettext_lazy as _

SITE = (
    _("New site"),
    _(
        "A site is what is counted, with its host names, its time zone and its currency. Add the one whose "
        "visits you want to see."
    ),
)
RULE = (
    _("New rule"),
    _("A rule of your own puts visits into the channel that you want where the built-in rules do not."),
)
NETWORK = (
    _("New network"),
    _("A network of your own gives a host a name and a kind, such as a forum that is to count as social."),
)
EXCLUSION = (
    _("New line"),
    _("What a block list names is left out: it is refused and not counted, and the reason is told."),
)
