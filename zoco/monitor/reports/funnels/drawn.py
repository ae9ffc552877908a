"""Who knows the funnels that were drawn: reports ask here, and know no tables of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.ledger.asking.goals import goals_of
from zoco.ledger.report import Missing, ParameterWrong

if TYPE_CHECKING:
    from zoco.ledger.report import Params
    from zoco.ledger.sitebook import SiteInfo
    from zoco.monitor.reports.funnels.chains import Funnel

Provider = Callable[[int, str], "Funnel | None"]
Lister = Callable[[int], tuple[tuple[str, str], ...]]

_providers: list[tuple[Provider, Lister]] = []


def provide(provider: Provider, lister: Lister) -> None:
    """Register who knows the funnels of a site by its key: one by a parameter's text, "" for the first; and
    which there are, as text of the parameter and name.
    """
    _providers[:] = [(provider, lister)]


def funnel_of(site: SiteInfo, chosen: str) -> Funnel | None:
    """Return a funnel of a site, its first one for "", None where there is none. Raises ParameterWrong."""
    return _providers[0][0](site.id, chosen) if _providers else None


def funnels_of(site: SiteInfo) -> tuple[tuple[str, str], ...]:
    """Return which funnels a site has, as choices in order."""
    return _providers[0][1](site.id) if _providers else ()


def funnel_named(site: SiteInfo, params: Params) -> Funnel | None:
    """Return the funnel that the parameter "funnel" names. Raises ParameterWrong where it names none."""
    found = funnel_of(site, str(params["funnel"]))
    if found is None and params["funnel"]:
        raise ParameterWrong(gettext_noop("This site has no such funnel; choose another."))
    return found


def missing_of(site: SiteInfo) -> Missing | None:
    """Say that a site has no funnels yet, or not even goals of which to draw one."""
    if funnels_of(site):
        return None
    if not goals_of(site.id):
        return Missing(
            _("No goals yet"),
            _(
                "A funnel is a row of goals: product seen, basket filled, order placed. Say first what the "
                "goals of this site are; then draw a funnel of them."
            ),
            _("New goal"),
            "zoco_goals:add",
        )
    return Missing(
        _("No funnels yet"),
        _(
            "A funnel is a row of goals: product seen, basket filled, order placed. Draw one, and it is "
            "counted over all facts there are, also those of the past."
        ),
        _("Draw a funnel"),
        "zoco_funnels:add",
    )
