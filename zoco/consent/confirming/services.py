"""Ask somebody to confirm, a few times at most; what is confirmed is written down once.

Nothing that a form says of a person is believed before: until then nobody proved whose address it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.posting import Letter, letter_send
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.public.leaving import standing_held
from zoco.consent.public.preferring import ADAPTER, choice_give
from zoco.consent.public.tokens import PREFERENCES_HOLD_DAYS, LinkOld, LinkWrong, signed, token_mark, unsigned
from zoco.consent.services import EVERYWHERE, choice_record, contact_lock
from zoco.consent.signup.counting import outcome_count
from zoco.consent.signup.models import Form
from zoco.consent.suppressing import suppressed, unsuppress
from zoco.ledger.outbox.joining import join
from zoco.ledger.services import record
from zoco.people.doubles.likeness import mailbox
from zoco.people.identities import identity_read
from zoco.people.models import NUMBER_BASE, Identity, Person
from zoco.people.standing import standing_for
from zoco.people.writing import Incoming, people_write

LETTERS_MOST = 3
"""How many letters somebody is sent in WITHIN, whoever asks and for whatever."""
WITHIN = timedelta(days=7)
PAUSE = timedelta(minutes=5)
HOLDS = timedelta(days=7)
KEPT = timedelta(days=30)
"""How long after its end a question is kept that was never answered."""
FILLED = "consent.form.filled"
CONFIRMED = "confirmed"


class Asked(StrEnum):
    """What became of asking."""

    SENT = "asked"
    SOON = "asked_already"
    OFTEN = "too_often"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be confirmed by whom. `given` is what a form said: fields and attributes."""

    person: int
    to: str
    topics: tuple[str, ...]
    language: str
    proof: Mapping[str, str]
    form: str = ""
    site: int = EVERYWHERE
    known: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)
    onward: str = ""


@transaction.atomic
def confirmation_ask(asking: Asking, *, at: datetime) -> Asked:
    """Ask by a letter, which leaves in the background. What was asked a moment ago is not asked again.

    Nobody is asked whose address is suppressed for another reason than that nothing more was wanted.
    """
    contact_lock(asking.person)
    place = identity_read("email", asking.to).place
    if suppressed([place]).get(place, set()) - {Suppression.Why.UNSUBSCRIBED.value}:
        return Asked.SUPPRESSED
    recent = list(Confirmation.objects.filter(person=asking.person, asked_at__gt=at - WITHIN).order_by("-pk"))
    same = next((each for each in recent if _is_same(each, asking, at)), None)
    if same is not None and same.lettered_at is not None and same.lettered_at > at - PAUSE:
        return Asked.SOON
    if sum(each.letters for each in recent) + _letters_beside(asking, at) >= LETTERS_MOST:
        return Asked.OFTEN
    held = same or _made(asking, at)
    held.letters, held.lettered_at, held.expires_at = held.letters + 1, at, at + HOLDS
    held.save()
    from zoco.consent.confirming.tasks import confirmation_post  # it imports this module

    confirmation_post.enqueue(key=held.pk, number=held.letters)
    return Asked.SENT


def _letters_beside(asking: Asking, at: datetime) -> int:
    """Return how many letters went to other spellings of a mailbox: ana+1@ and ana+2@ are read by one Ana."""
    asked = Confirmation.objects.filter(mailbox=_mailbox(asking.to), asked_at__gt=at - WITHIN)
    return sum(asked.exclude(person=asking.person).values_list("letters", flat=True))


def _mailbox(address: str) -> str:
    """Return who reads an address, as far as it can be told: what follows a + leads to one, as a rule."""
    name, _at, host = mailbox(identity_read("email", address).key).rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def _is_same(held: Confirmation, asking: Asking, at: datetime) -> bool:
    mine = (held.topics, held.to, held.form, held.given, held.known, held.language)
    theirs = (
        list(asking.topics), asking.to, asking.form, dict(asking.given), asking.known, asking.language
    )  # fmt: skip
    return mine == theirs and held.confirmed_at is None and held.expires_at > at


def _made(asking: Asking, at: datetime) -> Confirmation:
    made = Confirmation.objects.create(
        person_id=asking.person, to=asking.to, mailbox=_mailbox(asking.to), topics=list(asking.topics),
        form=asking.form, site=asking.site, language=asking.language, proof=dict(asking.proof),
        given=dict(asking.given), known=asking.known, onward=asking.onward, asked_at=at,
        expires_at=at + HOLDS,
    )  # fmt: skip
    for topic in asking.topics:
        choice_record(
            person=asking.person, state=Choice.State.ASKED, proof=asking.proof, at=at, topic=topic,
            adapter=ADAPTER,
        )  # fmt: skip
    return made


def token_of(confirmation: Confirmation) -> str:
    """Return the token of a confirmation's link."""
    return signed(f"c.{confirmation.uid.hex}")


def confirmation_send(*, key: int, number: int, at: datetime) -> str:
    """Send the letter of this number; return why it cannot leave, "" if it left, will, or is not wanted."""
    from django.conf import settings

    held = Confirmation.objects.filter(pk=key, confirmed_at=None, expires_at__gt=at).first()
    if held is None:
        return ""
    root = str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")
    letter = Letter(
        key=f"confirm.{held.uid.hex}.{number}", person=held.person_id, to=held.to, language=held.language,
        link=root + reverse("zoco_confirm", args=[token_of(held)]),
        topics=tuple(topics_said(held.topics, held.language)), form=held.form,
    )  # fmt: skip
    return letter_send(letter, at=at)


def topics_said(keys: Sequence[str], language: str) -> list[str]:
    """Return names of topics in a language; a topic that is gone is called by its key."""
    known = {each.key: each.said("label", language) for each in Topic.objects.filter(key__in=keys)}
    return [known.get(key, key) for key in keys]


def confirmation_opened(token: str, *, at: datetime) -> Confirmation:
    """Return what a token is about. Raises LinkOld, LinkWrong."""
    word, _dot, uid = unsigned(token).partition(".")
    if word != "c" or len(uid) != 32:
        raise LinkWrong("It is no token of a confirmation.")
    held = Confirmation.objects.filter(uid=UUID(hex=uid)).first()
    if held is None or standing_for(held.person_id) is None:
        raise LinkOld("What it is about is not there any more.")
    if held.confirmed_at is None and held.expires_at <= at:
        raise LinkOld("It was not used in time.")
    return held


@transaction.atomic
def confirmation_confirm(*, token: str, at: datetime) -> Confirmation:
    """Write down that somebody confirmed; a second time changes nothing. Raises LinkOld, LinkWrong.

    That an address wanted nothing more ends with it; a complaint or a dead address does not.
    """
    held = confirmation_opened(token, at=at)
    person = standing_held(held.person_id)
    if person is None:
        return held
    contact_lock(person)  # before the question, as whoever asks does: else two could wait for one another
    held = Confirmation.objects.select_for_update().get(pk=held.pk)
    if held.confirmed_at is not None:
        return held
    proof = {**held.proof, "asked_at": held.asked_at.isoformat(), "token": token_mark(token)}
    for topic in held.topics:
        choice_give(person=person, topic=topic, proof=proof, at=at)
    named = identity_read("email", held.to)
    unsuppress(identity=named, why=Suppression.Why.UNSUBSCRIBED, at=at)
    Identity.objects.filter(person=person, kind=named.kind, key=named.key, proved_at=None).update(
        proved_at=at
    )
    held.confirmed_at = at
    held.save()
    if form := Form.objects.filter(key=held.form).first():
        outcome_count(form=form, outcome=CONFIRMED, at=at)
    given = held.given
    if given.get("fields") or given.get("attributes"):
        people_write([Incoming((named,), given.get("fields", {}), given.get("attributes", {}))], at=at)
    if held.language:
        Person.objects.filter(pk=person, language="").update(language=held.language, changed_at=at)
    if held.known and held.site:
        join(site=held.site, known=held.known, person=NUMBER_BASE | person, by="form", at=at)
    if held.form:
        form_told(
            form=held.form, site=held.site, person=person, topics=held.topics, language=held.language, at=at
        )
    return held


def form_told(
    *, form: str, site: int, person: int, topics: Sequence[str], language: str, at: datetime
) -> None:
    """Tell that somebody signed up by a form, with all that this form wants; journeys begin by it."""
    props = {"topics": ",".join(topics), "language": language}
    record(
        name=FILLED, site=site, at=at, person=NUMBER_BASE | person, verdict="server", subject_kind="form",
        subject=form, props={name: value for name, value in props.items() if value},
    )  # fmt: skip


def confirmations_prune(*, now: datetime) -> int:
    """Forget questions that nobody answered, and those answered so long ago that their page is over.

    That somebody was asked, what he agreed to and the proof of it stay among choices while he does.
    """
    never = Q(confirmed_at=None, expires_at__lt=now - KEPT)
    long_ago = Q(confirmed_at__lt=now - timedelta(days=PREFERENCES_HOLD_DAYS))
    return Confirmation.objects.filter(never | long_ago).delete()[0]
