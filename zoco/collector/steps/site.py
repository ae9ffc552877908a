"""Whose host it is. A host that the site does not know is refused, unless any host is welcome."""

from zoco.collector.event import Event
from zoco.collector.reasons import Reason, Refused
from zoco.kit.hosts import is_own, plain_host
from zoco.sites.published import PublishedSite


def host_of(host: str, site: PublishedSite, *, any_host: bool = False) -> str:
    """Return the host to write down: the one given, or the site's first. Raises Refused."""
    if host in ("", "-"):
        return site.hostnames[0] if site.hostnames else ""
    plain = plain_host(host)
    if plain and (any_host or is_own(plain, site.hostnames)):
        return plain
    raise Refused(Reason.UNKNOWN_HOST)


def step(event: Event) -> Event:
    """Set the site and the host. Raises Refused when the host is not the site's."""
    event.fact.site = event.site.id
    event.fact.host = host_of(event.host, event.site, any_host=event.any_host)
    return event
