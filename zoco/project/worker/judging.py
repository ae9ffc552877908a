"""Verdicts after the fact: recent days by behaviour again and again, the whole history when asked."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoco.collector.again import Again
    from zoco.sites.published import PublishedSite
    from zoco.sites.sourcing.services import Done

log = logging.getLogger(__name__)
EVERY_SECONDS = 600


def recent() -> None:
    """Judge the visits of the last days of each site by what they did; the simulated company stays."""
    from zoco.collector.behaviour.passing import recent_pass
    from zoco.ledger.store.opening import store
    from zoco.sites import reads

    now = time.time_ns() // 1_000
    for site in reads.sites_with_parts():
        if not site.is_demo:
            changed = recent_pass(store(), site.pk, now)
            log.info("Visits judged by behaviour. site=%s facts_changed=%s", site.pk, changed)


def history(site: "PublishedSite", tell: "Callable[[Done, int], None]") -> "Again":
    """Work the history of a site out again with the rules of today: from evidence, then by behaviour.

    Facts are gone through twice, so the total that is told is twice their number while it lasts.
    """
    from zoco.collector.again import Again, classify_again
    from zoco.collector.behaviour.passing import history_pass
    from zoco.ledger.store.opening import store

    first = classify_again(store(), site=site, progress=lambda done, total: tell(done, 2 * total))
    if site.is_demo:
        return first

    def further(done: "Done", total: int) -> None:
        whole = Again(first.facts + done.facts, first.changed + done.changed, first.without_evidence)
        tell(whole, 2 * total)

    second = history_pass(store(), site.id, time.time_ns() // 1_000, progress=further)
    return Again(first.facts, first.changed + second.changed, first.without_evidence)
