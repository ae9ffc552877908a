"""Who the browser that asks is on a site: its pseudonyms of today, as the collector writes them down."""

import threading
from functools import cache
from pathlib import Path

import msgspec
from django.http import HttpRequest

from zoco.collector.live.here import Here
from zoco.collector.live.taking import now_micros
from zoco.collector.live.wire import WHO
from zoco.collector.steps.known import NOTHING, known_visitor, visitor_key
from zoco.collector.steps.visitor import day_before, local_day, pseudonym
from zoco.kit.hosts import plain_host
from zoco.ledger.sitebook import SiteInfo
from zoco.sites.conf import published_path
from zoco.sites.published import SitesUnpublished
from zoco.trials.visiting import Visiting

_gate = threading.Lock()


def visitors_of(request: HttpRequest, site: SiteInfo) -> frozenset[int]:
    """Return a pseudonym for each domain of the site; none where nothing is published."""
    here = _looked()
    if here is None:
        return frozenset()
    known = next((each for each in here.sites if each.id == site.id), None)
    if known is None:
        return frozenset()
    address, agent = _address(here, request), request.headers.get("user-agent", "")
    day = local_day(now_micros(), known.zone)
    salts = [here.salt_of(known, day.on), here.salt_of(known, day_before(day.on))]
    found = {
        pseudonym(salt, known.id, address, agent, plain_host(host))
        for salt in salts
        if salt
        for host in known.hostnames
    }
    return frozenset(found - {0})


def visiting(request: HttpRequest, host: str, who: str) -> Visiting | None:
    """Return who a browser is to the collector: on the site that has this host, None if none has.

    `who` is the id in its cookie; what can be none is no id. Who asks for privacy has none either.
    """
    here = _looked()
    site = here.site_of(host.lower()) if here else None
    if here is None or site is None:
        return None
    is_private = request.headers.get("sec-gpc") == "1" or request.headers.get("dnt") == "1"
    if is_private and site.privacy_signals == NOTHING:
        return Visiting(site.id, 0, 0)
    day = local_day(now_micros(), site.zone)
    salt, key = here.salt_of(site, day.on), visitor_key(site)
    agent = request.headers.get("user-agent", "")
    visitor = pseudonym(salt, site.id, _address(here, request), agent, plain_host(host)) if salt else 0
    is_known = bool(key and WHO.fullmatch(who) and not is_private)
    return Visiting(site.id, visitor, known_visitor(key, who) if is_known else 0)


def _looked() -> Here | None:
    """Return what is published, None where nothing is."""
    here = _here(str(published_path()))
    try:
        with _gate:
            here.look()
    except (SitesUnpublished, msgspec.MsgspecError, OSError):
        return None
    return here


def _address(here: Here, request: HttpRequest) -> str:
    forwarded = [request.headers["x-forwarded-for"]] if "x-forwarded-for" in request.headers else []
    return here.client(request.META.get("REMOTE_ADDR", ""), forwarded)


@cache
def _here(path: str) -> Here:
    return Here(Path(path))
