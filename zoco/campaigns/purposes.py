"""What lists say: the button that makes one of a kind, and what it is for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

CAMPAIGN = (
    _("New campaign"),
    _(
        "A campaign has a goal, a budget and a period. Visits that bear its code are its own; what it cost "
        "stands beside what it brought."
    ),
    ngettext_lazy("%(count)s campaign", "%(count)s campaigns", "number"),
)
LINK = (
    _("New short link"),
    _(
        "A short link leads to an address with tags and counts the people who follow it, from paper too by "
        "its QR code."
    ),
    ngettext_lazy("%(count)s short link", "%(count)s short links", "number"),
)
WORD = (
    _("New word"),
    _(
        "Words are the values that tags may have, so that a source is always written alike. Whatever is not "
        "among them is warned about."
    ),
    ngettext_lazy("%(count)s word for tags", "%(count)s words for tags", "number"),
)
