"""What words say of a destination: it is left alone, and the message that met it is tried again later."""

from collections.abc import Iterable
from datetime import datetime

from zoco.channels.contract import CHANNELS, Later, Outcome, Refused
from zoco.channels.domains.naming import domain_of
from zoco.channels.drafts import Claimed
from zoco.channels.judging import judged
from zoco.channels.models import Message
from zoco.channels.rates.models import Destination
from zoco.channels.rates.pausing import destination_strike, seconds_left


def outcome_judge(message: Message, outcome: Outcome, *, now: datetime) -> Outcome:
    """Leave a destination alone where an outcome says so; what it did not take for that waits as well."""
    said = _said(outcome)
    if not said or message.account_id is None or not CHANNELS.get(message.adapter).is_direct:
        return outcome
    row = words_judge(account=message.account_id, to=message.to, said=said, at=now)
    if row is None:
        return outcome
    code = outcome.code if isinstance(outcome, Refused | Later) else ""
    return Later(said, code, seconds_left(row, at=now), is_destination=True)


def words_judge(
    *, account: int, to: str, said: str, at: datetime, sent_at: datetime | None = None
) -> Destination | None:
    """Leave the destination of an address alone where words say so; returns it then."""
    found = judged(said) if "@" in to.strip("@") else None
    domain = domain_of(to)
    if found is None or not found.is_of_destination or not domain:
        return None
    return destination_strike(
        account=account, domain=domain, is_block=found.is_block, because=said, at=at, sent_at=sent_at
    )


def domains_shut(landed: Iterable[tuple[Claimed, Outcome]]) -> set[str]:
    """Return the destinations of which outcomes say that they do not take our mail now."""
    return {
        domain_of(claimed.to)
        for claimed, outcome in landed
        if claimed.channel.is_direct and judged(_said(outcome)).is_of_destination
    }


def _said(outcome: Outcome) -> str:
    """Return what was said of a message: what is of the account says nothing of where it goes to."""
    match outcome:
        case Refused():
            return outcome.reason
        case Later() if not outcome.is_account:
            return outcome.reason
    return ""
