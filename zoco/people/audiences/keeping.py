"""What happens to audiences when people are merged or forgotten, and when what they remember is old."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from pyroaring import BitMap

from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.audiences.bitmaps import packed, unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.audiences.telling import row_write
from zoco.people.erasing import keys_of
from zoco.people.merging import MERGERS, State

REMEMBERED = timedelta(days=400)
"""For so long it is known who entered and left; how many is known always."""


@MERGERS.plug
class AudienceMerger:
    """In audiences by hand whoever stands for somebody stands in his place; the others are counted anew."""

    key = "audiences"

    def merge(self, person: int, into: int) -> State:
        """Put the survivor in the place of the other."""
        took: list[int] = []
        had: list[int] = []
        for audience, members in _by_hand():
            if person in members:
                (had if into in members else took).append(audience.pk)
                _let(audience, (members - BitMap([person])) | BitMap([into]))
        return {"took": took, "had": had}

    def part(self, person: int, into: int, before: State) -> None:
        """Give the other his place back; who was taken out since then stays out."""
        for audience, members in _by_hand():
            if audience.pk in before["took"] and into in members:
                _let(audience, (members - BitMap([into])) | BitMap([person]))
            elif audience.pk in before["had"] and into in members:
                _let(audience, members | BitMap([person]))


def _by_hand() -> list[tuple[Audience, BitMap]]:
    audiences = Audience.objects.select_for_update().filter(kind=Audience.Kind.STATIC, size__gt=0)
    return [(each, unpacked(each.members)) for each in audiences.order_by("pk")]


def _let(audience: Audience, members: BitMap) -> None:
    audience.members, audience.size = packed(members), len(members)
    row_write(audience, "members", "size")


@ERASERS.plug
class AudienceEraser:
    """People in audiences, and that they entered and left."""

    key = "audiences"
    label = "audiences that people were in"

    @transaction.atomic
    def erase(self, erasure: Erasure) -> int:
        """Take them out of all; of one site alone nobody is erased. Nobody is told that they left."""
        gone = BitMap(_keys(erasure))
        if not gone:
            return 0
        rows = 0
        for audience in Audience.objects.select_for_update().filter(size__gt=0).order_by("pk").iterator():
            members = unpacked(audience.members)
            if members & gone:
                rows += 1
                _let(audience, members - gone)
        known = AudienceChange.objects.exclude(entered=b"", left=b"")
        for change in known.select_for_update().order_by("pk").iterator():
            _forget(change, gone)
        return rows

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: whoever is in an audience is a person, whom others know."""
        return [], []

    def held(self, whom: Erasure) -> list[str]:
        """Name the audiences that hold them."""
        some = BitMap(_keys(whom))
        audiences = Audience.objects.filter(size__gt=0).order_by("pk").only("pk", "members").iterator()
        return [f"audience {each.pk}" for each in audiences if unpacked(each.members) & some]


def _keys(erasure: Erasure) -> list[int]:
    """Return the keys of the erased that a set may hold."""
    return [key for key in keys_of(erasure) if key < 1 << 32]


def _forget(change: AudienceChange, gone: BitMap) -> None:
    """Take people out of a change. What was told of it is counted without them."""
    entered, left = unpacked(change.entered), unpacked(change.left)
    if not (entered & gone or left & gone):
        return
    told = entered[: change.told], left[: max(change.told - len(entered), 0)]
    change.told -= sum(len(some & gone) for some in told)
    change.entered, change.left = packed(entered - gone), packed(left - gone)
    change.save(update_fields=["told", "entered", "left"])


def old_forget(*, now: datetime) -> int:
    """Forget who entered and left long ago; returns in how many changes."""
    old: Any = AudienceChange.objects.filter(at__lt=now - REMEMBERED, is_told=True)
    return int(old.exclude(entered=b"", left=b"").update(entered=b"", left=b""))
