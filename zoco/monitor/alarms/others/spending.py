"""Alarms about what campaigns cost: each campaign that is off has an incident of its own.

What is wrong says `zoco.campaigns.costs.troubles`; here it is looked for, kept and closed. In a project
without campaigns there is nothing to look at.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import transaction

from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.monitor.alarms import services
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.others.kinds import OF_COSTS
from zoco.moving.arriving import sites_arrived

if TYPE_CHECKING:
    from zoco.campaigns.costs.troubles import Trouble
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

CARE = {"calm": (0.99, 0.1, 0.001), "usual": (0.95, 0.05, 0.01), "keen": (0.8, 0.02, 0.05)}
"""Of each care: the level of intervals, how far off a budget is no news, and how likely chance may be."""
CALM = timedelta(hours=36)
"""Costs come once a day: for so long nothing may be found before an incident is over."""


def spending_look(*, now: datetime, store: Store | None = None) -> int:
    """Look at each site whose alarms were not looked at in this hour; return how many campaigns are off."""
    if not apps.is_installed("zoco.campaigns"):
        return 0
    hour = now.replace(minute=0, second=0, microsecond=0)
    off = 0
    for site in sites_arrived():
        alarms = Alarm.objects.filter(site=site.id, is_on=True, kind__in=OF_COSTS).select_related("site")
        for alarm in alarms.order_by("id"):
            if alarm.looked_at is not None and alarm.looked_at >= hour:
                continue
            try:
                found = _found(site, alarm, now, store)
            except (QueryFailed, StoreBusy):
                log.exception("Costs could not be looked at; it is tried again. site=%s", site.slug)
                continue
            troubles_apply(alarm, found, at=now, why="costs" if found is None else _unbounded(site, alarm))
            off += len(found or ())
    return off


def _found(site: SiteInfo, alarm: Alarm, now: datetime, store: Store | None) -> Sequence[Trouble] | None:
    from zoco.campaigns.costs.troubles import Judged, off_plan, too_little

    judged = Judged(*CARE[alarm.care])
    if alarm.kind == "pace":
        return list(off_plan(site, judged, now=now))
    bound = None if alarm.bound is None else float(alarm.bound)
    return too_little(site, alarm.kind, bound, judged, now=now, store=store)


def _unbounded(site: SiteInfo, alarm: Alarm) -> str:
    """Return "bound" where neither the alarm nor a campaign says what is too much, or too little."""
    from zoco.campaigns.costs.troubles import is_bounded

    asks = alarm.kind in {"roas", "cac"} and alarm.bound is None
    return "bound" if asks and not is_bounded(site, alarm.kind) else ""


@transaction.atomic
def troubles_apply(alarm: Alarm, found: Sequence[Trouble] | None, *, at: datetime, why: str = "") -> None:
    """Take in what was found: one incident a campaign. `why` nothing can be known: "costs", "bound"."""
    Alarm.objects.filter(pk=alarm.pk).update(known=why, looked_at=at)
    kept = Incident.objects.select_for_update().filter(alarm=alarm, closed_at=None).order_by("id")
    still = {each.found["campaign"]: each for each in kept}
    zone = ZoneInfo(alarm.site.zone)
    for trouble in found or ():
        began_at = min(at, datetime.combine(trouble.first, time.min, zone))
        incident = still.pop(trouble.campaign, None)
        about = str(trouble.campaign)
        services.incident_see(alarm, incident, _kept(trouble, alarm), began_at=began_at, at=at, about=about)
    for incident in still.values():
        if at - incident.seen_at >= CALM:
            services.incident_close(incident, at=at)


def _kept(trouble: Trouble, alarm: Alarm) -> dict[str, Any]:
    """Return a trouble as an incident keeps it; days as text, and the care that it was judged with."""
    days = {"first": trouble.first.isoformat(), "last": trouble.last.isoformat()}
    return asdict(trouble) | days | {"measure": "costs", "segment": None, "care": alarm.care}
