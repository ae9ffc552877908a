"""Periodic work of sites: publish them, drop facts whose time is up or whose site is gone."""

import logging
from datetime import timedelta

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.kit.periods import micros, midnight, moment_at
from zoco.sites import leaving, reads, services
from zoco.sites.conf import EVIDENCE_DAYS
from zoco.sites.models import GoneSite

log = logging.getLogger(__name__)

# Who keeps facts for longer than a century keeps them all; and a date so long ago may not exist.
LONGEST_DAYS = 36_500
# For so long facts of a deleted site may come: a log that is still imported, a machine that was away.
LATE = timedelta(days=30)


def publish() -> None:
    """Write what this machine's collector knows anew: what others changed, and tomorrow's salts in time."""
    services.sites_publish()


def retain() -> None:
    """Drop facts older than their site's days to keep, by whole local days, and all of deleted sites."""
    from zoco.ledger.store import opening

    now = timezone.now()
    for site in reads.sites_with_parts():
        if 0 < site.retention_days <= LONGEST_DAYS:
            first = reads.local_day(site, now) - timedelta(days=site.retention_days)
            gone = opening.store().retain(site.pk, midnight(first, site.zone))
            log.info("Facts past their time dropped. site=%s before=%s facts=%s", site.pk, first, gone)
            for key, drop in leaving.RETAIN.items():
                rows = drop(site.pk, moment_at(midnight(first, site.zone)), now)
                log.info("Rows past their time dropped. site=%s what=%s rows=%s", site.pk, key, rows)

    for gone_site in GoneSite.objects.all():
        erased = leaving.gone_empty(store=opening.store(), site=gone_site.pk)
        if erased == 0 and now - gone_site.deleted_at > LATE:
            gone_site.delete()


def forget() -> None:
    """Drop the evidence of each site that is older than EVIDENCE_DAYS; the facts stay."""
    from zoco.ledger.store import opening

    days = EVIDENCE_DAYS()
    if not 0 < days <= LONGEST_DAYS:
        return
    before = micros(timezone.now() - timedelta(days=days))
    for site in reads.sites_with_parts():
        gone = opening.store().retain(site.pk, before, only_evidence=True)
        log.info("Evidence past its time dropped. site=%s rows=%s", site.pk, gone)


# More often than once a minute: then every machine does it, not one of them.
PERIODIC.add(Periodic("sites.publish", 10, publish))
PERIODIC.add(Periodic("sites.retain", 86_400, retain))
PERIODIC.add(Periodic("sites.forget", 86_400, forget))
