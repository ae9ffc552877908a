"""The one door: whatever leaves, leaves by `deliver` or `deliver_many`.

Asked, claimed, handed over, concluded: each step is committed before the next one begins. A process killed
between them leaves what was claimed to be sent later, and what was being handed over as not known. Who sends
by lines of his own takes the same steps: `claim_many`, `hand_many`, `conclude_many`.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import IntegrityError

from zoco.channels.bulk.claiming import claimed_return
from zoco.channels.claiming import HORIZON_SECONDS, claim_many
from zoco.channels.concluding import conclude_many, hand_many
from zoco.channels.contract import Content, Line, Outcome, Outgoing, Refused, Unknown
from zoco.channels.drafts import Claimed, Draft, Fate
from zoco.channels.models import Message
from zoco.channels.returning import returned

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def deliver(draft: Draft, *, now: datetime) -> Fate:
    """Send one message, or say why it is not sent, or not yet. The same key twice is one message.

    Raises DraftWrong for what cannot be sent by this account, SealBroken for one whose secrets are lost;
    all else is a fate.
    """
    return deliver_many([draft], now=now)[0]


def deliver_many(drafts: Sequence[Draft], *, now: datetime) -> list[Fate]:
    """Send messages, one after the other, a few hundred at a time; returns a fate for each, in order."""
    try:
        fates, claimed = claim_many(drafts, now=now)
    except IntegrityError:  # another process wrote one of these keys meanwhile; now it is there
        fates, claimed = claim_many(drafts, now=now)
    ended = {each.message: each for each in claimed_send(claimed, now=now)}
    return [_told(each, ended.get(each.message)) for each in fates]


def claimed_send(claimed: Sequence[Claimed], *, now: datetime) -> list[Fate]:
    """Send what was claimed, by one line for each account; returns the fates of what was.

    What a slow line kept waiting is given back: it waits, to be asked about again.
    """
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    fates: list[Fate] = []
    of_account = sorted(claimed, key=lambda each: each.account_key)
    for _key, group in groupby(of_account, key=lambda each: each.account_key):
        mine = list(group)
        with mine[0].channel.line(mine[0].account) as line:
            while mine and (not fates or time.monotonic() - began < HORIZON_SECONDS):
                fates += _sent(mine.pop(0), line, clock)
        claimed_return(mine, now=clock())
        fates += [Fate(each.message, each.key, Message.State.WAITS, until=clock()) for each in mine]
    return fates


def outcome_of(claimed: Claimed, content: Content, line: Line) -> Outcome:
    """Hand one message to a line; whatever nobody foresaw leaves its fate unknown, and the others alone."""
    try:
        return line.send(Outgoing(claimed.uid, claimed.to, content, claimed.name))
    except Exception:
        log.exception("An adapter failed. adapter=%s message=%s", claimed.channel.key, claimed.message)
        return Unknown("The adapter failed; the log says why.")


def _sent(claimed: Claimed, line: Line, clock: Clock) -> list[Fate]:
    try:
        content = claimed.content if isinstance(claimed.content, Content) else claimed.content(claimed.uid)
    except Exception:
        log.exception("A message could not be made. message=%s", claimed.message)
        return conclude_many([(claimed, Refused("It could not be made; the log says why."))], now=clock())
    content = returned(claimed, content, clock())
    if claimed.message not in hand_many([claimed], now=clock()):
        return []
    return conclude_many([(claimed, outcome_of(claimed, content, line))], now=clock())


def _told(first: Fate, ended: Fate | None) -> Fate:
    if ended is None:
        return first
    return Fate(ended.message, ended.key, ended.state, ended.because, ended.until, ended.reason, first.is_new)
