"""What has to happen next with each sending that was started. All of it may run twice, or be cut off."""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction

from zoco.channels.bulk.models import Batch
from zoco.channels.bulk.reads import batch_counts
from zoco.channels.bulk.services import BatchWrong, batch_create, batch_fill, batch_start
from zoco.mail.sending.left import trial_due
from zoco.mail.sending.making import KEY
from zoco.mail.sending.models import OPEN, REST, Leg, Sending
from zoco.mail.sending.people import there_now
from zoco.mail.sending.trying import trial_decide
from zoco.people.audiences.bitmaps import unpacked

log = logging.getLogger(__name__)
State = Sending.State
ABOUT = "sending"
OVER = (Batch.State.FINISHED, Batch.State.STOPPED)


def sendings_follow(*, now: datetime) -> None:
    """Let what is due happen: begin, fill batches, decide tests, call ended what has ended."""
    due = Sending.objects.filter(state__in=OPEN, paused_at=None).order_by("pk").values_list("pk", flat=True)
    for pk in list(due):
        try:
            sending_follow(pk=pk, now=now)
        except DatabaseError:
            raise
        except Exception:  # of one letter or plug: the other sendings go on
            log.exception("A sending cannot go on; it is tried again. sending=%s", pk)


def sending_follow(*, pk: int, now: datetime) -> None:
    """Let what is due happen with one sending."""
    sending = Sending.objects.defer("people").get(pk=pk)
    if sending.state == State.PLANNED:
        first = min(each for each in sending.legs.values_list("begins_at", flat=True) if each)
        if first > now:
            return
        to = State.TESTING if sending.decides_at else State.GOING
        Sending.objects.filter(pk=pk, state=State.PLANNED, paused_at=None).update(state=to)
    for leg in sending.legs.filter(begins_at__lte=now).order_by("begins_at", "arm"):
        _leg_begin(leg, now)
    sending = Sending.objects.defer("people").get(pk=pk)
    if sending.state == State.TESTING and sending.decides_at and sending.decides_at <= now:
        due = trial_due(sending, now=now)
        if due > now:  # its letters wait, for the morning or a mail server: nobody could read them yet
            Sending.objects.filter(pk=pk, state=State.TESTING).update(decides_at=due)
            return
        trial_decide(sending=sending, now=now)
        for leg in sending.legs.filter(arm=REST, begins_at__lte=now):
            _leg_begin(leg, now)
    _end(pk, now)


def _leg_begin(leg: Leg, now: datetime) -> None:
    """Give a leg its batch, fill it and let it leave; goes on where it was cut off."""
    batch = _batch_of(leg, now)
    if batch is None or batch.state != Batch.State.FILLING:
        return
    if batch.filled_at is None:
        try:
            batch_fill(batch=batch, people=there_now(unpacked(leg.people)), now=now)
        except BatchWrong:
            return  # it was stopped meanwhile
    with transaction.atomic():
        held = Sending.objects.select_for_update().defer("people").get(pk=leg.sending_id)
        if held.paused_at is None and held.state in OPEN:
            batch.refresh_from_db()
            if batch.state == Batch.State.FILLING:
                batch_start(batch=batch, at=now)


@transaction.atomic
def _batch_of(leg: Leg, now: datetime) -> Batch | None:
    """Return the batch of a leg, made once; None while the sending is held."""
    sending = Sending.objects.select_for_update().defer("people").select_related(None).get(pk=leg.sending_id)
    held = Leg.objects.select_related("batch").get(pk=leg.pk)
    if held.batch is not None:
        return held.batch
    if sending.paused_at is not None or sending.state not in OPEN or sending.account is None:
        return None
    made = batch_create(
        maker=KEY,
        account=sending.account,
        purpose=sending.purpose,
        topic=sending.topic,
        campaign=sending.campaign,
        about_kind=ABOUT,
        about=str(sending.uid),
        at=now,
    )
    if Leg.objects.filter(pk=leg.pk, batch=None).update(batch=made):
        return made
    made.delete()  # somebody else was quicker, on a database that locks no rows
    return Leg.objects.select_related("batch").get(pk=leg.pk).batch


def _end(pk: int, now: datetime) -> None:
    """Call a sending ended where nothing may become of any of its messages any more."""
    legs = list(Leg.objects.filter(sending=pk).defer("people", "editions").select_related("batch"))
    batches = [each.batch for each in legs if each.batch is not None and each.batch.state in OVER]
    counted = [batch_counts(each) for each in batches]
    if len(batches) < len(legs) or any(each.ended != each.total for each in counted):
        return
    is_whole = all(each.state == Batch.State.FINISHED for each in batches)
    to = State.ENDED if is_whole else State.STOPPED
    Sending.objects.filter(pk=pk, state__in=OPEN, paused_at=None).update(state=to, ended_at=now)
