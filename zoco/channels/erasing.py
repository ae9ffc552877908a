"""What happens to messages when people are forgotten: those to their addresses go, whomever they name."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from zoco.channels.models import Message
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.erasing import keys_of
from zoco.people.giving.others import GIVERS, Rows
from zoco.people.models import Identity

AT_ONCE = 500


@ERASERS.plug
class MessageEraser:
    """Messages that name no person and went to an address of whoever goes; the others go with him."""

    key = "messages"
    label = "messages to an address"

    def keep(self, erasure: Erasure) -> None:
        """Delete them while it is known which addresses are whose; nothing is kept."""
        keys = keys_of(erasure)
        until = moment_at(erasure.at)
        for rows in _addressed(Identity.objects.filter(person__in=keys, person__created_at__lte=until)):
            rows.filter(created_at__lte=until).delete()

    def erase(self, erasure: Erasure) -> int:
        """Nothing is left to erase."""
        return 0

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: whose address it is people know."""
        return [], []


@GIVERS.plug
class MessageGiver:
    """Messages that name no person and went to an address of whoever asks."""

    key = "messages"

    def rows(self, people: Collection[int]) -> Rows:
        """Return them."""
        found = _addressed(Identity.objects.filter(person__in=people))
        rows: list[Any] = [row for some in found for row in some.order_by("pk").values()]
        return {Message._meta.label: rows}


def _addressed(named: QuerySet[Identity]) -> Iterator[QuerySet[Message]]:
    """Return messages of nobody to these addresses, in parts."""
    places = sorted({each for row in named.values_list("key", "value") for each in row})
    for start in range(0, len(places), AT_ONCE):
        rows = Message.objects.filter(person=None).alias(place=Lower("to"))
        yield rows.filter(place__in=[Lower(Value(each)) for each in places[start : start + AT_ONCE]])
