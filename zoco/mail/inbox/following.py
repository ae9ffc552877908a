"""What follows from a mail: nothing where it names no letter of ours, whoever it says to be from."""

from datetime import datetime, timedelta

from zoco.channels.contract import Heard, Told
from zoco.channels.domains.naming import domain_of
from zoco.channels.hearing import heard_write
from zoco.channels.judging import address_of
from zoco.channels.models import Message
from zoco.channels.rates.pausing import destination_strike
from zoco.consent.deciding import Decision
from zoco.consent.models import Choice, Suppression, SuppressionEvent
from zoco.consent.public.leaving import standing_held
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.kit.masks import masked
from zoco.ledger.services import record
from zoco.mail.answers.fates import Effect, Fate, fate_of
from zoco.mail.answers.kinds import Answer, Failure, Kind
from zoco.mail.inbox.models import Arrival, Reply
from zoco.mail.inbox.resting import failure_count
from zoco.people.models import NUMBER_BASE, Identity

TEXT_MOST = 20_000
REPLIED = "mail.reply.received"
BY_MAIL = "mail"
"""How a proof says that a mail told it."""
EVERYWHERE = 0
NO_LETTER = "It names no letter of ours."
ALIKE, ALIKE_WITHIN = 3, timedelta(days=1)
"""So many people's reports within so long are believed when they say something of their whole destination."""


def follow(arrival: Arrival, answer: Answer, *, at: datetime, written_at: datetime) -> None:
    """Do what follows, in the transaction in which the arrival was written.

    A reply is of when it was written: a mailbox may be read for the first time when it holds years of mail.
    """
    match answer.kind:
        case Kind.BOUNCE:
            _bounced(arrival, answer, at)
        case Kind.COMPLAINT:
            _wants_nothing(arrival, Told.COMPLAINED, at)
        case Kind.UNSUBSCRIBE:
            _wants_nothing(arrival, Told.UNSUBSCRIBED, at)
        case Kind.AUTO_REPLY if answer.away is not None:
            arrival.away_since, arrival.away_until = answer.away.since, answer.away.until
        case Kind.REPLY if arrival.person_id is not None:
            _replied(arrival, arrival.person_id, answer, written_at)


def _bounced(arrival: Arrival, answer: Answer, at: datetime) -> None:
    message = arrival.message
    failure = _of_letter(answer.failures, message) if message is not None else None
    if message is None or failure is None:
        arrival.effect, arrival.why = Effect.NOTHING, NO_LETTER
        return
    fate: Fate = fate_of(failure)
    arrival.reason, arrival.effect = failure.reason, fate.effect
    arrival.said = masked(failure.diagnostic)[:300]
    named = address_of(message.adapter, message.to)
    if fate.effect is Effect.COUNT and named is not None:
        failure_count(identity=named, weight=fate.weight, at=at)
    if fate.effect in {Effect.PAUSE_DOMAIN, Effect.SLOW_DOMAIN}:
        _of_destination(arrival, message, fate, at)
    decision = Decision(
        SuppressionEvent.By.SERVER, failure.rule, failure.source, failure.reason.value,
        failure.status or failure.reply_code, failure.diagnostic,
    )  # fmt: skip
    by = decision if fate.effect is Effect.SUPPRESS else None
    _hear(message, arrival, Told.BOUNCED, arrival.said, at, by=by)


def _of_destination(arrival: Arrival, message: Message, fate: Fate, at: datetime) -> None:
    """Leave a destination alone once several people's mail says so: one report may be made up."""
    arrival.save()
    domain = domain_of(message.to)
    alike = Arrival.objects.filter(
        effect=fate.effect,
        at__gt=at - ALIKE_WITHIN,
        message__account=message.account_id,
        message__to__iendswith=f"@{domain}",
    )
    if message.account_id and alike.values("message__person").distinct().count() >= ALIKE:
        destination_strike(
            account=message.account_id,
            domain=domain,
            is_block=fate.effect is Effect.PAUSE_DOMAIN,
            because=arrival.said or fate.why,
            at=at,
            sent_at=message.done_at,
        )


def _of_letter(failures: tuple[Failure, ...], message: Message) -> Failure | None:
    """Return the failure of the address that the letter went to: that of another one says nothing of it."""
    wanted = address_of(message.adapter, message.to)
    for each in failures:
        for address in (each.address, each.final_address):
            if wanted is not None and address_of(message.adapter, address) == wanted:
                return each
    return None


def _wants_nothing(arrival: Arrival, told: Told, at: datetime) -> None:
    """Suppress and withdraw for whom the letter went to; without a letter anybody may have written it."""
    message = arrival.message
    if message is None:
        arrival.effect, arrival.why = Effect.NOTHING, NO_LETTER
        return
    person, arrival.effect = message.person_id, Effect.SUPPRESS_MARKETING
    if told is Told.COMPLAINED:
        _hear(message, arrival, told, "", at)
    elif person is None and (named := address_of(message.adapter, message.to)) is not None:
        suppress(identity=named, why=Suppression.Why.UNSUBSCRIBED, at=at)
    if person is not None and (person := standing_held(person)) is not None:
        proof = {"by": BY_MAIL, "told": told.value, "mail": arrival.digest}
        topic = message.topic if told is Told.UNSUBSCRIBED else ""
        choice_record(person=person, state=Choice.State.WITHDRAWN, proof=proof, at=at, topic=topic)


def _hear(
    message: Message, arrival: Arrival, told: Told, reason: str, at: datetime, *, by: Decision | None = None
) -> None:
    """Let channels know; `by` is what decided that the address is dead."""
    if message.account is None:
        return
    event = f"mail:{arrival.digest}"
    heard = Heard(
        event,
        told,
        message.to,
        str(message.uid),
        reason,
        is_dead=by is not None,
        is_judged=True,
        judged_by=by,
    )
    heard_write(account=message.account, heard=[heard], at=at)


def _replied(arrival: Arrival, person: int, answer: Answer, at: datetime) -> None:
    text, subject = (each.replace("\0", "") for each in (answer.text, answer.subject))
    Reply.objects.create(
        arrival=arrival, person_id=person, subject=subject[:200], text=text[:TEXT_MOST], at=at
    )
    record(
        name=REPLIED,
        site=EVERYWHERE,
        at=at,
        person=NUMBER_BASE | person,
        verdict="server",
        subject_kind="message" if arrival.message else "",
        subject=str(arrival.message.uid) if arrival.message else "",
    )


def person_named(answer: Answer) -> int | None:
    """Return whose address a mail names, None for a stranger's."""
    named = address_of("email", _named(answer))
    if named is None:
        return None
    found = Identity.objects.filter(kind=named.kind, space=named.space, key=named.key)
    return found.values_list("person", flat=True).first()


def _named(answer: Answer) -> str:
    if answer.complaint is not None:
        return next(iter(answer.complaint.recipients), "")
    return answer.sender
