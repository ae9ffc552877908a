"""Leave a topic, or all marketing, by a link: once written down, a second time changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest

from django.db import transaction

from zoco.consent.models import Choice, Purpose, Standing
from zoco.consent.public.tokens import Leaving, Preferring, person_mark
from zoco.consent.services import choice_record, contact_lock
from zoco.people.models import Person
from zoco.people.standing import standing_for


def topic_leave(*, leaving: Leaving, at: datetime) -> Choice | None:
    """Withdraw what a link is about; nothing where it is withdrawn already or nobody is there any more."""
    person = standing_for(leaving.person)
    if person is None:
        return None
    proof = {"form": "unsubscribe", "told_at": at.isoformat()}
    if leaving.message:
        proof["message"] = leaving.message
    return choice_withdraw(person=person, topic=leaving.topic, proof=proof, at=at)


@transaction.atomic
def choice_withdraw(*, person: int, topic: str, proof: Mapping[str, str], at: datetime) -> Choice | None:
    """Withdraw a topic, or all of marketing; nothing where it is withdrawn already.

    It outweighs also what is said to have been given later than now, by a clock that goes wrong. Of who was
    merged it is withdrawn for whoever stands for him.
    """
    held = standing_held(person)
    if held is None:
        return None
    person = held
    contact_lock(person)
    standings = Standing.objects.filter(person=person, purpose=Purpose.MARKETING)
    within = standings.filter(topic=topic) if topic else standings
    given = within.filter(state=Choice.State.GIVEN).order_by("-since").first()
    left = standings.filter(topic=topic, adapter="", state=Choice.State.WITHDRAWN).first()
    if left is not None and (given is None or given.since <= left.since):
        return None
    return choice_record(
        person=person,
        state=Choice.State.WITHDRAWN,
        proof=proof,
        at=max(at, given.since) if given else at,
        topic=topic,
    )


def standing_held(person: int) -> int | None:
    """Return who stands for a person, and let nobody be merged with him before the transaction ends.

    Else a choice could be written for somebody who was merged a moment ago, and hold for nobody.
    """
    found = standing_for(person)
    while found is not None:
        rows = Person.objects.select_for_update(no_key=True).filter(pk=found, merged_into=None)
        if rows.values_list("pk", flat=True).first() is not None:
            return found
        found = standing_for(found)
    return None


def is_another(meant: Leaving | Preferring) -> bool:
    """Return whether the number of whom a link means is somebody else's by now."""
    person = Person.objects.only("created_at").filter(pk=meant.person).first()
    return person is not None and not compare_digest(meant.mark, person_mark(person))
