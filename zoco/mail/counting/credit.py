"""What people did after a click: each deed counts once, for the last letter whose link somebody followed.

Deeds are facts of the ledger; they count for so many days after a click. Money stays in the currency that it
was charged in. What is given back of an order counts against it, however late.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from zoco.channels.models import Message
from zoco.kit import conf
from zoco.kit.periods import Period, micros
from zoco.ledger import expr, sitebook
from zoco.ledger.asking.people import resolved
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.expr import Table
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Scope, chunks
from zoco.people.audiences.deeds import ANY_SITE, COUNTED, Span
from zoco.people.audiences.leaves import Asked
from zoco.people.models import NUMBER_BASE

if TYPE_CHECKING:
    from zoco.ledger.store.base import Dialect

ORDERED, REFUNDED = "shop.order.placed", "shop.order.refunded"
CREDIT_DAYS = conf.declare(
    "MAIL_CREDIT_DAYS",
    7,
    int,
    "For how many days after a click in a letter what somebody does counts for that letter.",
)
DAY_MICROS = 86_400_000_000
Place = tuple[int, str, int]
"""A link: its batch or print, language and number."""


class Click(NamedTuple):
    """A link that a person followed in a message, in UTC microseconds."""

    at: int
    message: UUID
    link: Place
    is_mine: bool


class Deed(NamedTuple):
    """One fact of a person. `subject` is what it is about, such as an order."""

    person: int
    at: int
    name: str
    subject: tuple[int, str]
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Credited:
    """A deed that counts for a message and the link that was followed in it."""

    message: UUID
    link: Place
    amount: Decimal
    currency: str


def credited(scope: Scope, *, fact: str, days: int, now: datetime) -> list[Credited]:
    """Return what people did after a click in one of these letters. One query to the ledger."""
    clicks = _clicks(scope)
    if not clicks:
        return []
    first = min(each.at for mine in clicks.values() for each in mine if each.is_mine)
    deeds = deeds_of(clicks, fact=fact, since=first, now=now)
    back: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for each in deeds:
        if each.name == REFUNDED:
            back[each.subject] += each.amount
    found = []
    for each in deeds:
        click = _last(clicks[each.person], each.at, days) if each.name == fact else None
        if click is not None and click.is_mine:
            amount = each.amount + (back.pop(each.subject, Decimal()) if fact == ORDERED else Decimal())
            found.append(Credited(click.message, click.link, amount, each.currency))
    return found


def revenue(found: Iterable[Credited]) -> dict[str, Decimal]:
    """Add up money by currency; what has none is no money."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in found:
        if each.currency:
            sums[each.currency] += each.amount
    return dict(sorted(sums.items()))


def _last(clicks: list[Click], at: int, days: int) -> Click | None:
    """Return the last click before a deed, if it is not too long ago."""
    place = bisect_right(clicks, at, key=lambda each: each.at)
    found = clicks[place - 1] if place else None
    return found if found is not None and at - found.at < days * DAY_MICROS else None


def _clicks(scope: Scope) -> dict[int, list[Click]]:
    """Return all clicks of the people who followed a link in one of these letters, in order of time."""
    people = Look.objects.filter(
        kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON, message__person__isnull=False
    )
    columns = ("message__person", "message", "batch", "language", "number", "at")
    mine = people.filter(batch__in=scope.batches, message__in=scope.sent.values("uid"))
    found: dict[int, list[Click]] = defaultdict(list)
    seen = set()
    for person, message, batch, language, number, at in mine.values_list(*columns):
        seen.add(message)
        found[person].append(Click(micros(at), message, (batch, language, number), is_mine=True))
    for some in chunks(sorted(found)):
        rest = people.filter(message__person__in=some)
        if scope.is_bulk:  # these are known
            rest = rest.exclude(batch__in=scope.batches, message__state=Message.State.SENT)
        for person, message, batch, language, number, at in rest.values_list(*columns):
            if message not in seen:
                found[person].append(Click(micros(at), message, (batch, language, number), is_mine=False))
    for each in found.values():
        each.sort(key=lambda click: click.at)
    return dict(found)


def deeds_of(people: Mapping[int, object], *, fact: str, since: int, now: datetime) -> list[Deed]:
    """Return the facts of a name, and what was given back, of some people since a moment, by time."""
    store = Asked(now).ledger
    with sitebook.everything():
        answer = store.query(_statement(fact, Span(since, micros(now) + 1), store.dialect))
    rows = cast("list[dict[str, Any]]", answer.to_pylist())
    made = (
        Deed(
            row["whose"],
            row["moment"],
            row["name"],
            (row["site"], row["subject"]),
            Decimal(row["amount"] or 0),
            row["currency"],
        )
        for row in rows
        if row["whose"] in people
    )
    return sorted(made, key=lambda each: each.at)


def _statement(fact: str, span: Span, dialect: Dialect) -> str:
    def write(given: Given) -> Table:
        return _expression(list(given.words), given.periods[0])

    given = Given(ANY_SITE, cast("list[Period]", [span]), [fact, REFUNDED])
    return templates.filled(("letters' deeds", dialect), given, dialect, write, lasting="never")


def _expression(names: list[str], span: Period) -> Table:
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts")
    kept = facts.filter(
        facts.occurred_at >= expr.start_of(span),
        facts.occurred_at < expr.end_of(span),
        (facts.name == names[0]) | (facts.name == names[1]),
        expr.among(facts.verdict, COUNTED),
        (facts.person != 0) | (facts.known != 0),
    ).select(
        "id", "site", "occurred_at", "known", "person", "name", "subject", "amount", "currency"
    )  # fmt: skip
    rows = resolved(kept, None)
    ours = rows.filter(rows.person > expr.whole(NUMBER_BASE))
    return ours.select(
        "site",
        "name",
        "subject",
        "amount",
        "currency",
        whose=ours.person - expr.whole(NUMBER_BASE),
        moment=expr.micros(ours.occurred_at),
    )
