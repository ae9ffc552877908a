"""Who entered and left: written down with the change itself, and told to the ledger in batches.

A batch and how far it came are one transaction, and a fact's id follows from its change: whoever is killed
goes on where he was, and nothing is told twice.
"""

from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.people.audiences.bitmaps import packed, unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.models import NUMBER_BASE

ENTERED, LEFT = "people.audience.entered", "people.audience.left"
EVERYWHERE = 0
"""The site of facts about people: they are of the whole installation."""
BATCH = 2_000


def change_write(*, audience: Audience, before: BitMap, after: BitMap, at: datetime) -> None:
    """Write down a change, within the caller's transaction, and see to it that it is told."""
    from zoco.people.audiences.tasks import audience_tell

    entered, left = after - before, before - after
    if not entered and not left:
        return
    AudienceChange.objects.create(
        audience=audience,
        at=at,
        size=len(after),
        entered=packed(entered),
        left=packed(left),
        entered_size=len(entered),
        left_size=len(left),
    )
    audience_tell.enqueue(audience=audience.pk)


def row_write(audience: Audience, *fields: str) -> None:
    """Write fields that the program keeps: no line of the log of changes is made of them."""
    values = {name: getattr(audience, name) for name in fields}
    Audience.objects.filter(pk=audience.pk).update(**values)


def changes_tell(*, audience: int) -> int:
    """Tell all that was not told yet of an audience, the oldest first; returns how many facts were told."""
    told = 0
    while some := _batch_tell(audience):
        told += some
    return told


@transaction.atomic
def _batch_tell(audience: int) -> int:
    untold = AudienceChange.objects.select_for_update().filter(audience=audience, is_told=False)
    change = untold.order_by("pk").first()
    if change is None:
        return 0
    entered, left = unpacked(change.entered), unpacked(change.left)
    start, end = change.told, change.told + BATCH
    facts = [_fact(change, ENTERED, person) for person in entered[start:end]]
    rest = slice(max(start - len(entered), 0), max(end - len(entered), 0))
    facts += [_fact(change, LEFT, person) for person in left[rest]]
    record_many(facts)
    change.told += len(facts)
    change.is_told = change.told >= len(entered) + len(left)
    change.save(update_fields=["told", "is_told"])
    return len(facts)


def _fact(change: AudienceChange, name: str, person: int) -> Fact:
    at = micros(change.at)
    return Fact(
        id=uuid8(b"people.audience", name.encode(), change.audience_id, change.pk, at, person),
        name=name,
        site=EVERYWHERE,
        origin="server",
        verdict="server",
        occurred_at=at,
        received_at=at,
        person=NUMBER_BASE | person,
        subject_kind="audience",
        subject=str(change.audience_id),
    )
