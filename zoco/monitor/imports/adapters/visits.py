"""Events of single visits summed by day: what event-level exports share.

A visit belongs to the day on which its first event came; a visitor is counted on each day once.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zoco.monitor.imports.base import ExportUnreadable
from zoco.monitor.imports.sums import Sums

VISITS_MOST = 4_000_000
ONE = Decimal(1)


@dataclass(slots=True)
class Visit:
    """What is known of a visit; moments are microseconds."""

    day: date
    first: int
    last: int
    traits: tuple[tuple[str, str], ...]
    views: int = 0
    entry: str = ""
    exit: str = ""
    entry_at: int = 0
    exit_at: int = 0
    is_engaged: bool = False


class Visits:
    """Gathers events, in any order."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self._visits: dict[object, Visit] = {}
        self._visitors: set[tuple[date, object]] = set()

    def event(
        self, *, day: date, at: int, visitor: object, visit: object, traits: tuple[tuple[str, str], ...]
    ) -> Visit:
        """Take an event; returns its visit. `traits` are dimension and label; those of the first count."""
        self._visitors.add((day, visitor))
        found = self._visits.get(visit)
        if found is None:
            if len(self._visits) >= VISITS_MOST:
                raise ExportUnreadable(
                    f"The export holds more than {VISITS_MOST} visits; export it in parts, a month at a time."
                )
            found = self._visits[visit] = Visit(day, at, at, traits)
        if at < found.first:
            found.first, found.day, found.traits = at, day, traits
        found.last = max(found.last, at)
        return found

    def view(self, visit: Visit, *, day: date, at: int, path: str) -> None:
        """Take a page view of a visit."""
        if not visit.views or at < visit.entry_at:
            visit.entry, visit.entry_at = path, at
        if not visit.views or at >= visit.exit_at:
            visit.exit, visit.exit_at = path, at
        visit.views += 1
        self._sums.part(day, "page", path, {"page_views": ONE})
        self._sums.part(day, "", "", {"page_views": ONE})

    def finish(self, *, by_views: bool) -> None:
        """Write visits, visitors, bounces and seconds. A bounce has one page view, or was not engaged."""
        sums = self._sums
        counted: dict[date, int] = {}
        for day, _visitor in self._visitors:
            counted[day] = counted.get(day, 0) + 1
        for day, count in counted.items():
            sums.whole(day, {"visitors": Decimal(count)})
            sums.part(day, "", "", {"page_views": Decimal(0), "visits": Decimal(0), "bounces": Decimal(0)})
            sums.part(day, "", "", {"seconds": Decimal(0)})
        for visit in self._visits.values():
            is_bounce = visit.views == 1 if by_views else not visit.is_engaged
            figures = {
                "visits": ONE,
                "bounces": ONE if is_bounce else Decimal(0),
                "seconds": Decimal((visit.last - visit.first) // 1_000_000),
            }
            sums.part(visit.day, "", "", figures)
            for dimension, label in (*visit.traits, ("entry", visit.entry), ("exit", visit.exit)):
                if label:
                    sums.part(visit.day, dimension, label, {**figures, "page_views": Decimal(visit.views)})
