"""May somebody be written to? Consent first, then suppression, caps over all adapters, and hours.

What it says holds as long as the person's contact row is locked: see `services.reserve`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zoco.consent.answers import Answer, Because
from zoco.consent.hours import Hours
from zoco.consent.models import Choice, Contact, Purpose, Reservation, Rule, Standing
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, suppressed

ROUNDS = 20
"""How often a cap and hours may push one another on before it is called never."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent to whom: `place` is the address, as an identity is compared."""

    person: int
    place: Place
    adapter: str
    purpose: str
    topic: str = ""


def may_contact(request: Request, *, at: datetime, zone: str) -> Answer:
    """Answer for one person at a moment; `zone` is the person's, or what stands for it."""
    said = _suppressed(request) or _agreed(request)
    if not said.is_yes or request.purpose == Purpose.TRANSACTIONAL:
        return said
    return _in_time(request, said, at, zone)


def _suppressed(request: Request) -> Answer | None:
    whys = suppressed([request.place]).get(request.place, set())
    if whys.intersection(NOT_EVEN_NEEDED):
        return Answer(False, Because.DEAD)
    wants_no_marketing = whys and request.purpose != Purpose.TRANSACTIONAL
    return Answer(False, Because.SUPPRESSED) if wants_no_marketing else None


def _agreed(request: Request) -> Answer:
    if request.purpose == Purpose.TRANSACTIONAL:
        return Answer(True, Because.NEEDED)
    standings = Standing.objects.filter(
        person=request.person,
        purpose=request.purpose,
        topic__in=("", request.topic),
        adapter__in=("", request.adapter),
    )
    return weighed(list(standings), is_needed=request.purpose == Purpose.SERVICE)


def weighed(standings: Sequence[Standing], *, is_needed: bool) -> Answer:
    """Weigh what somebody chose, in general and in particular.

    A refusal holds until something as particular is agreed to, later: who wants nothing more and then
    signs up to a topic gets that topic, who leaves a topic does not get it back by agreeing to all.
    """
    given = [each for each in standings if each.state == Choice.State.GIVEN]
    for each in standings:
        if each.state == Choice.State.WITHDRAWN and not any(_outweighs(yes, each) for yes in given):
            return Answer(False, Because.WITHDRAWN)
    if given:
        return Answer(True, Because.AGREED)
    if is_needed:
        return Answer(True, Because.NEEDED)
    was_asked = any(each.state == Choice.State.ASKED for each in standings)
    return Answer(False, Because.NOT_CONFIRMED if was_asked else Because.NEVER_AGREED)


def _outweighs(given: Standing, withdrawn: Standing) -> bool:
    is_within = withdrawn.topic in {"", given.topic} and withdrawn.adapter in {"", given.adapter}
    return is_within and given.since > withdrawn.since


def _in_time(request: Request, said: Answer, at: datetime, zone: str) -> Answer:
    """Say when: a break, caps and hours push the moment on until all agree."""
    contact = Contact.objects.filter(person=request.person).first() or Contact()
    rule = Rule.objects.filter(purpose=request.purpose).first() or Rule(purpose=request.purpose)
    hours = Hours(rule.opens_at, rule.closes_at, rule.weekdays)
    moment, because = at, said.because
    for _round in range(ROUNDS):
        before = moment
        if contact.paused_until and contact.paused_until > moment:
            moment, because = contact.paused_until, Because.PAUSED
        free_at = _free_at(request, rule, contact, moment)
        if free_at > moment:
            moment, because = free_at, Because.CAP
        opens_at = hours.next_open(moment, zone)
        if opens_at is None:
            return Answer(False, Because.NEVER_OPEN)
        if opens_at > moment:
            moment, because = opens_at, Because.HOURS
        if moment == before:
            return said if moment == at else Answer(False, because, moment)
    return Answer(False, Because.NEVER_OPEN)


def _free_at(request: Request, rule: Rule, contact: Contact, at: datetime) -> datetime:
    """Return the first moment from `at` on at which one more message stays within all caps."""
    found = at
    for most, days in ((rule.most, rule.days), (contact.most or 0, contact.days or 0)):
        if not most or not days:
            continue
        sent = Reservation.objects.filter(
            person=request.person,
            purpose=request.purpose,
            is_released=False,
            at__gt=found - timedelta(days=days),
        ).order_by("-at", "-pk")
        oldest = list(sent.values_list("at", flat=True)[most - 1 : most])
        if oldest:
            found = max(found, oldest[0] + timedelta(days=days))
    return found
