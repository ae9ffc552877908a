"""A destination that blocks us, or wants less at a time, is left alone; what is for it waits.

Each strike after a rest makes the next one longer; what is said during a rest adds nothing, for it was under
way before. After a calm week all is forgotten.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from zoco.channels import facts
from zoco.channels.domains.naming import domain_of
from zoco.channels.models import Message
from zoco.channels.rates.models import Destination
from zoco.consent.models import Purpose
from zoco.kit.masks import masked

log = logging.getLogger(__name__)
BLOCKED_HOURS = (1, 4, 12, 24, 48)
SLOWED_MINUTES = (1, 3, 10, 30, 60)
"""How long a destination is left alone, by how often in a row it had to be."""
FORGOTTEN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something waits that may leave, and until when."""

    because: str
    until: datetime


@transaction.atomic
def destination_strike(
    *, account: int, domain: str, is_block: bool, because: str, at: datetime, sent_at: datetime | None = None
) -> Destination:
    """Leave a destination alone for a while; what left before the last strike says nothing new.

    Owners are told of a block, once for each rest.
    """
    Destination.objects.get_or_create(account_id=account, domain=domain, defaults={"struck_at": at})
    row = Destination.objects.select_for_update().get(account_id=account, domain=domain)
    rests = row.paused_until is not None and row.paused_until > at
    is_late = row.strikes > 0 and (sent_at or at) < row.struck_at
    if is_late or (rests and (row.is_block or not is_block)):
        return row
    strikes = 0 if at - row.struck_at > FORGOTTEN or row.is_block != is_block else row.strikes
    row.strikes, row.struck_at, row.is_block = strikes + 1, at, is_block
    row.because, row.paused_until = masked(because)[:300], at + _rest(is_block, strikes)
    row.save()
    log.warning("A destination is left alone. account=%s domain=%s strikes=%s", account, domain, row.strikes)
    if is_block:
        from zoco.channels.rates.tasks import block_tell

        block_tell.enqueue(destination=row.pk)
    return row


def destination_release(*, destination: Destination, at: datetime) -> int:
    """Let a destination go on now; returns how many messages no longer wait for it."""
    Destination.objects.filter(pk=destination.pk).update(paused_until=None)
    waits = Message.objects.filter(
        account=destination.account_id,
        state=Message.State.WAITS,
        because=facts.DESTINATION,
        to__iendswith=f"@{destination.domain}",
        next_at__gt=at,
    )
    return waits.update(next_at=at)


def paused(account: int, domains: Collection[str], *, now: datetime) -> dict[str, Hold]:
    """Return which destinations are left alone now."""
    if not domains:
        return {}
    rows = Destination.objects.filter(account=account, paused_until__gt=now)
    return {
        each.domain: Hold(facts.DESTINATION, each.paused_until)
        for each in rows
        if each.domain in domains and each.paused_until
    }


def domains_resting(
    account: int, addresses: Sequence[str], purpose: str, *, now: datetime
) -> list[Hold | None]:
    """Return why what is for each address waits, or None; what a person needs is tried all the same."""
    if purpose == Purpose.TRANSACTIONAL or not any(addresses):
        return [None] * len(addresses)
    domains = [destination_of(each) for each in addresses]
    found = paused(account, set(domains), now=now)
    return [found.get(each) for each in domains]


def destination_of(address: str) -> str:
    """Return the destination of an address; "" for what is none of mail."""
    return domain_of(address) if "@" in address.strip("@") else ""


def seconds_left(destination: Destination, *, at: datetime) -> float:
    """Return for how many seconds a destination is left alone."""
    return max(((destination.paused_until or at) - at).total_seconds(), 0.0)


def _rest(is_block: bool, strikes: int) -> timedelta:
    if is_block:
        return timedelta(hours=BLOCKED_HOURS[min(strikes, len(BLOCKED_HOURS) - 1)])
    return timedelta(minutes=SLOWED_MINUTES[min(strikes, len(SLOWED_MINUTES) - 1)])
