"""Who the browser that asks is on a site: its pseudonyms of today, as the collector writes them down."""

import threading
from functools import cache
from pathlib import Path

import msgspec
from django.http import HttpRequest

from zoco.collector.live.here import Here
from zoco.collector.live.taking import now_micros
from zoco.collector.steps.visitor import day_before, local_day, pseudonym
from zoco.kit.hosts import plain_host
from zoco.ledger.sitebook import SiteInfo
from zoco.sites.conf import published_path
from zoco.sites.published import SitesUnpublished

_gate = threading.Lock()


def visitors_of(request: HttpRequest, site: SiteInfo) -> frozenset[int]:
    """Return a pseudonym for each domain of the site; none where nothing is published."""
    here = _here(str(published_path()))
    try:
        with _gate:
            here.look()
    except (SitesUnpublished, msgspec.MsgspecError, OSError):
        return frozenset()
    known = next((each for each in here.sites if each.id == site.id), None)
    if known is None:
        return frozenset()
    forwarded = [request.headers["x-forwarded-for"]] if "x-forwarded-for" in request.headers else []
    address = here.client(request.META.get("REMOTE_ADDR", ""), forwarded)
    agent = request.headers.get("user-agent", "")
    day = local_day(now_micros(), known.zone)
    salts = [here.salt_of(known, day.on), here.salt_of(known, day_before(day.on))]
    found = {
        pseudonym(salt, known.id, address, agent, plain_host(host))
        for salt in salts
        if salt
        for host in known.hostnames
    }
    return frozenset(found - {0})


@cache
def _here(path: str) -> Here:
    return Here(Path(path))
