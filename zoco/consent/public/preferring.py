"""What somebody gets, and what becomes of it when it is chosen anew by a link that came by letter."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from zoco.consent.asking import weighed
from zoco.consent.models import Choice, Purpose, Standing, Topic
from zoco.consent.public.leaving import choice_withdraw, standing_held
from zoco.consent.services import choice_record, contact_lock
from zoco.consent.suppressing import OWN_WILL, suppressed, unsuppress
from zoco.people.models import Identity

ADAPTER = "email"


@dataclass(frozen=True, slots=True)
class Offered:
    """A topic as somebody sees it."""

    key: str
    label: str
    note: str
    is_agreed: bool


def offered(person: int, language: str) -> list[Offered]:
    """Return what somebody may choose: open topics, and others that were agreed to.

    Nothing is agreed to as long as a complaint, or that nothing more is wanted, stops all letters.
    """
    standings = list(Standing.objects.filter(person=person, purpose=Purpose.MARKETING))
    is_left = bool(_whys(person).intersection(OWN_WILL))
    found = []
    for each in Topic.objects.all():
        is_agreed = _agreed(standings, each.key)
        if each.is_public or is_agreed:
            label, note = each.said("label", language), each.said("note", language)
            found.append(Offered(each.key, label, note, is_agreed and not is_left))
    return found


def _agreed(standings: Collection[Standing], topic: str) -> bool:
    mine = [each for each in standings if each.topic in {"", topic} and each.adapter in {"", ADAPTER}]
    return weighed(mine, is_needed=False).is_yes


@transaction.atomic
def preferences_save(
    *, person: int, chosen: Collection[str], language: str, proof: dict[str, str], at: datetime
) -> int:
    """Agree to what was ticked and leave what was not; what is so already is not written again.

    Returns how many choices were written. Whoever comes by a letter's link and newly ticks a topic takes back
    that nothing more was wanted, and a complaint; a dead address stays.
    """
    held = standing_held(person)
    if held is None:
        return 0
    person = held
    contact_lock(person)
    written, is_back = 0, False
    for each in offered(person, language):
        text = f"{each.label}: {each.note}" if each.note else each.label
        if each.key in chosen and not each.is_agreed:
            choice_give(person=person, topic=each.key, proof={**proof, "text": text}, at=at)
            written, is_back = written + 1, True
        elif each.key not in chosen and each.is_agreed:
            written += choice_withdraw(person=person, topic=each.key, proof=proof, at=at) is not None
    if is_back:
        own_will_lift(person, at=at)
    return written


def choice_give(*, person: int, topic: str, proof: dict[str, str], at: datetime) -> Choice:
    """Write down that somebody agreed to letters about a topic, also where a refusal is dated ahead."""
    refusals = Standing.objects.filter(
        person=person, purpose=Purpose.MARKETING, state=Choice.State.WITHDRAWN, topic__in=("", topic),
        adapter__in=("", ADAPTER), since__gte=at,
    )  # fmt: skip
    latest = refusals.order_by("-since").values_list("since", flat=True).first()
    if latest is not None:
        at = latest + timedelta(microseconds=1)
    return choice_record(
        person=person, state=Choice.State.GIVEN, proof=proof, at=at, topic=topic, adapter=ADAPTER
    )


def addresses_of(person: int) -> list[Identity]:
    """Return the e-mail addresses of somebody, the one that is used first."""
    rows = Identity.objects.filter(person=person, kind=Identity.Kind.EMAIL)
    return list(rows.order_by("-is_main", "pk"))


def own_will_lift(person: int, *, at: datetime) -> None:
    """Take back what the person himself wanted of his addresses: nothing more, or said by a complaint."""
    for each in addresses_of(person):
        for why in OWN_WILL:
            unsuppress(identity=each.place, why=why, at=at)


def is_stopped(person: int) -> bool:
    """Return whether all letters to somebody are stopped by what cannot be chosen: a dead address."""
    return bool(_whys(person).difference(OWN_WILL))


def _whys(person: int) -> set[str]:
    """Return why the address of somebody is suppressed to which letters go."""
    places = [each.place for each in addresses_of(person)[:1]]
    return suppressed(places).get(places[0], set()) if places else set()
