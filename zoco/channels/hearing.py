"""What is told later of messages: each thing once, with what follows for the address."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from zoco.channels import contract, facts
from zoco.channels.contract import Heard
from zoco.channels.judging import address_judge, address_of
from zoco.channels.models import Account, Message, Proof, Told
from zoco.channels.rates.judging import words_judge
from zoco.consent.deciding import Decision
from zoco.consent.models import Suppression, SuppressionEvent
from zoco.consent.suppressing import suppress
from zoco.kit.masks import plain_text
from zoco.people.models import Identity

log = logging.getLogger(__name__)
FACTS = {
    contract.Told.BOUNCED: facts.BOUNCED,
    contract.Told.COMPLAINED: facts.COMPLAINED,
    contract.Told.UNSUBSCRIBED: facts.UNSUBSCRIBED,
    contract.Told.DELIVERED: facts.DELIVERED,
    contract.Told.OPENED: facts.OPENED,
    contract.Told.CLICKED: facts.CLICKED,
}
By = SuppressionEvent.By
BY = {contract.Told.COMPLAINED: By.COMPLAINT, contract.Told.UNSUBSCRIBED: By.PERSON}
GOOD = (contract.Told.DELIVERED, contract.Told.OPENED, contract.Told.CLICKED)
"""Of which nothing follows for the address."""
WHY = {
    contract.Told.COMPLAINED: Suppression.Why.COMPLAINT,
    contract.Told.UNSUBSCRIBED: Suppression.Why.UNSUBSCRIBED,
}
NOT_OURS = "not_ours"
"""What is kept of something that was told of an address to which the account never wrote."""
PROOF_KEPT = timedelta(days=1)
"""Longer than any proof is taken."""


_looked: list[Callable[[Message, Heard, datetime], None]] = [lambda *_told: None]


def provide(looked: Callable[[Message, Heard, datetime], None]) -> None:
    """Register who keeps what a provider tells of openings and clicks; called once, by mail."""
    _looked[:] = [looked]


def heard_write(*, account: Account, heard: Iterable[Heard], at: datetime) -> int:
    """Write down what was heard and do what follows; returns how much of it was new."""
    return sum(_written(account, each, at) for each in heard)


@transaction.atomic
def _written(account: Account, heard: Heard, at: datetime) -> bool:
    heard = replace(heard, event=plain_text(heard.event)[:100], reason=plain_text(heard.reason))
    if heard.proof and not _serves(account, heard.proof, at):
        return False
    message = _message(account, heard)
    if message is None and heard.told in GOOD:
        return False
    is_ours = message is not None or _wrote(account, heard.to)
    _told, is_new = Told.objects.get_or_create(
        account=account,
        event=heard.event,
        defaults={
            "told": heard.told if is_ours else NOT_OURS,
            "message": message,
            "batch": message.batch_id if message else None,
            "at": at,
        },
    )
    if not is_new or not is_ours:
        return False
    if heard.told in GOOD and message is not None:
        facts.tell([(FACTS[heard.told], message)], heard.seen_at or at)
        if heard.told != contract.Told.DELIVERED:
            _looked[0](message, heard, at)
        return True
    named = address_of(account.adapter, heard.to)
    decision = _decision(heard, message)
    if named is not None and heard.told in WHY:
        suppress(identity=named, why=WHY[heard.told], at=at, decision=decision)
    elif named is not None and heard.is_dead:
        suppress(identity=named, why=Suppression.Why.DEAD, at=at, decision=decision)
    elif not heard.is_judged:
        address_judge(adapter=account.adapter, to=heard.to, said=heard.reason, at=at, answers=decision)
        words_judge(account=account.pk, to=heard.to, said=heard.reason, at=at, sent_at=_sent_at(message))
    if message is not None:
        message.because, message.reason = heard.told.value, heard.reason[:300]
        message.save(update_fields=["because", "reason"])
        facts.tell([(FACTS[heard.told], message)], at)
    return True


def _decision(heard: Heard, message: Message | None) -> Decision:
    """Return what decided, with the letter that it was told of."""
    decision = heard.judged_by or Decision(by=BY.get(heard.told, By.SERVER), said=heard.reason)
    decision = replace(decision, notice=heard.event)
    if message is None:
        return decision
    return replace(decision, letter=message.uid, subject=message.subject, sent_at=message.done_at)


def _sent_at(message: Message | None) -> datetime | None:
    return message.done_at if message is not None else None


def _message(account: Account, heard: Heard) -> Message | None:
    """Return the message that is meant: one of this account, to this address."""
    try:
        uid = UUID(heard.message)
    except ValueError:
        return None
    found = Message.objects.select_for_update().filter(uid=uid, account=account).first()
    return found if found and found.to.casefold() == heard.to.casefold() else None


def _serves(account: Account, proof: str, at: datetime) -> bool:
    """Return whether a proof serves still; from now on it does not."""
    _proof, is_new = Proof.objects.get_or_create(account=account, mark=proof, defaults={"at": at})
    if not is_new:
        log.warning("What was told of messages was proved by what had served. account=%s", account.pk)
    return is_new


def proofs_forget(*, now: datetime) -> None:
    """Forget proofs that are too old to be taken again."""
    Proof.objects.filter(at__lt=now - PROOF_KEPT).delete()


def _wrote(account: Account, to: str) -> bool:
    """Return whether a message of an account went to an address: others are none of its business."""
    named = address_of(account.adapter, to)
    if named is None:
        return False
    left = Message.objects.exclude(state=Message.State.REFUSED).alias(place=Lower("to"))
    left = left.filter(place__in=[Lower(Value(each)) for each in {to, named.value, named.key}])
    whose = Identity.objects.filter(kind=named.kind, space=named.space, key=named.key)
    # Of few rows each, by index; told which account it is, SQLite would read all that this one ever sent.
    for rows in (
        left.filter(person__in=list(whose.values_list("person", flat=True))),
        left.filter(person=None),
    ):
        if account.pk in set(rows.order_by().values_list("account", flat=True)):
            return True
    return False
