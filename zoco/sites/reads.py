"""Reads of sites. Called by the ledger for every report, so answers are kept for two seconds."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from zoco.kit.hosts import plain_host
from zoco.ledger import sitebook
from zoco.ledger.sitebook import ELSEWHERE, SiteInfo
from zoco.sites.blocking.lists import staff_mark
from zoco.sites.conf import tracker_words
from zoco.sites.models import CountingOrigin, Site

KEPT_SECONDS = 2.0
PARTS = ("hostnames", "counting_origins", "source_rules", "source_networks", "source_names", "exclusions")

# Spans of days, both ends included, that sites let somebody else's figures have, by the site's key.
Spans = list[tuple[date, date]]
Gives = Callable[[], dict[int, Spans]]
_givers: list[Gives] = []
_kept: tuple[float, list[SiteInfo], dict[int, str]] | None = None


def provide(gives: Gives) -> None:
    """Register who knows which days are given to imports; called once, by the app that imports."""
    _givers[:] = [gives]


def forget() -> None:
    """Forget what was kept; services call it after each change."""
    global _kept  # noqa: PLW0603
    _kept = None


def site_infos() -> list[SiteInfo]:
    """Return all sites as the ledger sees them, the default one first; up to two seconds old."""
    return _lately()[1]


def staff_word(site: int) -> str:
    """Return the word of browsers of a site's own people, up to two seconds old; "" if there is no such."""
    return _lately()[2].get(site, "")


def _lately() -> tuple[float, list[SiteInfo], dict[int, str]]:
    global _kept  # noqa: PLW0603
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        # What is kept is of all sites, whoever asks first.
        with sitebook.everything():
            given = days_given()
        sites = sites_with_parts()
        infos = [site_info(site, given.get(site.pk, [])) for site in sites]
        words = {site.pk: staff_mark(site.key_name, site.staff_renewals) for site in sites}
        _kept = (now, infos, words)
    return _kept


def days_given() -> dict[int, Spans]:
    """Return the spans of days that sites let imports have, by the site's key."""
    return _givers[0]() if _givers else {}


def sites_with_parts() -> list[Site]:
    """Return all sites with their parts, in a query each; own ones before the demo.

    The first is the one that commands and pages take when none is named: never a simulated one
    while there is another.
    """
    with sitebook.everything():
        return list(Site.objects.order_by("is_demo", "id").prefetch_related(*PARTS))


def sites_seen() -> list[Site]:
    """Return the same of those sites that may be seen by whoever asks."""
    keys = sitebook.seen()
    return [site for site in sites_with_parts() if keys is None or site.pk in keys]


def site_with_host(host: str) -> Site | None:
    """Return the site that has this host name, with or without www; None if no site has it."""
    plain = plain_host(host).removeprefix("www.")
    with sitebook.everything():
        found = Site.objects.filter(hostnames__name__in=[plain, f"www.{plain}"], is_demo=False)
        return found.order_by("id").first() if plain else None


def site_info(site: Site, given: Spans | None = None) -> SiteInfo:
    """Return what the ledger knows of a site; `given` are the days that imports have."""
    return SiteInfo(
        id=site.pk,
        slug=site.slug,
        name=site.name,
        zone=site.zone,
        currency=site.currency,
        week_start=site.week_start,
        counting=counting_on(site, local_day(site, timezone.now())),
        is_demo=site.is_demo,
        counted=_counted(site, given or []),
        tracker=f"/{tracker_words(site.key_name)[0]}.js",
        hostnames=tuple(plain_host(host.name) or host.name for host in site.hostnames.all()),
    )


def _counted(site: Site, given: Spans) -> tuple[tuple[date, str], ...]:
    """Return from which day on which origin counts; on days that imports have, none of the site's own."""
    own = [(entry.since, str(entry.origin)) for entry in _origins(site)]
    if not given:
        return tuple(own)
    changes = dict(own or [(date.min, CountingOrigin.Origin.TRACKER.value)])
    for _first, last in given:
        after = last + timedelta(days=1)
        changes.setdefault(after, _in_force(own, after))
    for first, last in given:
        changes = {since: origin for since, origin in changes.items() if not first <= since <= last}
        changes[first] = ELSEWHERE
    return tuple(sorted(changes.items()))


def _in_force(own: list[tuple[date, str]], day: date) -> str:
    found = CountingOrigin.Origin.TRACKER.value
    for since, origin in own:
        found = origin if since <= day else found
    return found


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


def site_asked(request: HttpRequest) -> Site | None:
    """Return the site that an address names by `site`, as reports do; None for one that is not there."""
    return Site.objects.filter(slug=request.GET.get("site", "").replace("\0", "")).first()
