"""What fell later is written down with the open incident, and told. May run twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zoco.monitor.alarms import services
from zoco.monitor.alarms.causes import parts_of
from zoco.monitor.alarms.detecting import Rule
from zoco.monitor.alarms.further.finding import Further, Part, further
from zoco.monitor.alarms.models import Incident
from zoco.monitor.alarms.windows import Lookout

if TYPE_CHECKING:
    from zoco.monitor.alarms.cube import Cube

EVENT = "part-"
# Who reads of so many looks at the page.
MOST = 9
# What of an incident tells what is news; another worker may have written it while one looked.
TOLD = ("later", "told")


@dataclass(frozen=True, slots=True)
class Later:
    """What fell later: what was found then, and when."""

    at: datetime
    began_at: datetime
    found: dict[str, Any]

    @property
    def names(self) -> set[Part]:
        return {(name, value) for name, value in self.found["names"]}


def later_of(incident: Incident) -> list[Later]:
    """Return what fell later, oldest first."""
    return [
        Later(datetime.fromisoformat(each["at"]), datetime.fromisoformat(each["began_at"]), each["found"])
        for each in incident.found.get("later") or ()
    ]


def later_at(incident: Incident, event: str) -> Later | None:
    """Return what a telling is of; None for one of the opening or the end."""
    number = event.removeprefix(EVENT)
    return later_of(incident)[int(number) - 1] if event.startswith(EVENT) else None


def later_look(
    incident: Incident, cube: Cube, given: Cube | None, rule: Rule, *, zone: str, at: datetime
) -> bool:
    """Look for a part that fell since the last that was told; say whether there was one.

    Nobody who writes waits while it is looked: what was found is noted only if nothing changed meanwhile.
    """
    known = Incident.objects.get(pk=incident.pk)
    there = later_of(known)
    last_at, began_at = (there[-1].at, there[-1].began_at) if there else (known.opened_at, known.began_at)
    if at <= last_at or known.closed_at is not None or len(there) >= MOST:
        return False
    told = services.told_of(known).union(*(each.names for each in there))
    found = further(
        Lookout(cube, given), cube.hour_at(at, zone), rule,
        told=told, began=cube.hour_at(began_at, zone), since=cube.hour_at(last_at, zone),
    )  # fmt: skip
    return found is not None and _note(known, _kept(found, cube.unit, at), at)


@transaction.atomic
def _note(read: Incident, later: dict[str, Any], at: datetime) -> bool:
    """Write down and tell what fell later, unless the incident is over or more was told since it was read."""
    now = Incident.objects.select_for_update().get(pk=read.pk)
    if now.closed_at is not None or any(now.found.get(each) != read.found.get(each) for each in TOLD):
        return False
    kept = [*(now.found.get("later") or ()), later]
    now.found["later"] = kept
    now.save(update_fields=["found"])
    services.tell(now, f"{EVENT}{len(kept)}", at)
    return True


def _kept(later: Further, unit: float, at: datetime) -> dict[str, Any]:
    found = later.found.scaled(unit)
    names = sorted({*later.names, *parts_of(asdict(found.cause) if found.cause else None)})
    return {
        "at": at.isoformat(),
        "began_at": (at - timedelta(hours=found.hours)).isoformat(),
        "found": asdict(found) | {"names": names},
    }
