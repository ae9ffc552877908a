"""What a filling does: finds or makes the person, and writes consent down or asks for it by letter.

Nothing that is typed proves whose address it is. So what is known of somebody is never changed before the
address is confirmed, and whoever left comes back by a confirmation alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from zoco.consent.confirming.services import Asked, Asking, confirmation_ask, form_told
from zoco.consent.models import Choice, Purpose, Standing, Topic
from zoco.consent.public.preferring import choice_give
from zoco.consent.signup.asking import FillForm
from zoco.consent.signup.challenges import challenge_spend
from zoco.consent.signup.counting import TAKEN
from zoco.consent.signup.models import Form
from zoco.consent.suppressing import suppressed
from zoco.ledger.outbox.joining import join
from zoco.people.identities import Named
from zoco.people.models import Identity, Person
from zoco.people.writing import Incoming, people_write

UNASKED = (Asked.OFTEN, Asked.SUPPRESSED)
"""Nobody who is new is made who is not even asked."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How a form came: the words that were agreed to, the page, the browser that consented (0: none)."""

    challenge: str
    language: str
    text: str
    page: str = ""
    way: str = ""
    known: int = 0
    is_slow: bool = False


@transaction.atomic
def form_fill(*, form: Form, filled: FillForm, filling: Filling, at: datetime) -> str:
    """Do all that a valid filling asks; returns what became of it. Raises ChallengeWrong."""
    challenge_spend(filling.challenge, form=form.key)
    named, topics = filled.named, filled.chosen
    person, is_new = _person(named, filling.language, at)
    whys = suppressed([named.place]).get(named.place, set())
    proof = _proof(form, topics, filling)
    is_back = bool(whys) or _has_left(person)
    confirmed = [each for each in topics if is_back or _is_asked(form, each, filling)]
    fields, own = filled.known
    if not confirmed:
        said = {"language": filling.language, **fields}
        people_write([Incoming((named,), said, own)], at=at, only_blank=not is_new)
    for each in topics:
        if each not in confirmed:
            choice_give(person=person.pk, topic=each.key, proof=proof, at=at)
    if confirmed:
        asking = Asking(
            person=person.pk, to=named.value, topics=tuple(each.key for each in confirmed),
            language=filling.language, proof=proof, form=form.key, site=form.site_id, known=filling.known,
            given={"fields": fields, "attributes": own}, onward=form.onward,
        )  # fmt: skip
        became = confirmation_ask(asking, at=at)
        if is_new and became in UNASKED:
            person.delete()
        return str(became)
    if filling.known and is_new:
        join(site=form.site_id, known=filling.known, person=person.number, by="form", at=at)
    form_told(
        form=form.key, site=form.site_id, person=person.pk, topics=[each.key for each in topics],
        language=filling.language, at=at,
    )  # fmt: skip
    return TAKEN


def is_asked(*, form: Form, filled: FillForm, filling: Filling) -> bool:
    """Return whether a filling asks for a letter, whoever has the address: all that an outsider is told."""
    return any(_is_asked(form, each, filling) for each in filled.chosen)


def _is_asked(form: Form, topic: Topic, filling: Filling) -> bool:
    return form.is_confirmed or topic.is_confirmed or filling.is_slow


def _person(named: Named, language: str, at: datetime) -> tuple[Person, bool]:
    """Return who has this address, and whether that is somebody new; who is known stays as he is."""
    kind, space, key = named.place
    is_known = Identity.objects.filter(kind=kind, space=space, key=key).exists()
    try:
        with transaction.atomic():
            (written,) = people_write([Incoming((named,), {} if is_known else {"language": language})], at=at)
    except IntegrityError:  # somebody wrote the same address meanwhile; now it is there
        (written,) = people_write([Incoming((named,))], at=at)
    if written.person is None:
        raise RuntimeError("One address is of one person, and was refused all the same.") from written.why
    return written.person, written.state == "added"


def _has_left(person: Person) -> bool:
    withdrawn = Standing.objects.filter(
        person=person, purpose=Purpose.MARKETING, state=Choice.State.WITHDRAWN
    )
    return withdrawn.exists()


def _proof(form: Form, topics: list[Topic], filling: Filling) -> dict[str, str]:
    words = {
        "form": form.key, "text": filling.text, "language": filling.language, "page": filling.page,
        "way": filling.way, "topics": ", ".join(each.said("label", filling.language) for each in topics),
    }  # fmt: skip
    return {name: value for name, value in words.items() if value}
