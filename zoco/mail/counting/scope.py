"""What figures are about: the letters of a sending, of a letter on all its ways, of an audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from zoco.channels.models import Message, Told
from zoco.consent.models import Choice

CHUNK = 500
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Scope:
    """Messages, and the numbers of batches and prints under which their links and looks are kept.

    `is_bulk`: they are all messages of these batches, and no others.
    """

    batches: tuple[int, ...]
    messages: QuerySet[Message]
    is_bulk: bool = False

    @property
    def sent(self) -> QuerySet[Message]:
        """Those that a server took."""
        return self.messages.filter(state=Message.State.SENT)


def unsubscribed(sent: QuerySet[Message]) -> set[str]:
    """Return the uids of messages by which people left: by their link, or as a mailbox told."""
    told = Told.objects.filter(message__in=sent, told="unsubscribed").values_list("message__uid", flat=True)
    found = {str(uid) for uid in told}
    first = sent.order_by("created_at").values_list("created_at", flat=True).first()
    if first is None:
        return found
    left = Choice.objects.filter(
        state=Choice.State.WITHDRAWN,
        at__gte=first,
        proof__form="unsubscribe",
        person__in=sent.values("person"),
    )
    named = sorted({str(each.get("message", "")) for each in left.values_list("proof", flat=True)} - {""})
    for some in chunks(named):
        found |= {str(uid) for uid in sent.filter(uid__in=some).values_list("uid", flat=True)}
    return found


def chunks(values: Sequence[Kind]) -> list[Sequence[Kind]]:
    """Part a list into pieces that a query takes."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
