"""Which alarms are found otherwise than in counts of facts, who is told of them, and which take a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.sites.access.reads import slugs_seen

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django_stubs_ext import StrOrPromise

SEE_REPORTS, SEE_COSTS = "zoco_ledger.view_reports", "zoco_campaigns.view_cost"
OTHERS: tuple[tuple[str, StrOrPromise, str], ...] = (
    ("export", _("Scheduled exports fail"), "exports"),
    ("pace", _("A campaign spends more or less than planned"), "costs"),
    ("roas", _("A campaign returns less than you set"), "costs"),
    ("cac", _("A visitor who converts costs more than you set"), "costs"),
    ("wasted", _("A campaign spends and nobody converts"), "costs"),
    ("opens", _("Fewer letters are opened"), "opens"),
    ("clicks", _("Fewer letters are clicked"), "clicks"),
    ("unsubs", _("More letters are unsubscribed by"), "unsubs"),
    ("complaints", _("More letters are complained of"), "complaints"),
)
"""Kinds: key, what may go wrong, and the measure that it is about."""
OF_COSTS = ("pace", "roas", "cac", "wasted")
"""About money spent: for whoever may see costs."""
OF_LETTERS = ("opens", "clicks", "unsubs", "complaints")
"""About letters, which belong to no site: for whoever sees all sites."""
BOUNDED = ("roas", "cac", "wasted")
"""What takes a bound; that of a campaign's own goes before it."""
LETTERS: dict[str, StrOrPromise] = {
    "opens": _("Letters opened by people within a day"),
    "clicks": _("Letters clicked by people within a day"),
    "unsubs": _("Letters unsubscribed by within a day"),
    "complaints": _("Letters complained of within a day"),
}
PARTS: dict[str, StrOrPromise] = {"topic": _("Topic")}
"""Names of parts that are no column of facts."""


def rights_of(kind: str) -> tuple[str, ...]:
    """Return the permissions that whoever is told of an alarm's incidents needs."""
    return (SEE_REPORTS, SEE_COSTS) if kind in OF_COSTS else (SEE_REPORTS,)


def needs_of(kind: str) -> tuple[str, ...]:
    """Return the apps without which an alarm has nothing to look at."""
    if kind in OF_COSTS:
        return ("campaigns",)
    return ("mail",) if kind in OF_LETTERS else ()


def hidden_from(user: User | AnonymousUser) -> tuple[str, ...]:
    """Return the kinds of alarms whose incidents an account does not see."""
    costs = () if user.has_perm(SEE_COSTS) else OF_COSTS
    return (*costs, *(() if slugs_seen(user) is None else OF_LETTERS))
