"""The past of the simulated company, looked at by its alarms hour by hour, as a worker would have looked.

Counts are read once and each hour is judged by those before it alone. Nobody is told, and the alarms are off
afterwards: the company stands still, so that the next hour would have them say that nobody comes any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store import opening
from zoco.monitor.alarms import services
from zoco.monitor.alarms.before.ahead import prepare
from zoco.monitor.alarms.cube import DAYS, Cube, cube_read
from zoco.monitor.alarms.detecting import Finding, Rule, look_out
from zoco.monitor.alarms.further.noting import later_look
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.running import given_of
from zoco.monitor.alarms.shown.pictures import picture_of
from zoco.monitor.alarms.usual import KINDS, USUAL, rule_of
from zoco.monitor.alarms.windows import Lookout
from zoco.sites.models import Site

WEEKS = 2
"""So many weeks are looked at."""
DAYS_LEAST = 60
AT_ONCE = 12
"""Hours of about a day share their days before."""
LOOKED_BACK = "looked_back"
"""What says of an incident that it was found afterwards."""
KINDS_LOOKED = tuple((kind, measure) for kind, measure in USUAL if KINDS[kind].rule is not None)


@dataclass(frozen=True, slots=True)
class Watched:
    """An alarm with the counts that it looks at, and by which rule."""

    alarm: Alarm
    rule: Rule
    cube: Cube
    given: Cube | None


def past_look(*, site: Site, until: datetime, first: str) -> int:
    """Look at the last weeks up to a moment; returns how many incidents there were.

    What an earlier call made is replaced; alarms that people set stay. Of a young company nothing is
    looked at: its history is too short.
    """
    past_remove(site)
    if (until.astimezone(ZoneInfo(site.zone)).date() - date.fromisoformat(first)).days + 1 < DAYS_LEAST:
        return 0
    with sitebook.everything():
        seen = [(each, list(_found(each, site.zone, until))) for each in _watched(site, until)]
        return _kept(site, seen, until)


def past_remove(site: Site) -> None:
    """Take away the incidents that were found afterwards, and the alarms that were set for them.

    An alarm that somebody switched on, changed or made otherwise stays, and so does one that found something
    by itself; of those that are off, one that is as it was set is set again.
    """
    with sitebook.everything():
        Incident.objects.filter(alarm__site=site, **{f"found__{LOOKED_BACK}": True}).delete()
        off = Alarm.objects.filter(site=site, is_on=False, segment_name="", segment=None)
        untouched = off.filter(care=Alarm.Care.USUAL, hook_url="", roles__isnull=True, incidents__isnull=True)
        for kind, measure in KINDS_LOOKED:
            untouched.filter(kind=kind, measure=measure).delete()


def _watched(site: Site, until: datetime) -> Iterator[Watched]:
    info = next(each for each in sitebook.sites() if each.id == site.pk)
    period = Period.last_days(DAYS + 7 * WEEKS, site.zone, now=until)
    cubes: dict[str, Cube] = {}
    for kind, measure in KINDS_LOOKED:
        rule = rule_of(kind)
        is_set = Alarm.objects.filter(site=site, kind=kind, measure=measure, segment_name="").exists()
        if rule is None or is_set:
            continue
        cube = _cube(cubes, measure, info, period)
        given = given_of(cube, kind)
        alarm = Alarm(site=site, kind=kind, measure=measure, is_on=False)
        yield Watched(alarm, rule, cube, _cube(cubes, given, info, period) if given else None)


def _cube(cubes: dict[str, Cube], measure: str, info: SiteInfo, period: Period) -> Cube:
    if measure not in cubes:
        cubes[measure] = cube_read(measure, info, period, opening.store())
    return cubes[measure]


def _found(watched: Watched, zone: str, until: datetime) -> Iterator[tuple[int, Finding]]:
    """Yield what is found at the end of each hour."""
    cube, rule = watched.cube, watched.rule
    last = cube.hour_at(until, zone)
    ends = range(last - WEEKS * 168 + 1, last + 1)
    lookout = Lookout(cube, watched.given if rule.is_fall else None)
    for number, end in enumerate(ends):
        if number % AT_ONCE == 0:
            lookout.forget()
            if rule.is_fall:
                prepare(lookout, ends[number : number + AT_ONCE], rule)
        found = look_out(lookout, end, rule)
        if isinstance(found, Finding):
            yield end, found


@transaction.atomic
def _kept(site: Site, seen: list[tuple[Watched, list[tuple[int, Finding]]]], until: datetime) -> int:
    """Open, bring up to date and close incidents by what was found; a worker beside sees none to tell."""
    for watched, found in seen:
        watched.alarm.save()
        _lived(watched, dict(found), site.zone, until)
    own = [watched.alarm.pk for watched, _found in seen]
    Alarm.objects.filter(pk__in=own).update(is_on=False)
    Telling.objects.filter(incident__alarm__in=own).delete()
    incidents = list(Incident.objects.filter(alarm__in=own))
    for each in incidents:
        each.found[LOOKED_BACK] = True
    Incident.objects.bulk_update(incidents, ["found"])
    return len(incidents)


def _lived(watched: Watched, found: dict[int, Finding], zone: str, until: datetime) -> None:
    """Go through the hours in which something was found, and those in which an incident was open."""
    cube, alarm, is_open = watched.cube, watched.alarm, False
    last = cube.hour_at(until, zone)
    for end in range(last - WEEKS * 168 + 1, last + 1):
        seen = found.get(end)
        if seen is None and not is_open and end != last:
            continue
        at = _moment(cube, end, zone)
        picture = picture_of(cube, seen, end) if seen is not None else None
        scaled = seen.scaled(cube.unit) if seen is not None else None
        incident = services.seen_apply(alarm, scaled, at=at, picture=picture)
        is_open = incident is not None
        if incident is not None and seen is not None and watched.rule.is_fall:
            later_look(incident, cube, watched.given, watched.rule, zone=zone, at=at)


def _moment(cube: Cube, end: int, zone: str) -> datetime:
    """Return when an hour of a cube begins: its clock is a wall's."""
    wall = cube.first + timedelta(hours=end)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
