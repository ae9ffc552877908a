"""Periodic work of sites: publish them, and drop facts that are older than a site keeps."""

import logging
from datetime import timedelta

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.kit.periods import micros, midnight
from zoco.sites import reads, services
from zoco.sites.conf import EVIDENCE_DAYS

log = logging.getLogger(__name__)

# Who keeps facts for longer than a century keeps them all; and a date so long ago may not exist.
LONGEST_DAYS = 36_500


def publish() -> None:
    """Write sites.json anew, so that tomorrow's salts are out before midnight."""
    services.sites_publish()


def retain() -> None:
    """Drop the facts of each site that are older than its days to keep, by whole local days."""
    from zoco.ledger.store import opening

    now = timezone.now()
    for site in reads.sites_with_parts():
        if 0 < site.retention_days <= LONGEST_DAYS:
            first = reads.local_day(site, now) - timedelta(days=site.retention_days)
            gone = opening.store().retain(site.pk, midnight(first, site.zone))
            log.info("Facts past their time dropped. site=%s before=%s facts=%s", site.pk, first, gone)


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


PERIODIC.add(Periodic("sites.publish", 900, publish))
PERIODIC.add(Periodic("sites.retain", 86_400, retain))
PERIODIC.add(Periodic("sites.forget", 86_400, forget))
