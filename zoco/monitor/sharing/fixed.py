"""What a link holds fast: its filters, whether what they speak of is still there, its period in words."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from zoco.kit.periods import Period, PeriodUnreadable
from zoco.kit.plugs import PlugUnknown
from zoco.ledger.asking.filters import GOAL, Filter, FilterWrong, filters_named, filters_read
from zoco.ledger.asking.goals import Goal, goals_of
from zoco.ledger.asking.guard import NotForStrangers
from zoco.ledger.pictures import formats
from zoco.ledger.report import report_named
from zoco.ledger.views.controls import moving_label
from zoco.ledger.views.dashboards import dashboard_named
from zoco.monitor.sharing.models import SharedLink


class FilterGone(NotForStrangers):
    """A link filters by what is gone, a goal say: without that filter it would show more than was shared."""


def filters_fixed(link: SharedLink) -> tuple[Filter, ...]:
    """Return the filters of a link. Raises FilterGone."""
    try:
        return filters_read(link.filters, lambda: goals_of(link.site_id))
    except FilterWrong as error:
        raise FilterGone("This link filters by something that is gone.") from error


def is_shown(board: str) -> bool:
    """Return whether a dashboard is there, with a head report that strangers may see."""
    try:
        return bool(report_named(dashboard_named(board).head).crowd)
    except PlugUnknown:
        return False


def is_whole(link: SharedLink) -> bool:
    """Return whether what a link shows, and all that it filters by, is still there."""
    if not is_shown(link.board):
        return False
    try:
        filters_fixed(link)
    except FilterGone:
        return False
    return True


def filters_kept(link: SharedLink) -> tuple[Filter, ...]:
    """Return the filters of a link as they were written, to be shown only: without what goals stand for.

    Raises FilterGone when one is of a column that is no more.
    """
    try:
        return filters_named(link.filters)
    except FilterWrong as error:
        raise FilterGone("This link filters by a column that is gone.") from error


def goals_gone(link: SharedLink, goals: Callable[[int], Sequence[Goal]]) -> list[str]:
    """Return the names of goals that a link filters by and that its site, by its key, has no more."""
    named = [
        name for key, names in link.filters.items() if key.rstrip("!~^") == f"f.{GOAL}" for name in names
    ]
    known = {each.name.casefold() for each in goals(link.site_id)} if named else set()
    return [name for name in named if name.casefold() not in known]


def period_said(text: str) -> str:
    """Say a period as it stands in an address, and whether it moves on; what cannot be read stays."""
    if moving := moving_label(text):
        return _("%(period)s (moving)") % {"period": moving}
    try:
        period = Period.parse(text, "UTC")
    except PeriodUnreadable:
        return text
    return _("%(period)s (fixed)") % {"period": formats.span(period.first, period.last)}
