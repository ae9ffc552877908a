"""Addresses that did not take letters for a while: counted with decay, and left alone from a threshold on.

Of an address only a keyed hash is kept. A rest ends by itself; then one letter is tried again.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from zoco.consent.suppressing import Place, hash_of, hashes_of
from zoco.kit.reading import moment_of, rows_among, written
from zoco.mail.answers.fates import Count, counted, limits
from zoco.mail.inbox.models import SoftCount
from zoco.people.identities import Named

_RESTING = "SELECT hash, rests_until FROM zoco_mail_softcount WHERE rests_until > %s AND hash = ANY_OF"


@transaction.atomic
def failure_count(*, identity: Named, weight: float, at: datetime) -> Count:
    """Add a failure that may pass to the count of an address; returns the count."""
    mark = hash_of(identity)
    SoftCount.objects.get_or_create(hash=mark)
    row = SoftCount.objects.select_for_update().get(hash=mark)
    count = counted(Count(row.points, row.at, row.rests_until), weight=weight, at=at, limits=limits())
    row.points, row.at, row.rests_until = count.points, count.at, count.rests_until
    row.save(update_fields=["points", "at", "rests_until"])
    return count


def failures_forget(mark: str) -> None:
    """Forget what an address did not take, of which a hash is known: somebody let it go."""
    SoftCount.objects.filter(hash=mark).delete()


def addresses_resting(places: Collection[Place], *, now: datetime) -> dict[Place, datetime]:
    """Return those of some addresses that rest, with the moment until which they do."""
    hashes = hashes_of(places)
    found = rows_among(_RESTING, [written(now)], hashes)
    return {hashes[str(mark)]: until for mark, said in found if (until := moment_of(said))}
