"""Who may get what now: permission is asked and messages are claimed, in one transaction.

The contact rows of all people of a call are locked first and in one order, so that no two processes decide
about one person at once: neither caps nor the key of a message can be gone round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.channels import facts
from zoco.channels.contract import CHANNELS, Ability, Content, Opened
from zoco.channels.drafts import Claimed, Draft, DraftWrong, Fate, Maker, fate_of, kept_body, message_uid
from zoco.channels.models import KEY_LONGEST, Account, Message
from zoco.channels.rates.pausing import Hold, destination_of, domains_resting
from zoco.channels.rates.resting import resting
from zoco.channels.rates.taking import bounds_of, places_take
from zoco.channels.reads import zone_usual
from zoco.channels.services import account_open
from zoco.consent.answers import Because
from zoco.consent.asking import Request
from zoco.consent.services import Reserved, Wanted, contacts_lock, release_many, reserve_many
from zoco.kit.rows import rows_write
from zoco.people.models import Identity, Person
from zoco.people.standing import standing

LEASE = timedelta(minutes=10)
"""How long whoever claimed a message has for it, and for each of its steps."""
HORIZON_SECONDS = 5.0
"""How long a claim may wait for a line before permission is asked again."""
State = Message.State
TOLD: dict[str, str] = {
    State.REFUSED: facts.REFUSED,
    State.UNCERTAIN: facts.UNCERTAIN,
    State.WAITS: facts.HELD,
}


@dataclass(slots=True)
class _Case:
    """A message that is being decided."""

    message: Message
    account: Account
    content: Content | Maker
    person: Person | None = None
    place: tuple[str, str, str] | None = None
    is_new: bool = False
    is_claimed: bool = False
    is_resting: bool = False
    hold: Hold | None = None
    was: str = ""

    @property
    def is_news(self) -> bool:
        """Whether there is something to tell: that it waits is told once for each cause."""
        is_as_before = (
            self.message.state == State.WAITS and not self.is_new and self.was == self.message.because
        )
        return self.message.state in TOLD and not is_as_before

    @property
    def wanted(self) -> Wanted | None:
        message = self.message
        if self.person is None or self.place is None:
            return None
        means = CHANNELS.get(message.adapter).means or message.adapter
        request = Request(self.person.pk, self.place, means, message.purpose, message.topic)
        return Wanted(request, message.key, self.person.zone or zone_usual())


@transaction.atomic
def claim_many(drafts: Sequence[Draft], *, now: datetime) -> tuple[list[Fate], list[Claimed]]:
    """Return the fate of each, in order, and those that leave now. Raises DraftWrong, SealBroken.

    A few hundred at a time: all of them are claimed for ten minutes from now.
    """
    if len({each.key for each in drafts}) < len(drafts):
        raise DraftWrong(gettext_noop("Two messages of one call have the same key."))
    accounts = _accounts(drafts)
    opened = {pk: account_open(each) for pk, each in accounts.items()}
    people = _people(drafts)
    contacts_lock({each.pk for each in people.values()})
    keys = [each.key for each in drafts]
    held = {each.key: each for each in Message.objects.select_for_update().filter(key__in=keys)}
    cases = [_case(each, accounts[each.account], people.get(each.person), held, now) for each in drafts]
    _placed([each for each in cases if each.person is not None])
    _decided([each for each in cases if _is_due(each, now)], now)
    fates = [fate_of(each.message, is_new=each.is_new) for each in cases]
    return fates, [_claimed(each, opened[each.account.pk]) for each in cases if each.is_claimed]


def _accounts(drafts: Sequence[Draft]) -> dict[int, Account]:
    accounts = Account.objects.in_bulk({each.account for each in drafts})
    for draft in drafts:
        account = accounts.get(draft.account)
        if account is None:
            raise DraftWrong(
                gettext_noop("The message %(key)s names no account that there is."), key=draft.key
            )
        need = Ability.SEND if draft.person else Ability.PUBLISH
        if not CHANNELS.get(account.adapter).may(need):
            words = gettext_noop("%(account)s cannot do what the message %(key)s asks for: %(need)s.")
            raise DraftWrong(words, account=account.name, key=draft.key, need=need.value)
        if not 0 < len(draft.key) <= KEY_LONGEST or (draft.person and not draft.purpose):
            words = gettext_noop("A message has a key of at most %(most)s characters, and a purpose.")
            raise DraftWrong(words, most=KEY_LONGEST)
    return accounts


def _people(drafts: Sequence[Draft]) -> dict[int, Person]:
    """Return people by the key under which they are named; who was merged is whom he was merged into."""
    named = {each.person for each in drafts if each.person}
    found = Person.objects.in_bulk(named)
    for pk in named:
        if pk not in found:
            raise DraftWrong(gettext_noop("There is no person %(person)s."), person=pk)
    return {pk: standing(found[pk]) for pk in named}


def _case(
    draft: Draft, account: Account, person: Person | None, held: dict[str, Message], now: datetime
) -> _Case:
    message = held.get(draft.key)
    is_new = message is None
    if message is None:
        kept = draft.content if isinstance(draft.content, Content) else None
        message = Message(
            uid=message_uid(draft.key),
            key=draft.key,
            account=account,
            adapter=account.adapter,
            purpose=draft.purpose,
            topic=draft.topic,
            to=draft.to,
            campaign=draft.campaign,
            about_kind=draft.about_kind,
            about=draft.about,
            subject=(kept.subject if kept else draft.subject)[:200],
            body=kept_body(kept) if kept else None,
            created_at=now,
        )
        message.person = person
    if message.person_id != (person.pk if person else None):
        raise DraftWrong(
            gettext_noop("The key %(key)s is that of a message to somebody else."), key=draft.key
        )
    return _Case(message, account, draft.content, person, is_new=is_new, was=message.because)


def _placed(cases: Iterable[_Case]) -> None:
    """Find the address of each: the one that is named if it is the person's, else the one that is used."""
    by_person = {each.person.pk: each for each in cases if each.person is not None}
    known: dict[int, list[Identity]] = {}
    for identity in Identity.objects.filter(person__in=by_person).order_by("-is_main", "pk"):
        known.setdefault(identity.person_id, []).append(identity)
    for case in cases:
        kind, space = CHANNELS.get(case.account.adapter).identity or ("", "")
        for identity in known.get(case.person.pk if case.person else 0, []):
            is_asked = case.message.to in {"", identity.value, identity.key}
            if (identity.kind, identity.space) == (kind, space) and is_asked:
                case.place, case.message.to = identity.place, identity.value
                break


def _is_due(case: _Case, now: datetime) -> bool:
    """Return whether it is to be decided now: a new one, or one that waited until now."""
    message = case.message
    return case.is_new or (
        message.state == State.WAITS and (message.next_at is None or message.next_at <= now)
    )


def _decided(cases: list[_Case], now: datetime) -> None:
    """Ask permission and write down what was answered."""
    is_repeat = {each.message.key for each in cases if each.message.unknowns}
    _rested(cases, now)
    asked = [
        (each, wanted)
        for each in cases
        if (wanted := each.wanted) and each.account.is_on and not each.is_resting and each.hold is None
    ]
    answers = dict(
        zip(
            (each.message.key for each, _wanted in asked),
            reserve_many([wanted for _each, wanted in asked], at=now),
            strict=True,
        )
    )
    _counted(cases, answers, now)
    for case in cases:
        _settled(case, answers.get(case.message.key), now, is_repeat=case.message.key in is_repeat)
    Message.objects.bulk_create([each.message for each in cases if each.is_new])
    rows_write(
        [each.message for each in cases if not each.is_new],
        ["to", "state", "because", "tries", "next_at", "done_at", "body"],
    )
    idle = [each for each in cases if each.message.state == State.REFUSED or each.hold is not None]
    release_many(keys=[each.message.key for each in idle])
    facts.tell([(TOLD[each.message.state], each.message) for each in cases if each.is_news], now)


def _rested(cases: Iterable[_Case], now: datetime) -> None:
    """Mark those to addresses that rest, and to destinations that are left alone."""
    groups: dict[tuple[int, str], list[_Case]] = {}
    for case in cases:
        groups.setdefault((case.account.pk, case.message.purpose), []).append(case)
    for (account, purpose), mine in groups.items():
        found = resting({each.place for each in mine if each.place}, purpose, now=now)
        holds = domains_resting(account, [each.message.to for each in mine if each.place], purpose, now=now)
        for case in mine:
            case.is_resting = case.place in found
        for case, hold in zip((each for each in mine if each.place), holds, strict=True):
            case.hold = hold


def _counted(cases: Iterable[_Case], answers: dict[str, Reserved], now: datetime) -> None:
    """Take a place under the rates for whatever may leave; what finds none waits."""
    groups: dict[tuple[int, str], list[_Case]] = {}
    for case in cases:
        reserved = answers.get(case.message.key)
        is_free = case.account.is_on and not case.is_resting and case.hold is None
        if is_free and (case.person is None or (reserved is not None and reserved.answer.is_yes)):
            groups.setdefault((case.account.pk, case.message.purpose), []).append(case)
    for (account, purpose), mine in sorted(groups.items(), key=lambda each: each[0]):
        domains = [destination_of(each.message.to) for each in mine]
        holds = places_take(bounds_of(account), domains, purpose, now=now)
        for case, hold in zip(mine, holds, strict=True):
            case.hold = hold


def _settled(case: _Case, reserved: Reserved | None, now: datetime, *, is_repeat: bool) -> None:
    """Let a message be claimed, wait or be refused."""
    message = case.message
    if not case.account.is_on:
        message.state, message.because, message.next_at = State.WAITS, facts.ACCOUNT_OFF, now + LEASE
        return
    if case.hold is not None and not case.is_resting:
        message.state, message.because, message.next_at = State.WAITS, case.hold.because, case.hold.until
        return
    because, until = Because.NEEDED, None
    if case.person is not None:
        because = reserved.answer.because if reserved else Because.NOT_THERE
        until = reserved.answer.until if reserved else None
        is_yes = reserved is not None and reserved.answer.is_yes
    else:
        is_yes = True
    said = facts.RESTING if case.is_resting else because.value
    message.because = said if case.person is not None else ""
    if is_yes:
        message.state, message.next_at = State.CLAIMED, now + LEASE
        message.tries += 1
        case.is_claimed = True
    elif until is not None:
        message.state, message.next_at = State.WAITS, until
    else:
        message.state = State.UNCERTAIN if is_repeat else State.REFUSED
        message.next_at, message.done_at, message.body = None, now, None


def _claimed(case: _Case, opened: Opened) -> Claimed:
    message = case.message
    return Claimed(
        message=message.pk,
        key=message.key,
        uid=str(message.uid),
        tries=message.tries,
        to=message.to,
        name=str(case.person) if case.person and (case.person.name or case.person.given_name) else "",
        account=opened,
        account_key=case.account.pk,
        channel=CHANNELS.get(case.account.adapter),
        content=case.content,
        person=message.person_id or 0,
    )
