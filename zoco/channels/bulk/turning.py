"""One transaction for what came back and for what is handed over next, however many lines wait for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from zoco.channels import facts
from zoco.channels.bulk.claiming import handed_return
from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.pool import Landed
from zoco.channels.concluding import conclude_many, hand_many
from zoco.channels.contract import Later, Sent
from zoco.channels.drafts import Claimed
from zoco.channels.models import Message
from zoco.kit.ids import uuid7
from zoco.kit.masks import plain_text
from zoco.kit.periods import micros
from zoco.kit.reading import lock, rows_among
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.people.models import NUMBER_BASE

State = Message.State
_UNSENT = (
    "SELECT id, person_id, because FROM zoco_channels_message WHERE state <> %s AND id = ANY_OF ORDER BY id"
)
_GOES_ON = "SELECT 1 FROM zoco_channels_batch WHERE id = %s AND state = %s"
_SENT = (
    "UPDATE zoco_channels_message SET state = %s, known_as = %s, reason = '', code = '', next_at = NULL, "
    "done_at = %s, body = NULL WHERE id = %s"
)


@transaction.atomic
def batch_turn(
    *, batch: Batch, landed: Sequence[Landed], following: Sequence[Claimed], now: datetime
) -> tuple[bool, set[int]]:
    """Write down outcomes, hand over what follows; returns whether the batch goes on, and what was handed."""
    sent = [(each, outcome) for each, outcome in landed if isinstance(outcome, Sent)]
    nobodys = [each for each, outcome in landed if isinstance(outcome, Later) and outcome.is_account]
    others = [
        (each, outcome)
        for each, outcome in landed
        if not isinstance(outcome, Sent) and not (isinstance(outcome, Later) and outcome.is_account)
    ]
    if sent:
        _sent_write(batch, sent, now)
    if nobodys:
        handed_return(nobodys, now=now)
    if others:
        conclude_many(others, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_GOES_ON, [batch.pk, Batch.State.RUNNING])
        goes_on = cursor.fetchone() is not None
    handed = hand_many(following, now=now) if following and goes_on else set()
    return goes_on, handed


def _sent_write(batch: Batch, sent: Sequence[tuple[Claimed, Sent]], now: datetime) -> None:
    """Write down what arrived: true whenever it is told, but told once."""
    held = _unsent([each.message for each, _outcome in sent])
    at = connection.ops.adapt_datetimefield_value(now)
    arrived = [(each, _known_as(each, outcome)) for each, outcome in sent if each.message in held]
    with connection.cursor() as cursor:
        cursor.executemany(_SENT, [(State.SENT, known_as, at, each.message) for each, known_as in arrived])
    moment = micros(now)
    record_many([_fact(batch, each, *held[each.message], moment) for each, _known in arrived])


def _unsent(keys: list[int]) -> dict[int, tuple[int | None, str]]:
    """Lock those of these messages that are not said to be sent; returns person and cause of each."""
    found = rows_among(_UNSENT + lock(), [State.SENT], keys)
    return {pk: (person, because) for pk, person, because in found}


def _known_as(claimed: Claimed, outcome: Sent) -> str:
    return plain_text(claimed.account.secrets.scrubbed(outcome.known_as))[:250]


def _fact(batch: Batch, claimed: Claimed, person: int | None, because: str, moment: int) -> Fact:
    """Return what `facts.tell` tells of a message that was sent, without reading it again."""
    props = {
        "message": claimed.uid,
        "adapter": batch.adapter,
        "purpose": batch.purpose,
        "topic": batch.topic,
        "because": because,
    }
    return Fact(
        id=uuid7(moment),
        name=facts.SENT,
        site=facts.EVERYWHERE,
        origin="server",
        occurred_at=moment,
        received_at=moment,
        person=NUMBER_BASE | person if person else 0,
        verdict="server",
        campaign=batch.campaign,
        subject_kind=batch.about_kind or "message",
        subject=batch.about or claimed.uid,
        props={name: value for name, value in props.items() if value},
    )
