"""What figures are about: letters of a sending, of a letter, of an audience; to a domain, with a click."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from django.db.models import BooleanField, Expression, F, Func, Min, Model, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr
from pyroaring import BitMap

from zoco.channels.models import Batch, Message, Told
from zoco.consent.models import Choice
from zoco.mail.editing.prints import SINGLE

CHUNK = 500
Kind = TypeVar("Kind")
RowKind = TypeVar("RowKind", bound=Model)


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
class Only:
    """Which messages alone count. Lists of numbers are in JSON: "" is all of them, "[]" none.

    `members` are people, `readers` messages in which a link was followed, `domain` is where they went to.
    """

    members: str = ""
    domain: str = ""
    readers: str = ""

    def __bool__(self) -> bool:
        return bool(self.members or self.domain or self.readers)

    def of(self, rows: QuerySet[RowKind], message: str = "") -> QuerySet[RowKind]:
        """Return those of some rows; `message` leads from a row to its message."""
        to = f"{message}__" if message else ""
        if self.members:
            rows = rows.filter(Among(f"{to}person", self.members))
        if self.readers:
            rows = rows.filter(Among(f"{to}pk", self.readers, leads=not message))
        if self.domain:
            named: Any = rows.alias(went=domain_of_address(f"{to}to"))
            rows = named.filter(went=self.domain)
        return rows


ALL = Only()


def listed(numbers: Sequence[int]) -> str:
    """Write numbers as one parameter of a query."""
    return msgspec.json.encode(numbers).decode()


def members_of(people: BitMap | None) -> str:
    """Return people as `Only` takes them; None is everybody."""
    return listed(people.to_array().tolist()) if people is not None else ""


def domain_of_address(column: str) -> Expression:
    """Return what stands behind the @ of an address."""
    return Lower(Substr(F(column), StrIndex(F(column), Value("@")) + 1))


@dataclass(frozen=True, slots=True)
class Scope:
    """Messages, and the numbers of batches and prints under which their links and looks are kept.

    Without `chosen` they are all messages of these batches, and no others; `only` narrows them further.
    """

    batches: tuple[int, ...]
    chosen: QuerySet[Message] | None = None
    only: Only = ALL

    @property
    def is_bulk(self) -> bool:
        """Whether it is whole batches."""
        return self.chosen is None

    @property
    def messages(self) -> QuerySet[Message]:
        """The messages."""
        rows = self.chosen if self.chosen is not None else Message.objects.filter(batch__in=self.batches)
        return self.only.of(rows)

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
            Scope(prints, self.chosen.filter(batch=None), self.only)
            if prints and self.chosen is not None
            else None
        )


def unsubscribed(sent: QuerySet[Message]) -> set[str]:
    """Return the uids of messages by which people left: by their link, or as a mailbox told."""
    told = Told.objects.filter(message__in=sent, told="unsubscribed").values_list("message__uid", flat=True)
    found = {str(uid) for uid in told}
    first = sent.order_by("created_at").values_list("created_at", flat=True).first()
    for some in chunks(_named(first)) if first is not None else ():
        found |= {str(uid) for uid in sent.filter(uid__in=some).order_by().values_list("uid", flat=True)}
    return found


def unsubscribed_of(batches: Sequence[int], only: Only = ALL) -> dict[int, int]:
    """Return the numbers of such messages of batches, with the batch of each."""
    told = only.of(Told.objects.filter(batch__in=batches, told="unsubscribed"), "message")
    found = {message: batch for message, batch in told.values_list("message", "batch") if batch}
    first = Batch.objects.filter(pk__in=batches).aggregate(first=Min("created_at"))["first"]
    wanted = set(batches)
    whose, which = (set(msgspec.json.decode(each)) if each else None for each in (only.members, only.readers))
    for some in chunks(_named(first)) if first is not None else ():
        # By their uids alone: told more, SQLite would read all that was ever sent.
        rows = Message.objects.filter(uid__in=some).order_by().annotate(domain=domain_of_address("to"))
        for pk, batch, state, person, domain in rows.values_list("pk", "batch", "state", "person", "domain"):
            is_whose = (whose is None or person in whose) and (which is None or pk in which)
            if batch in wanted and state == Message.State.SENT and is_whose and only.domain in ("", domain):
                found[pk] = batch
    return found


def _named(first: Any) -> list[str]:
    """Return the messages that people named who left by a link since a moment."""
    left = Choice.objects.filter(state=Choice.State.WITHDRAWN, at__gte=first, proof__form="unsubscribe")
    return sorted({str(each.get("message", "")) for each in left.values_list("proof", flat=True)} - {""})


def chunks(values: Sequence[Kind]) -> list[Sequence[Kind]]:
    """Part a list into pieces that a query takes."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]
