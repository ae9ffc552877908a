"""Writes of sites. Whatever changes a site publishes it when the transaction is over."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zoco.kit.hosts import host_named
from zoco.kit.periods import micros
from zoco.kit.slugs import slug_of
from zoco.sites import conf, published, reads, salts
from zoco.sites.blocking.lists import staff_mark
from zoco.sites.blocking.services import left_out
from zoco.sites.models import CountingOrigin, GoneSite, Hostname, Site
from zoco.sites.sourcing.services import own_sources


class SiteWrong(ValueError):
    """A site cannot be as it was asked for; the message says why."""


@transaction.atomic
def site_create(
    *,
    name: str,
    slug: str = "",
    hostnames: Sequence[str] = (),
    zone: str = "UTC",
    currency: str = "EUR",
    counting: str = "tracker",
    is_demo: bool = False,
) -> Site:
    """Make a site and publish it. Raises SiteWrong."""
    site = Site(name=name, slug=slug or slug_of(name), zone=zone, currency=currency)
    site.is_demo = is_demo
    try:
        site.full_clean()
    except ValidationError as error:
        raise SiteWrong(" ".join(error.messages)) from error
    site.save()
    site_hostnames_set(site=site, hostnames=hostnames)
    site_counting_set(site=site, origin=counting, since=date(1970, 1, 1))
    return site


@transaction.atomic
def site_hostnames_set(*, site: Site, hostnames: Sequence[str]) -> None:
    """Replace the host names of a site; an address is taken for its host.

    Raises SiteWrong for what is no host name, and when another site has one.
    """
    wanted = list(dict.fromkeys(_host_name(host) for host in hostnames if host.strip()))
    taken = Hostname.objects.filter(name__in=wanted).exclude(site=site).select_related("site").first()
    if taken is not None:
        raise SiteWrong(f"{taken.name} belongs to the site {taken.site.slug}; take it away there first.")
    site.hostnames.exclude(name__in=wanted).delete()
    there = set(site.hostnames.values_list("name", flat=True))
    for host in wanted:
        if host not in there:  # one by one, so that the log of changes sees them
            Hostname.objects.create(site=site, name=host)
    _changed()


def _host_name(text: str) -> str:
    name = host_named(text)
    if not name:
        raise SiteWrong(f"{text.strip()!r} is no host name; write it as www.shop.example.")
    return name


@transaction.atomic
def site_counting_set(*, site: Site, origin: str, since: date) -> CountingOrigin:
    """From the local day `since` on, count page views of this origin. Raises SiteWrong."""
    if origin not in CountingOrigin.Origin.values:
        raise SiteWrong(f"{origin!r} is no origin; write tracker or log.")
    entry, _ = CountingOrigin.objects.update_or_create(site=site, since=since, defaults={"origin": origin})
    _changed()
    return entry


@transaction.atomic
def site_consent_set(*, site: Site, has_banner: bool, privacy_signals: str) -> None:
    """Say whether a site asks for consent, and what is done with browsers that ask for privacy."""
    site.has_banner, site.privacy_signals = has_banner, privacy_signals
    site.save(update_fields=["has_banner", "privacy_signals"])
    _changed()


@transaction.atomic
def site_delete(*, site: Site) -> None:
    """Delete a site and destroy its keys; its facts are erased within a day."""
    site_id, key_name, name = site.pk, site.key_name, site.name
    site.delete()
    site_deleted(site_id=site_id, key_name=key_name, name=name, at=timezone.now())


def site_deleted(*, site_id: int, key_name: str, name: str, at: datetime) -> None:
    """Destroy the keys of a site that is gone, once that is certain, and publish the others.

    Its facts are erased in the background, and those that come late by one of the next `sites.retain`.
    """
    from zoco.sites.tasks import gone_erase

    GoneSite.objects.update_or_create(site=site_id, defaults={"name": name, "deleted_at": at})
    gone_erase.enqueue(site=site_id)
    transaction.on_commit(lambda: _forget(key_name))
    _changed()


def site_changed(*, site: Site) -> None:
    """Say that a site was saved by a form, so that it is published."""
    _changed()


def sites_publish(*, at: datetime | None = None) -> published.Published:
    """Write sites.json with the salts of yesterday, today and tomorrow; return what is published."""
    at = at or timezone.now()
    with published.turn(conf.published_path()):
        everything = published.Published(
            sites=tuple(site_published(site, at) for site in reads.sites_with_parts()),
            trusted_proxies=tuple(conf.TRUSTED_PROXIES()),
            published_at=micros(at),
        )
        published.write_if_changed(conf.published_path(), everything)
    return everything


def site_published(site: Site, at: datetime) -> published.PublishedSite:
    """Return what is published of a site, with its salts of three days."""
    info = reads.site_info(site)
    return published.PublishedSite(
        id=info.id,
        slug=info.slug,
        name=info.name,
        zone=info.zone,
        currency=info.currency,
        hostnames=info.hostnames,
        counting=info.counting,
        week_start=info.week_start,
        is_demo=info.is_demo,
        search_parameters=tuple(conf.split(site.search_parameters)),
        import_key=salts.import_key(site.key_name),
        salts=salts.salts_kept(site.key_name, site.zone, at=at),
        retention_days=site.retention_days,
        sources=own_sources(site),
        trackers=conf.tracker_words(site.key_name),
        visitor_key=salts.visitor_key(site.key_name),
        privacy_signals=site.privacy_signals,
        person_key=salts.person_key(site.key_name),
        left_out=left_out(site),
        staff_mark=staff_mark(site.key_name, site.staff_renewals),
    )


def _forget(key_name: str) -> None:
    """Destroy keys when nobody is publishing: whoever read the site before would make them anew."""
    with published.turn(conf.published_path()):
        salts.keys_forget(key_name)


def _changed() -> None:
    reads.forget()
    transaction.on_commit(_publish)


def _publish() -> None:
    reads.forget()
    sites_publish()
