"""What members do with a letter: open it, follow a link, leave; and what fetches it for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from zoco.channels.bulk.models import Batch
from zoco.channels.models import Message
from zoco.consent.public.leaving import choice_withdraw
from zoco.mail.counting import signs
from zoco.mail.counting.looks import look_keep
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.tokens import Meant

OPENED, FETCHED, CLICKED, LEFT = 0.34, 0.22, 0.3, 0.004
"""Shares: who opens, whose mailbox fetches images, who follows a link of those that open, who leaves."""
PULL = {"b": 1.6}
"""How many times as often people follow a link in this arm of a test."""
LATE_HOURS = 7.0
"""How long it takes until a letter is read: the mean of an exponential distribution."""


def answers_draw(batch: Batch, *, arm: str, rng: np.random.Generator, until: datetime) -> None:
    """Let members answer to the letters of a batch, nobody later than at a moment."""
    links = list(LetterLink.objects.filter(batch=batch.pk).order_by("language", "number"))
    rows = Message.objects.filter(batch=batch, state=Message.State.SENT).order_by("pk")
    for message in rows.select_related("person"):
        _answered(message, links, CLICKED * PULL.get(arm, 1.0), rng, until)


def _answered(
    message: Message, links: Sequence[LetterLink], pull: float, rng: np.random.Generator, until: datetime
) -> None:
    opens, clicks, leaves = rng.random(3)
    late, which = rng.exponential(LATE_HOURS), rng.random()
    at = (message.done_at or message.created_at) + timedelta(hours=late, seconds=40)
    if at >= until or message.person is None:
        return
    meant = Meant(message.uid, message.batch_id or 0, message.created_at.date())
    if opens < OPENED:
        look_keep(meant=meant, kind=Look.Kind.OPEN, signs=(), at=at)
        mine = [each for each in links if each.language == message.person.language]
        if clicks < pull and mine and at + timedelta(minutes=2) < until:
            link = mine[int(which * len(mine))]
            look_keep(
                meant=meant, kind=Look.Kind.CLICK, signs=(), at=at + timedelta(minutes=1),
                language=link.language, number=link.number,
            )  # fmt: skip
    elif opens < OPENED + FETCHED:
        look_keep(meant=meant, kind=Look.Kind.OPEN, signs=(f"{signs.PRIVACY}Apple",), at=at)
    if leaves < LEFT:
        proof = {"form": "unsubscribe", "told_at": at.isoformat(), "message": str(message.uid)}
        choice_withdraw(person=message.person.pk, topic=message.topic, proof=proof, at=at)
