"""Everything that was counted of a site goes: from store, spool, outbox, and from what apps above made of it.

Used for a site that begins anew and for one that is deleted. It may be cut off and done again.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from zoco.kit import conf, holding
from zoco.kit.periods import micros
from zoco.ledger.outbox.keeping import rows_of_site_erase
from zoco.ledger.spool.aside import aside_strip
from zoco.ledger.spool.folder import SpoolFolder
from zoco.ledger.store.base import Store
from zoco.ledger.store.imported import nothing
from zoco.sites.models import GoneSite

log = logging.getLogger(__name__)

SETTLED_SECONDS = 3.0
"""After so long what was acknowledged lies in closed segments, on other machines too."""
STEPS = 20
EVER = datetime(9999, 12, 31, tzinfo=UTC)
EVERYTHING = micros(EVER)
"""Whatever a site has lies before it."""
Told = Callable[[int, int], object]
Forget = Callable[[int, datetime], None]
# Calls of apps above that keep something of what was counted: the site's key, and until when.
FORGET: dict[str, Forget] = {}
Retain = Callable[[int, datetime, datetime], int]
# Calls of apps above that keep rows of people: the site's key, before when its days are over, and now.
RETAIN: dict[str, Retain] = {}


def forget_by(key: str, call: Forget) -> None:
    """Have something called whenever all of a site goes; it must bear being called twice."""
    FORGET[key] = call


def retain_by(key: str, call: Retain) -> None:
    """Have something called each night for a site that keeps facts for so many days: it erases its own rows
    from before that, and returns how many.
    """
    RETAIN[key] = call


def facts_until(store: Store, site: int, until: datetime) -> tuple[int, datetime | None]:
    """Return how many facts a site has until a moment, and when the first of them happened."""
    moment = f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    found = store.query(
        "SELECT count(*) AS facts, min(occurred_at) AS first FROM facts"  # noqa: S608 - a number and a moment
        f" WHERE site = {int(site)} AND occurred_at < '{moment}'"
    ).to_pylist()[0]
    if not found["facts"]:
        return 0, None
    first: datetime = found["first"]
    return found["facts"], first if first.tzinfo else first.replace(tzinfo=UTC)


def went(gone: int, left_before: int, left: int) -> int:
    """Return how many went since it was told how many are left: by a step, or by one that was killed."""
    return max(gone, left_before - left)


def site_empty(*, store: Store, site: int, until: datetime, told: Told = lambda gone, left: None) -> int:
    """Erase what a site had counted until then; returns how many facts went.

    `told` hears after each step how many went with it, and how many are there still; first of all of what is
    there before anything goes, so that what a killed step took is counted (`went`).

    Not guaranteed: what lies on a machine that is switched off, and what is in backups.
    """
    gone, end = 0, micros(until)
    rows_of_site_erase(site=site, until=until)
    time.sleep(SETTLED_SECONDS)
    store.drain()
    left, first = facts_until(store, site, until)
    told(0, left)
    for before in _steps(first, end):
        gone += (step := store.retain(site, before))
        told(step, left := max(0, left - step))
    if until == EVER:  # of a site that stays, imports made until then are forgotten one by one
        store.put_imported(site, "", nothing())
    for key, forget in FORGET.items():
        log.info("Forgetting a site. site=%s what=%s", site, key)
        forget(site, until)
        told(0, left)
    rows_of_site_erase(site=site, until=until)
    store.drain()
    gone += (step := store.retain(site, end))
    told(step, 0)
    aside_strip(SpoolFolder(conf.DATA() / "spool"), site, end)
    return gone


def gone_empty(*, store: Store, site: int) -> int | None:
    """Erase all of a site that was deleted, and count it; returns how many facts went. May be done again.

    None goes while another process is at it. What one that was killed had erased is counted too.
    """
    rows = GoneSite.objects.filter(site=site)

    def told(gone: int, left: int) -> None:
        row = rows.get()
        rows.update(going=row.going + went(gone, row.left, left), left=left)

    with holding.held("sites", f"gone-{site}", seconds=holding.MOMENT) as folder:
        if folder is None:
            return None
        if not rows.exists():
            return 0
        site_empty(store=store, site=site, until=EVER, told=told)
        row = rows.get()
        gone, row.facts, row.going = row.going, row.facts + row.going, 0
        if gone:  # saved, so that the log of changes has it
            row.save(update_fields=["facts", "going"])
    log.info("Facts of a deleted site dropped. site=%s facts=%s", site, gone)
    return gone


def _steps(first: datetime | None, end: int) -> list[int]:
    """Return until when to erase, one moment after the other, so that others ask in between."""
    if first is None:
        return [end]
    start = micros(first)
    return [start + (end - start) * step // STEPS for step in range(1, STEPS)] + [end]
