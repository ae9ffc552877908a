"""Reads of sites. Called by the ledger for every report, so answers are kept for two seconds."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from zoco.kit.hosts import plain_host
from zoco.ledger.sitebook import SiteInfo
from zoco.sites.conf import tracker_words
from zoco.sites.models import CountingOrigin, Site

KEPT_SECONDS = 2.0
PARTS = ("hostnames", "counting_origins", "source_rules", "source_networks", "source_names")

_kept: tuple[float, list[SiteInfo]] | None = None


def forget() -> None:
    """Forget what was kept; services call it after each change."""
    global _kept  # noqa: PLW0603
    _kept = None


def site_infos() -> list[SiteInfo]:
    """Return all sites as the ledger sees them, the default one first; up to two seconds old."""
    global _kept  # noqa: PLW0603
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        _kept = (now, [site_info(site) for site in sites_with_parts()])
    return _kept[1]


def sites_with_parts() -> list[Site]:
    """Return all sites with their parts, in a query each; own ones before the demo.

    The first is the one that commands and pages take when none is named: never a simulated one
    while there is another.
    """
    return list(Site.objects.order_by("is_demo", "id").prefetch_related(*PARTS))


def site_with_host(host: str) -> Site | None:
    """Return the site that has this host name, with or without www; None if no site has it."""
    plain = plain_host(host).removeprefix("www.")
    found = Site.objects.filter(hostnames__name__in=[plain, f"www.{plain}"], is_demo=False)
    return found.order_by("id").first() if plain else None


def site_info(site: Site) -> SiteInfo:
    """Return what the ledger knows of a site."""
    return SiteInfo(
        id=site.pk,
        slug=site.slug,
        name=site.name,
        zone=site.zone,
        currency=site.currency,
        week_start=site.week_start,
        counting=counting_on(site, local_day(site, timezone.now())),
        is_demo=site.is_demo,
        counted=tuple((entry.since, entry.origin) for entry in _origins(site)),
        tracker=f"/{tracker_words(site.key_name)[0]}.js",
        hostnames=tuple(plain_host(host.name) or host.name for host in site.hostnames.all()),
    )


def local_day(site: Site, at: datetime) -> date:
    """Return the site's own day at this moment."""
    return at.astimezone(ZoneInfo(site.zone)).date()


def counting_on(site: Site, day: date) -> str:
    """Return the origin whose page views count on this local day; the tracker if none was set."""
    found = CountingOrigin.Origin.TRACKER.value
    for entry in _origins(site):
        if entry.since <= day:
            found = CountingOrigin.Origin(entry.origin).value
    return found


def _origins(site: Site) -> list[CountingOrigin]:
    return sorted(site.counting_origins.all(), key=lambda entry: entry.since)
