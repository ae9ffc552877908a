"""The segment that an alarm is about: its filters as they are now, kept with each incident as they were.

A segment that was deleted is missed, never taken for the whole site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoco.ledger.asking.filters import Filter, FilterWrong, filters_read
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import VERDICT_GROUPS

if TYPE_CHECKING:
    from zoco.monitor.alarms.models import Alarm

GONE, UNREADABLE = "gone", "unreadable"


class SegmentMissed(LookupError):
    """The segment was deleted, or filters by what is no more. `why` is GONE or UNREADABLE."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters, and who counts in place of people alone; nothing of both for the whole site."""

    filters: tuple[Filter, ...] = ()
    verdicts: tuple[str, ...] = ()


WHOLE = Narrowed()


def narrowed(alarm: Alarm) -> Narrowed:
    """Return what an alarm is narrowed to. Raises SegmentMissed."""
    segment = alarm.segment
    if segment is None:
        if alarm.segment_name:
            raise SegmentMissed(GONE)
        return WHOLE
    try:
        filters = filters_read(segment.filters, lambda: goals_of(segment.site_id))
    except FilterWrong as error:
        raise SegmentMissed(UNREADABLE) from error
    return Narrowed(filters, VERDICT_GROUPS.get(segment.verdicts) or tuple(segment.verdicts.split(",")))


def kept(alarm: Alarm) -> dict[str, Any] | None:
    """Return the segment as an incident keeps it; None for an alarm about the whole site."""
    segment = alarm.segment
    if segment is None:
        return None
    return {"name": segment.name, "filters": segment.filters, "verdicts": segment.verdicts}


def is_as_kept(alarm: Alarm, found: dict[str, Any]) -> bool:
    """Say whether an incident is still about what its alarm watches; another name changes nothing."""
    now, was = kept(alarm), found.get("segment")
    if now is None or was is None:
        return now is was and not alarm.segment_name
    return (now["filters"], now["verdicts"]) == (was["filters"], was["verdicts"])
