"""Writes of batches: made, filled, started, paused, stopped, and ended when nothing of them is open."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.channels import facts
from zoco.channels.bulk.making import MAKERS
from zoco.channels.bulk.models import Batch
from zoco.channels.contract import CHANNELS, Ability
from zoco.channels.drafts import message_uid
from zoco.channels.models import OPEN, Account, Message
from zoco.consent.services import release_many
from zoco.kit.said import Said

CHUNK = 1_000
State = Batch.State


class BatchWrong(Said, ValueError):
    """A batch cannot be, or cannot become, what it is asked to; nothing was changed."""


def batch_create(
    *,
    maker: str,
    account: Account,
    purpose: str,
    at: datetime,
    topic: str = "",
    campaign: str = "",
    about_kind: str = "",
    about: str = "",
) -> Batch:
    """Make a batch that is to be filled. Raises BatchWrong, PlugUnknown."""
    MAKERS.get(maker)
    if not CHANNELS.get(account.adapter).may(Ability.SEND):
        raise BatchWrong(gettext_noop("%(account)s cannot send to people."), account=account.name)
    return Batch.objects.create(
        maker=maker,
        account=account,
        adapter=account.adapter,
        purpose=purpose,
        topic=topic,
        campaign=campaign,
        about_kind=about_kind,
        about=about,
        created_at=at,
    )


def batch_fill(*, batch: Batch, people: Iterable[int], now: datetime, due_at: datetime | None = None) -> int:
    """Write a row for each person; returns how many there are. What was killed is called again with all.

    Who is there already is left as he is. Raises BatchWrong for a batch that was filled to its end.
    """
    coming = iter(people)
    while chunk := list(islice(coming, CHUNK)):
        with transaction.atomic():
            _filling(batch)
            rows = [_row(batch, person, now, due_at) for person in dict.fromkeys(chunk)]
            Message.objects.bulk_create(rows, ignore_conflicts=True)
    with transaction.atomic():
        held = _filling(batch)
        held.total, held.filled_at = Message.objects.filter(batch=batch).count(), now
        held.save(update_fields=["total", "filled_at"])
    batch.total, batch.filled_at = held.total, held.filled_at
    return held.total


def batch_start(*, batch: Batch, at: datetime) -> None:
    """Let a batch that is filled leave. Raises BatchWrong."""
    if not Batch.objects.filter(pk=batch.pk, state=State.FILLING, filled_at__isnull=False).update(
        state=State.RUNNING, started_at=at
    ):
        raise BatchWrong(gettext_noop("This can be started once, when it has been filled."))
    batch.refresh_from_db()


def batch_pause(*, batch: Batch) -> bool:
    """Hand nothing more over until it is resumed; returns whether it was being sent."""
    return _moved(batch, [State.RUNNING], State.PAUSED)


def batch_resume(*, batch: Batch) -> bool:
    """Go on where it was paused; returns whether it was."""
    return _moved(batch, [State.PAUSED], State.RUNNING)


def batch_stop(*, batch: Batch) -> bool:
    """Hand nothing more over ever; returns whether there was something to stop.

    What is left is refused by whoever sends, a thousand at a time: see `rest_refuse`.
    """
    return _moved(batch, [State.FILLING, State.RUNNING, State.PAUSED], State.STOPPED)


def batch_trouble(*, batch: Batch, why: str, until: datetime) -> None:
    """Let a batch wait for something that none of its people can help, and say so."""
    Batch.objects.filter(pk=batch.pk).update(trouble=why[:300], trouble_until=until)


def batch_hold(*, batch: Batch, because: str, until: datetime | None) -> None:
    """Write down which rate holds a batch and until when; nothing where none does."""
    Batch.objects.filter(pk=batch.pk).update(held_because=because, held_until=until)


def rest_refuse(*, batch: Batch, now: datetime, most: int = CHUNK) -> int:
    """Refuse some of what is left of a stopped batch; returns how many were, 0 when all are."""
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(
            batch=batch, state__in=(Message.State.WAITS, Message.State.CLAIMED)
        )
        left = list(rows.order_by("pk")[:most])
        keys = [each.key for each in left]
        for each in left:
            # What may have arrived already was not held back by anybody.
            each.state = Message.State.UNCERTAIN if each.unknowns else Message.State.REFUSED
            each.because = facts.STOPPED
        Message.objects.filter(pk__in=[each.pk for each in left]).update(
            because=facts.STOPPED, next_at=None, done_at=now, body=None, state=Message.State.REFUSED
        )
        unsure = [each for each in left if each.unknowns]
        Message.objects.filter(pk__in=[each.pk for each in unsure]).update(state=Message.State.UNCERTAIN)
        release_many(keys=[key for key, each in zip(keys, left, strict=True) if not each.unknowns])
        facts.tell([(facts.UNCERTAIN if each.unknowns else facts.REFUSED, each) for each in left], now)
    return len(left)


def batch_end(*, batch: Batch, now: datetime) -> bool:
    """End a batch of which nothing is open; returns whether it ended now."""
    if Message.objects.filter(batch=batch, state__in=OPEN).exists():
        return False
    open_ones = Batch.objects.filter(pk=batch.pk, ended_at__isnull=True)
    calm = {"ended_at": now, "trouble": "", "trouble_until": None}
    return bool(
        open_ones.filter(state=State.RUNNING).update(state=State.FINISHED, **calm)
        or open_ones.filter(state=State.STOPPED).update(**calm)
    )


def _filling(batch: Batch) -> Batch:
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.state != State.FILLING or held.filled_at is not None:
        raise BatchWrong(gettext_noop("This has been filled, or was stopped; nobody can be added to it."))
    return held


def _row(batch: Batch, person: int, now: datetime, due_at: datetime | None) -> Message:
    key = f"b{batch.pk}:{person}"
    return Message(
        uid=message_uid(key),
        key=key,
        batch=batch,
        account_id=batch.account_id,
        adapter=batch.adapter,
        person_id=person,
        purpose=batch.purpose,
        topic=batch.topic,
        campaign=batch.campaign,
        about_kind=batch.about_kind,
        about=batch.about,
        created_at=now,
        next_at=due_at or now,
    )


def _moved(batch: Batch, before: list[Batch.State], after: Batch.State) -> bool:
    is_moved = bool(Batch.objects.filter(pk=batch.pk, state__in=before).update(state=after))
    batch.refresh_from_db()
    return is_moved
