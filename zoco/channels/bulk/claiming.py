"""Who of a batch may get it now: its due messages are claimed, and permission asked, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from zoco.channels import facts
from zoco.channels.bulk.models import Batch
from zoco.channels.claiming import LEASE
from zoco.channels.contract import CHANNELS, Channel, Content, Opened
from zoco.channels.drafts import Claimed
from zoco.channels.models import Message
from zoco.channels.rates.pausing import Hold, destination_of, domains_resting
from zoco.channels.rates.resting import resting
from zoco.channels.rates.taking import Bounds, bounds_of, places_take, room
from zoco.channels.reads import zone_usual
from zoco.consent.answers import Answer, Because
from zoco.consent.asking import Request
from zoco.consent.models import Purpose
from zoco.consent.news import Mark, mark_now
from zoco.consent.services import Reserved, Wanted, release_many, reserve_many
from zoco.consent.suppressing import Place
from zoco.kit.reading import rows_among
from zoco.people.called import full_name

State = Message.State
NOTHING = Content()
_CLAIM = (
    'UPDATE zoco_channels_message SET state = %s, because = %s, "to" = %s, tries = tries + 1, next_at = %s '
    "WHERE id = %s"
)
_PEOPLE = (
    "SELECT id, name, given_name, family_name, zone FROM zoco_people_person "
    "WHERE merged_into_id IS NULL AND id = ANY_OF"
)
_PLACES = (
    "SELECT person_id, key, value FROM zoco_people_identity "
    "WHERE kind = %s AND space = %s AND person_id = ANY_OF ORDER BY is_main DESC, id"
)
_OTHERS = (
    "SELECT id, person_id FROM zoco_channels_message "
    "WHERE batch_id = %s AND state IN (%s, %s, %s, %s) AND person_id = ANY_OF"
)
_HAVE = (State.CLAIMED, State.HANDED, State.SENT, State.UNCERTAIN)
_DUE = ("pk", "person", "key", "uid", "tries", "to", "because", "unknowns")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call took: `seen` messages were due, `claimed` of them may leave, as of `mark`.

    `hold` is what holds all that is due, where a rate of the account does.
    """

    seen: int
    claimed: list[Claimed]
    places: dict[int, Place]
    mark: Mark
    hold: Hold | None = None


@dataclass(slots=True)
class _Due:
    pk: int
    person: int
    key: str
    uid: Any
    tries: int
    to: str
    was: str
    unknowns: int
    name: str = ""
    zone: str = ""
    place: Place | None = None
    is_twice: bool = False
    is_resting: bool = False
    hold: Hold | None = None


@transaction.atomic
def batch_claim(*, batch: Batch, opened: Opened, now: datetime, most: int) -> Taken:
    """Claim what is due of a batch, up to `most`; who may not get it now waits or is refused."""
    mark = mark_now()
    bounds = bounds_of(batch.account_id or 0)
    bound = room(bounds, now=now) if batch.purpose != Purpose.TRANSACTIONAL else None
    if bound is not None and bound.most < 1:
        return Taken(0, [], {}, mark, bound.hold)
    most = most if bound is None else min(most, bound.most)
    rows = Message.objects.filter(batch=batch.pk, state=State.WAITS, next_at__lte=now)
    rows = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    due = [_Due(*row) for row in rows.order_by("next_at", "pk").values_list(*_DUE)[:most]]
    if not due:
        return Taken(0, [], {}, mark)
    channel = CHANNELS.get(batch.adapter)
    _known(due, channel)
    _twice(batch, due)
    quiet = resting({each.place for each in due if each.place}, batch.purpose, now=now)
    for each in due:
        each.is_resting = each.place in quiet
    fit = [each for each in due if each.place is not None and not each.is_twice and not each.is_resting]
    holds = domains_resting(batch.account_id or 0, [each.to for each in fit], batch.purpose, now=now)
    for each, hold in zip(fit, holds, strict=True):
        each.hold = hold
    asked = [each for each in fit if each.hold is None]
    answers = dict(
        zip(
            (each.pk for each in asked),
            reserve_many(_wanted(batch, channel, asked), at=now),
            strict=True,
        )
    )
    _counted(bounds, [each for each in asked if answers[each.pk].answer.is_yes], batch.purpose, now)
    yes = _written(due, answers, now)
    claimed = [_claimed(each, batch, opened, channel) for each in yes]
    return Taken(len(due), claimed, {each.person: each.place for each in yes if each.place}, mark)


def claimed_return(claimed: Iterable[Claimed], *, now: datetime) -> None:
    """Give back what was claimed and not handed over, as if it had not been."""
    held = {each.message: each for each in claimed}
    if held:
        _returned(held, State.CLAIMED, now)


def handed_return(claimed: Iterable[Claimed], *, now: datetime) -> None:
    """Give back what was handed to a line that could not say it to anybody; it counts as no try."""
    held = {each.message: each for each in claimed}
    if held:
        _returned(held, State.HANDED, now)


@transaction.atomic
def _returned(held: dict[int, Claimed], state: Message.State, now: datetime) -> None:
    rows = Message.objects.select_for_update().filter(pk__in=held, state=state).order_by("pk")
    mine = [pk for pk, tries in rows.values_list("pk", "tries") if held[pk].tries == tries]
    Message.objects.filter(pk__in=mine).update(state=State.WAITS, next_at=now, tries=F("tries") - 1)
    release_many(keys=[held[pk].key for pk in mine])


def _known(due: Sequence[_Due], channel: Channel) -> None:
    """Find name, time zone and address of each; who is merged and not yet moved waits for nobody."""
    by_person: dict[int, list[_Due]] = {}
    for each in due:
        by_person.setdefault(each.person, []).append(each)
    usual = zone_usual()
    for pk, name, given, family, zone in rows_among(_PEOPLE, [], by_person):
        for each in by_person[pk]:
            each.name = name or (full_name(given, family) if given else "")
            each.zone = zone or usual
    kind, space = channel.identity or ("", "")
    for pk, key, value in rows_among(_PLACES, [kind, space], by_person):
        for each in by_person[pk]:
            if each.place is None and each.zone:
                each.place, each.to = (kind, space, key), value


def _twice(batch: Batch, due: Sequence[_Due]) -> None:
    """Mark who has it already as somebody else, whom he was merged with."""
    mine = {each.pk for each in due}
    others = rows_among(_OTHERS, [batch.pk, *_HAVE], {each.person for each in due})
    has = {person for pk, person in others if pk not in mine}
    for each in due:
        each.is_twice = each.person in has
        has.add(each.person)


def _wanted(batch: Batch, channel: Channel, asked: Sequence[_Due]) -> list[Wanted]:
    means = channel.means or batch.adapter
    return [
        Wanted(Request(each.person, each.place, means, batch.purpose, batch.topic), each.key, each.zone)
        for each in asked
        if each.place is not None
    ]


def _written(due: Sequence[_Due], answers: dict[int, Reserved], now: datetime) -> list[_Due]:
    """Write down what was answered, tell of it, and return those that may leave."""
    yes: list[_Due] = []
    told: dict[int, str] = {}
    lease = connection.ops.adapt_datetimefield_value(now + LEASE)
    for each in due:
        reserved = answers.get(each.pk)
        answer = reserved.answer if reserved else None
        if answer is not None and answer.is_yes and each.hold is None:
            each.was = answer.because.value
            yes.append(each)
        elif each.hold is not None:
            _held(each, each.hold.because, each.hold.until, told)
        elif answer is not None and answer.until is not None:
            _held(each, answer.because.value, answer.until, told)
        else:
            _refused(each, _why(each, answer), now, told)
    if yes:
        with connection.cursor() as cursor:
            cursor.executemany(_CLAIM, [(State.CLAIMED, each.was, each.to, lease, each.pk) for each in yes])
    if told:
        facts.tell([(told[each.pk], each) for each in Message.objects.filter(pk__in=told)], now)
    return yes


def _counted(bounds: Bounds, yes: Sequence[_Due], purpose: str, now: datetime) -> None:
    """Take a place under the rates for each that may leave; who finds none waits, and gives his turn back."""
    if not bounds:
        return
    holds = places_take(bounds, [destination_of(each.to) for each in yes], purpose, now=now)
    for each, hold in zip(yes, holds, strict=True):
        each.hold = hold
    release_many(keys=[each.key for each in yes if each.hold is not None])


def _why(each: _Due, answer: Answer | None) -> str:
    if each.is_twice or each.is_resting:
        return facts.TWICE if each.is_twice else facts.RESTING
    return str(answer.because if answer else Because.NOT_THERE)


def _held(each: _Due, because: str, until: datetime, told: dict[int, str]) -> None:
    Message.objects.filter(pk=each.pk).update(because=because, next_at=until, to=each.to)
    if because != each.was:
        told[each.pk] = facts.HELD


def _refused(each: _Due, because: str, now: datetime, told: dict[int, str]) -> None:
    state = State.UNCERTAIN if each.unknowns else State.REFUSED
    Message.objects.filter(pk=each.pk).update(
        state=state, because=because, next_at=None, done_at=now, to=each.to
    )
    told[each.pk] = facts.UNCERTAIN if each.unknowns else facts.REFUSED
    if not each.unknowns:
        release_many(keys=[each.key])


def _claimed(each: _Due, batch: Batch, opened: Opened, channel: Channel) -> Claimed:
    return Claimed(
        message=each.pk,
        key=each.key,
        uid=str(each.uid),
        tries=each.tries + 1,
        to=each.to,
        name=each.name,
        account=opened,
        account_key=batch.account_id or 0,
        channel=channel,
        content=NOTHING,
        person=each.person,
    )
