"""What became of messages: handed over, and then sent, failed, tried again later, or not known.

What fails for good or waits gives its place under the cap back. What may have arrived keeps it.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from zoco.channels import facts
from zoco.channels.claiming import LEASE
from zoco.channels.contract import CHANNELS, Later, Outcome, Refused, Sent, Unknown
from zoco.channels.drafts import Claimed, Fate, fate_of
from zoco.channels.judging import address_judge
from zoco.channels.models import OPEN, Message
from zoco.channels.rates.judging import outcome_judge
from zoco.consent.deciding import Decision
from zoco.consent.models import Purpose, SuppressionEvent
from zoco.consent.services import release_many
from zoco.kit.masks import plain_text
from zoco.kit.rows import rows_write

log = logging.getLogger(__name__)

State = Message.State
PAUSES = (60, 300, 1_800, 7_200, 21_600, 86_400)
"""Seconds after each failure that may heal; then the message has failed."""
INTERRUPTED = "interrupted"
_LOCK = "SELECT id FROM zoco_channels_message"
_HAND = "UPDATE zoco_channels_message SET state = %s, next_at = %s WHERE state = %s AND next_at > %s"
FIELDS = [
    "state", "because", "reason", "code", "known_as", "unknowns", "next_at", "done_at", "body",
]  # fmt: skip


def hand_many(claimed: Collection[Claimed], *, now: datetime) -> set[int]:
    """Say that messages are being handed over from now on; returns those that still are the caller's to send.

    What was claimed for too long is another's by now.
    """
    if not claimed:
        return set()
    wanted = sorted((each.message, each.tries) for each in claimed)
    mine = [number for each in wanted for number in each]
    among = f"(id, tries) IN (VALUES {', '.join(['(%s, %s)'] * len(wanted))})"
    adapt = connection.ops.adapt_datetimefield_value
    state = [State.HANDED, adapt(now + LEASE), State.CLAIMED, adapt(now)]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.features.has_select_for_update:  # in one order, so that no two wait for one another
            cursor.execute(f"{_LOCK} WHERE {among} ORDER BY id FOR UPDATE", mine)
        cursor.execute(f"{_HAND} AND {among} RETURNING id", [*state, *mine])
        return {pk for (pk,) in cursor.fetchall()}


@transaction.atomic
def conclude_many(results: Sequence[tuple[Claimed, Outcome]], *, now: datetime) -> list[Fate]:
    """Write down what became of messages, and return their fates in this order."""
    rows = Message.objects.select_for_update().filter(pk__in=[each.message for each, _outcome in results])
    held = {each.pk: each for each in rows.order_by("pk")}
    told: list[tuple[str, Message]] = []
    released: list[str] = []
    for claimed, outcome in results:
        message = held.get(claimed.message)
        if message is not None and _is_open(message, claimed.tries, outcome):
            said = _scrubbed(claimed, outcome)
            _concluded(message, outcome_judge(message, said, now=now), told, released, now)
    _written(list(held.values()), told, released, now)
    return [fate_of(held[each.message]) for each, _outcome in results if each.message in held]


def lost_settle(*, now: datetime, most: int = 500) -> int:
    """Settle what a process left that died: claimed goes on, handed over is not known; returns how many."""
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(
            state__in=(State.CLAIMED, State.HANDED), next_at__lte=now
        )
        lost = list(rows.order_by("pk")[:most])
        told: list[tuple[str, Message]] = []
        released: list[str] = []
        for message in lost:
            if message.state == State.CLAIMED and message.tries > len(PAUSES):
                _failed(message, INTERRUPTED, "", told, released, now)
            elif message.state == State.CLAIMED:
                message.state, message.next_at = State.WAITS, now
                released.append(message.key)
            else:
                _concluded(message, Unknown(INTERRUPTED), told, released, now)
        _written(lost, told, released, now)
    if lost:
        log.warning("Messages were left by a process that died. count=%s", len(lost))
    return len(lost)


def waiting_drop(*, messages: QuerySet[Message], now: datetime) -> int:
    """Refuse those that wait and are not wanted any more; returns how many. What may have arrived stays."""
    waits = messages.filter(state=State.WAITS, unknowns=0)
    stopped = {"because": facts.STOPPED, "next_at": None, "done_at": now, "body": None}
    return waits.update(state=State.REFUSED, **stopped)


def _written(
    messages: list[Message], told: list[tuple[str, Message]], released: list[str], now: datetime
) -> None:
    rows_write(messages, FIELDS)
    release_many(keys=released)
    facts.tell(told, now)


def _is_open(message: Message, tries: int, outcome: Outcome) -> bool:
    """Return whether an outcome still says something: that one arrived is true whenever it is told."""
    if isinstance(outcome, Sent):
        return message.state != State.SENT
    return message.state in OPEN and message.tries == tries


def _concluded(
    message: Message,
    outcome: Outcome,
    told: list[tuple[str, Message]],
    released: list[str],
    now: datetime,
) -> None:
    match outcome:
        case Sent():
            _ended(message, State.SENT, now)
            message.known_as, message.reason, message.code = outcome.known_as[:250], "", ""
            told.append((facts.SENT, message))
        case Refused():
            _failed(message, outcome.reason, outcome.code, told, released, now)
        case Later() if message.tries > len(PAUSES):
            _failed(message, outcome.reason, outcome.code, told, released, now)
        case Later():
            pause = max(min(outcome.after_seconds, PAUSES[-1]), PAUSES[max(message.tries, 1) - 1])
            message.state, message.next_at = State.WAITS, now + timedelta(seconds=pause)
            message.because = facts.DESTINATION if outcome.is_destination else ""
            message.reason, message.code = outcome.reason, outcome.code
            released.append(message.key)
        case Unknown():
            _unknown(message, outcome.reason, told, released, now)


def _unknown(
    message: Message, reason: str, told: list[tuple[str, Message]], released: list[str], now: datetime
) -> None:
    """Try once more what is needed, and what the other side knows again; leave the rest as it is."""
    message.unknowns += 1
    if CHANNELS.get(message.adapter).repeats:
        _concluded(message, Later(reason), told, released, now)
    elif message.purpose == Purpose.TRANSACTIONAL and message.unknowns == 1:
        message.state, message.next_at, message.reason = State.WAITS, now, reason
    else:
        _ended(message, State.UNCERTAIN, now)
        message.reason = reason
        told.append((facts.UNCERTAIN, message))


def _failed(
    message: Message,
    reason: str,
    code: str,
    told: list[tuple[str, Message]],
    released: list[str],
    now: datetime,
) -> None:
    if message.unknowns and not CHANNELS.get(message.adapter).repeats:
        # The first time it may have arrived: that the second was refused does not say that it did not.
        _ended(message, State.UNCERTAIN, now)
        told.append((facts.UNCERTAIN, message))
    else:
        _ended(message, State.FAILED, now)
        told.append((facts.FAILED, message))
        released.append(message.key)
    message.reason, message.code = reason, code
    if CHANNELS.get(message.adapter).is_direct:  # an API's words are of its own, whatever they sound like
        by = SuppressionEvent.By.SERVER
        answers = Decision(by, letter=message.uid, subject=message.subject, sent_at=now)
        address_judge(adapter=message.adapter, to=message.to, said=reason, at=now, answers=answers)


def _ended(message: Message, state: Message.State, now: datetime) -> None:
    message.state, message.next_at, message.done_at, message.body = state, None, now, None


def _scrubbed(claimed: Claimed, outcome: Outcome) -> Outcome:
    """Return an outcome on one line, without the account's secrets: another side may repeat them."""
    hidden = claimed.account.secrets

    def plain(text: str, most: int) -> str:
        return plain_text(hidden.scrubbed(text))[:most]

    match outcome:
        case Sent(known_as):
            return Sent(plain(known_as, 250))
        case Refused(reason, code):
            return Refused(plain(reason, 300), plain(code, 40))
        case Later(reason, code, after, is_account):
            return Later(plain(reason, 300), plain(code, 40), after, is_account)
        case Unknown(reason):
            return Unknown(plain(reason, 300))
