"""Facts made on the server: they enter the ledger through the outbox, with the change they tell of.

Inside a transaction the facts live and die with it; outside one they are committed at once.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import msgspec

from zoco.kit.ids import uuid7
from zoco.kit.periods import micros
from zoco.ledger.schema import ORIGINS, VERDICTS, Fact, encoder

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class FactWrong(ValueError):
    """A fact cannot be recorded as it is; the message says what is wrong with it."""


class Columns(TypedDict, total=False):
    """What else a recorded fact may say; the columns are explained in `ledger.schema`."""

    id: str
    origin_key: str
    visitor: int
    session: int
    person: int
    known: int
    verdict: str
    reason: str
    host: str
    path: str
    title: str
    source: str
    medium: str
    campaign: str
    content: str
    term: str
    channel: str
    device: str
    browser: str
    os: str
    country: str
    language: str
    subject_kind: str
    subject: str
    amount: Decimal
    currency: str
    amount_site: Decimal
    quantity: int
    props: dict[str, Any]


def record(*, name: str, site: int, at: datetime | None = None, **columns: Unpack[Columns]) -> str:
    """Record one fact of the server and return its id; `at` is when it happened, now if left out.

    An `id` of your own (canonical text of a UUID) makes this idempotent: a second call with it
    adds nothing. Raises FactWrong. Not guaranteed: that the fact can be queried at once.
    """
    now = micros(datetime.now(UTC))
    occurred_at = now if at is None else micros(at)
    columns.setdefault("id", uuid7(occurred_at))
    fact = Fact(name=name, site=site, origin="server", occurred_at=occurred_at, received_at=now, **columns)
    return record_many([fact])[0]


def record_many(facts: Sequence[Fact]) -> list[str]:
    """Record facts in this order and return their ids; facts whose id is there add nothing.

    Raises FactWrong, and then nothing is recorded.
    """
    from zoco.ledger.outbox.rows import rows_insert

    lines = [(fact, _line(fact)) for fact in facts]
    rows_insert(lines=lines, now=datetime.now(UTC))
    return [fact.id for fact in facts]


def _line(fact: Fact) -> str:
    """Encode a fact, sure that whoever reads it will understand it."""
    from zoco.ledger.spool.salvage import LineRefused, check_line

    if not NAME.fullmatch(fact.name) or len(fact.name) > 120:
        raise FactWrong(f"{fact.name!r} is no name of a fact; write it as shop.order.placed.")
    if fact.origin not in ORIGINS or fact.verdict not in VERDICTS:
        raise FactWrong(f"{fact.name} has origin {fact.origin!r} and verdict {fact.verdict!r}; see schema.")
    if (fact.amount or fact.amount_site) and not fact.currency:
        raise FactWrong(f"{fact.name} has an amount of {fact.amount} without a currency; give one.")
    try:
        line = encoder.encode(fact)
        check_line(line)
        return line.decode()
    except (msgspec.MsgspecError, LineRefused, UnicodeError, TypeError) as error:
        raise FactWrong(f"{fact.name} cannot be written: {error}.") from error
