"""What happens to sendings when people are forgotten: they are in none of its bitmaps any more."""

from collections.abc import Collection

from django.db import transaction
from pyroaring import BitMap

from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.mail.counting.kept import tallies_drop
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.reports.lists import erased_count
from zoco.people.audiences.bitmaps import packed, unpacked
from zoco.people.erasing import keys_of
from zoco.people.giving.others import GIVERS, Rows


@ERASERS.plug
class SendingEraser:
    """Whom sendings were started for; how many these were stays known."""

    key = "sendings"
    label = "sendings that people were in"

    @transaction.atomic
    def keep(self, erasure: Erasure) -> None:
        """Count on which lists they were, while that is still known; figures of their sendings go."""
        erased_count(erasure)
        tallies_drop(_keys(erasure))

    @transaction.atomic
    def erase(self, erasure: Erasure) -> int:
        """Take them out; of one site alone nobody is erased."""
        gone = BitMap(_keys(erasure))
        if not gone:
            return 0
        rows = 0
        for model in (Sending, Leg):
            for each in model.objects.select_for_update().exclude(people=b"").order_by("pk").iterator(20):
                people = unpacked(each.people)
                if people & gone:
                    model.objects.filter(pk=each.pk).update(people=packed(people - gone))
                    rows += 1
        return rows

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: whoever is in a sending is a person, whom others know."""
        return [], []

    def held(self, whom: Erasure) -> list[str]:
        """Name the sendings that hold them."""
        some = BitMap(_keys(whom))
        rows = Sending.objects.exclude(people=b"").order_by("pk").only("pk", "people").iterator(20)
        return [f"sending {each.pk}" for each in rows if unpacked(each.people) & some]


@GIVERS.plug
class SendingGiver:
    """Sendings that were started for somebody, whether or not a letter left."""

    key = "sendings"

    def rows(self, people: Collection[int]) -> Rows:
        """Return their names."""
        some = BitMap(key for key in people if key < 1 << 32)
        rows = Sending.objects.exclude(people=b"").order_by("pk").only("pk", "name", "people").iterator(20)
        return {Sending._meta.label: [{"name": each.name} for each in rows if unpacked(each.people) & some]}


def _keys(erasure: Erasure) -> list[int]:
    """Return the keys of the erased that a set may hold."""
    return [key for key in keys_of(erasure) if key < 1 << 32]
