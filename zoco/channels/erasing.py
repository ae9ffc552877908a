"""What happens to messages when people are forgotten: those to their addresses go, whomever they name."""

from collections.abc import Iterator

from django.db.models.functions import Lower

from zoco.channels.models import Message
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.models import NUMBER_BASE, Identity, Person

AT_ONCE = 500


@ERASERS.plug
class MessageEraser:
    """Messages that name no person and went to an address of whoever goes; the others go with him."""

    key = "messages"
    label = "messages to an address"

    def keep(self, erasure: Erasure) -> None:
        """Delete them while it is known which addresses are whose; nothing is kept."""
        if erasure.site:
            return
        keys = [number ^ NUMBER_BASE for number in erasure.persons if number >= NUMBER_BASE]
        named = Identity.objects.filter(person__in=keys, person__created_at__lte=moment_at(erasure.at))
        places = {each.lower() for row in named.values_list("key", "value") for each in row}
        for some in _parts(sorted(places)):
            rows = Message.objects.filter(person=None).annotate(place=Lower("to"))
            rows.filter(place__in=some, created_at__lte=moment_at(erasure.at)).delete()

    def erase(self, erasure: Erasure) -> int:
        """Nothing is left to erase."""
        return 0

    def known(self) -> tuple[Pairs, Pairs]:
        """Return everybody as long as there are such messages: none says whose its address is."""
        if not Message.objects.filter(person=None).exclude(to="").exists():
            return [], []
        people = Person.objects.order_by("pk").values_list("pk", flat=True)
        return [], [(0, NUMBER_BASE | pk) for pk in people.iterator()]


def _parts(places: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(places), AT_ONCE):
        yield places[start : start + AT_ONCE]
