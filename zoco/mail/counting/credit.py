"""What people did after a click: each deed counts once, for the last letter whose link somebody followed.

Deeds are facts of the ledger; they count for so many days after a click. Money stays in the currency that it
was charged in. What is given back of it counts against it, however late, by the rule of
`zoco.ledger.asking.refunds`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
from django.db import connections
from django.db.models import Min, TextField
from django.db.models.functions import Cast

from zoco.channels.models import Message
from zoco.kit import conf
from zoco.kit.periods import Period, micros, moment_at
from zoco.ledger import expr, sitebook
from zoco.ledger.asking.people import resolved
from zoco.ledger.asking.refunds import ABOUT, taken_back, with_taken
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
PEOPLE_ASKED = 100
"""Of more people all clicks are read, rather than each one's messages."""
CLICKS = Look.objects.filter(kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON, message__person__isnull=False)
Place = tuple[int, str, int]
"""A link: its batch or print, language and number."""


class Click(NamedTuple):
    """A link that a person followed in a message; `at` is in UTC and says no zone."""

    at: datetime
    message: int
    link: Place
    is_sent: bool


class Deed(NamedTuple):
    """One fact of a person. `amount` is what it brought, less what was given back of it."""

    person: int
    at: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Credited:
    """A deed that counts for a message and the link that was followed in it."""

    message: int
    link: Place
    amount: Decimal
    currency: str


def credited(scope: Scope, *, fact: str, days: int, now: datetime) -> list[Credited]:
    """Return what people did after a click in one of these letters. One query to the ledger."""
    followed = Look.objects.filter(kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON, batch__in=scope.batches)
    first = followed.aggregate(first=Min("at"))["first"] if scope.batches else None
    if first is None:
        return []
    deeds = deeds_of(fact=fact, since=micros(first), now=now)
    clicks = _clicks({each.person for each in deeds}, first)
    found: list[tuple[Deed, Click]] = []
    for each in deeds:
        at = moment_at(each.at).replace(tzinfo=None)
        if (click := _last(clicks.get(each.person, []), at, days)) is not None:
            found.append((each, click))
    mine = _mine(scope, found)
    return [
        Credited(click.message, click.link, each.amount, each.currency)
        for each, click in found
        if click.message in mine
    ]


def _mine(scope: Scope, found: Iterable[tuple[Deed, Click]]) -> set[int]:
    """Return the messages that are of a scope, of those whose links people followed before their deeds."""
    batches = set(scope.batches)
    whose = set(msgspec.json.decode(scope.only.members)) if scope.only.members else None
    mine = {
        click.message
        for deed, click in found
        if click.is_sent and click.link[0] in batches and (whose is None or deed.person in whose)
    }
    if scope.is_bulk and not (scope.only.domain or scope.only.readers):
        return mine
    asked = (scope.sent.filter(pk__in=some).order_by() for some in chunks(sorted(mine)))
    return {pk for rows in asked for pk in rows.values_list("pk", flat=True)}


def revenue(found: Iterable[Credited]) -> dict[str, Decimal]:
    """Add up money by currency; what has none is no money."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in found:
        if each.currency:
            sums[each.currency] += each.amount
    return dict(sorted(sums.items()))


def _last(clicks: list[Click], at: datetime, days: int) -> Click | None:
    """Return the last click before a deed, if it is not too long ago."""
    place = bisect_right(clicks, at, key=lambda each: each.at)
    found = clicks[place - 1] if place else None
    return found if found is not None and at - found.at < timedelta(days=days) else None


def _clicks(people: Set[int], first: datetime) -> dict[int, list[Click]]:
    """Return the clicks of some people in all letters since a moment, in order of time."""
    if not people:
        return {}
    rows = CLICKS.filter(at__gte=first)
    if len(people) <= PEOPLE_ASKED:
        rows = rows.filter(message__person__in=people)
    found: dict[int, list[Click]] = defaultdict(list)
    # As text, and past the mapper: ten thousand clicks are read in half the time.
    columns = ("message__person", "message__pk", "message__state", "batch", "language", "number", "moment")
    query = rows.order_by().annotate(moment=Cast("at", TextField())).values_list(*columns).query
    with connections[rows.db].cursor() as cursor:
        cursor.execute(*query.sql_with_params())
        for person, message, state, batch, language, number, at in cursor.fetchall():
            if person in people:
                link, is_sent = (batch, language, number), state == Message.State.SENT
                found[person].append(Click(_moment(at), message, link, is_sent))
    for each in found.values():
        each.sort(key=lambda click: click.at)
    return found


def _moment(text: str) -> datetime:
    """Read a moment as a database writes it, in UTC without a zone: SQLite says none, and means that."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def deeds_of(*, fact: str, since: int, now: datetime) -> list[Deed]:
    """Return the facts of a name of all people since a moment, by time."""
    store = Asked(now).ledger
    with sitebook.everything():
        answer = store.query(_statement(fact, Span(since, micros(now) + 1), store.dialect))
    rows = cast("list[dict[str, Any]]", answer.to_pylist())
    made = (
        Deed(
            row["whose"],
            row["moment"],
            Decimal(row["amount"] or 0),
            row["currency"],
        )
        for row in rows
    )
    return sorted(made, key=lambda each: each.at)


def _statement(fact: str, span: Span, dialect: Dialect) -> str:
    def write(given: Given) -> Table:
        return _expression(list(given.words), given.periods[0])

    given = Given(ANY_SITE, cast("list[Period]", [span]), [fact])
    return templates.filled(("letters' deeds", dialect), given, dialect, write, lasting="never")


def _expression(names: list[str], span: Period) -> Table:
    from zoco.ledger.asking.statements.engines import table

    facts = table("facts")
    facts = facts.filter(facts.occurred_at >= expr.start_of(span), facts.occurred_at < expr.end_of(span))
    done = facts.filter(facts.name == names[0], expr.among(facts.verdict, COUNTED))
    kept = done.filter((done.person != 0) | (done.known != 0)).select(
        "id", "site", "occurred_at", "known", "person", "amount", "currency"
    )
    rows = with_taken(resolved(kept, None), _given_back(facts, done))
    ours = rows.filter(rows.person > expr.whole(NUMBER_BASE))
    return ours.select(
        "currency",
        amount=ours.amount + ours.back,
        whose=ours.person - expr.whole(NUMBER_BASE),
        moment=expr.micros(ours.occurred_at),
    )


def _given_back(facts: Table, done: Table) -> Table:
    """Return what was given back of deeds, in the currency that they were charged in."""
    brought = done.filter(done.amount > expr.money(0), done.subject != "")
    back = facts.filter(facts.amount < expr.money(0), facts.subject != "")
    return taken_back(brought, back, ("site", *ABOUT, "currency"), "amount")
