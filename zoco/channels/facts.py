"""Facts of messages: about people of the whole installation, without addresses and without what they say."""

from collections.abc import Iterable
from datetime import datetime

from zoco.channels.models import Message
from zoco.kit.ids import uuid7
from zoco.kit.masks import masked
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.people.models import NUMBER_BASE

SENT = "channels.message.sent"
REFUSED = "channels.message.refused"
HELD = "channels.message.held"
FAILED = "channels.message.failed"
UNCERTAIN = "channels.message.uncertain"
BOUNCED = "channels.message.bounced"
COMPLAINED = "channels.message.complained"
UNSUBSCRIBED = "channels.message.unsubscribed"
DELIVERED = "channels.message.delivered"
OPENED = "channels.message.opened"
CLICKED = "channels.message.clicked"
ACCOUNT_OFF = "account_off"
"""Why a message waits besides what permission says."""
RESTING = "resting"
"""Why nothing goes to an address that did not take letters several times."""
DESTINATION = "destination"
"""Why what is for a destination waits that blocks us, or wants less at a time."""
RATE, WARMING = "rate", "warming"
"""Why something waits for a place: so many leave at a time, or in a day of a new account."""
STOPPED, TWICE = "stopped", "twice"
"""Why one of a batch was not sent: the batch was stopped, or its person, merged meanwhile, has it already."""
EVERYWHERE = 0


def tell(told: Iterable[tuple[str, Message]], at: datetime) -> None:
    """Record a fact for each message, in the transaction of the change that it tells of."""
    moment = micros(at)
    record_many(
        [
            Fact(
                id=uuid7(moment),
                name=name,
                site=EVERYWHERE,
                origin="server",
                occurred_at=moment,
                received_at=moment,
                person=NUMBER_BASE | each.person_id if each.person_id else 0,
                verdict="server",
                campaign=each.campaign,
                subject_kind=each.about_kind or "message",
                subject=each.about or str(each.uid),
                props=_props(each),
            )
            for name, each in told
        ]
    )


def _props(message: Message) -> dict[str, str]:
    said = {
        "message": str(message.uid),
        "adapter": message.adapter,
        "purpose": message.purpose,
        "topic": message.topic,
        "because": message.because,
        "code": message.code,
        "reason": masked(message.reason),
    }
    return {name: value for name, value in said.items() if value}
