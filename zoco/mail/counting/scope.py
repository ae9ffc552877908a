"""What figures are about: the letters of a sending, of a letter on all its ways, of an audience."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec
from django.db.models import BooleanField, F, Func, Min, QuerySet, Value
from pyroaring import BitMap

from zoco.channels.models import Batch, Message, Told
from zoco.consent.models import Choice
from zoco.mail.editing.prints import SINGLE

CHUNK = 500
Kind = TypeVar("Kind")


class Among(Func):
    """Whether a column is one of many numbers, given as a list in JSON: as one parameter, however many.

    SQLite looks rows up by it only where it `leads`; otherwise they are found by what else is asked.
    """

    output_field = BooleanField()

    def __init__(self, column: str, numbers: str, *, leads: bool = False) -> None:
        super().__init__(F(column), Value(numbers))
        self.sign = "" if leads else "+"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Write it for SQLite."""
        template = f"({self.sign}%(expressions)s)))"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=" IN (SELECT value FROM json_each(", **more
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Write it for PostgreSQL."""
        start = " = ANY(SELECT json_array_elements_text(("
        template = "(%(expressions)s)::json)::bigint))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=start, **more)


@dataclass(frozen=True, slots=True)
class Scope:
    """Messages, and the numbers of batches and prints under which their links and looks are kept.

    Without `chosen` they are all messages of these batches, and no others; where `members` are given, a list
    of people in JSON, they are theirs only.
    """

    batches: tuple[int, ...]
    chosen: QuerySet[Message] | None = None
    members: str = ""

    @property
    def is_bulk(self) -> bool:
        """Whether it is whole batches."""
        return self.chosen is None

    @property
    def messages(self) -> QuerySet[Message]:
        """The messages."""
        rows = self.chosen if self.chosen is not None else Message.objects.filter(batch__in=self.batches)
        return rows.filter(Among("person", self.members)) if self.members else rows

    @property
    def sent(self) -> QuerySet[Message]:
        """Those that a server took."""
        return self.messages.filter(state=Message.State.SENT)

    @property
    def many(self) -> tuple[int, ...]:
        """The batches of what left to many."""
        return tuple(each for each in self.batches if each < SINGLE)

    @property
    def single(self) -> "Scope | None":
        """What left one by one, if anything did."""
        prints = tuple(each for each in self.batches if each >= SINGLE)
        return (
            Scope(prints, self.chosen.filter(batch=None), self.members)
            if prints and self.chosen is not None
            else None
        )

    def among(self, people: BitMap | None) -> "Scope":
        """Return the letters to some people only; None is everybody."""
        if people is None:
            return self
        return replace(self, members=msgspec.json.encode(people.to_array().tolist()).decode())


def unsubscribed(sent: QuerySet[Message]) -> set[str]:
    """Return the uids of messages by which people left: by their link, or as a mailbox told."""
    told = Told.objects.filter(message__in=sent, told="unsubscribed").values_list("message__uid", flat=True)
    found = {str(uid) for uid in told}
    first = sent.order_by("created_at").values_list("created_at", flat=True).first()
    for some in chunks(_named(first)) if first is not None else ():
        found |= {str(uid) for uid in sent.filter(uid__in=some).order_by().values_list("uid", flat=True)}
    return found


def unsubscribed_of(batches: Sequence[int], members: str = "") -> dict[int, int]:
    """Return the numbers of such messages of batches, with the batch of each."""
    told = Told.objects.filter(batch__in=batches, told="unsubscribed")
    told = told.filter(Among("message__person", members)) if members else told
    found = {message: batch for message, batch in told.values_list("message", "batch") if batch}
    first = Batch.objects.filter(pk__in=batches).aggregate(first=Min("created_at"))["first"]
    wanted, whose = set(batches), set(msgspec.json.decode(members)) if members else None
    for some in chunks(_named(first)) if first is not None else ():
        # By their uids alone: told more, SQLite would read all that was ever sent.
        rows = Message.objects.filter(uid__in=some).order_by().values_list("pk", "batch", "state", "person")
        for pk, batch, state, person in rows:
            if batch in wanted and state == Message.State.SENT and (whose is None or person in whose):
                found[pk] = batch
    return found


def _named(first: Any) -> list[str]:
    """Return the messages that people named who left by a link since a moment."""
    left = Choice.objects.filter(state=Choice.State.WITHDRAWN, at__gte=first, proof__form="unsubscribe")
    return sorted({str(each.get("message", "")) for each in left.values_list("proof", flat=True)} - {""})


def chunks(values: Sequence[Kind]) -> list[Sequence[Kind]]:
    """Part a list into pieces that a query takes."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
