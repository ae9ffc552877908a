"""What converts: which goals of a site are its conversions. Who keeps the definition registers here."""

from collections.abc import Callable

from zoco.ledger.asking.goals import Goal, goals_of, goals_of_facts
from zoco.ledger.report import Report

_providers: list[Callable[[int], tuple[Goal, ...]]] = []


def provide(provider: Callable[[int], tuple[Goal, ...]]) -> None:
    """Register who knows which goals of a site convert, by its key; called once, by the app that owns it."""
    _providers[:] = [provider]


def goals_converting(site: int) -> tuple[Goal, ...]:
    """Return the goals whose facts are conversions of a site: all that facts reach, unless somebody chose."""
    return _providers[0](site) if _providers else goals_of_facts(site)


def goals_for(report: Report, site: int) -> tuple[Goal, ...]:
    """Return the goals that a report of a site counts by: those that convert, all, or none."""
    if report.uses_conversions:
        return goals_converting(site)
    return goals_of(site) if report.uses_goals else ()
