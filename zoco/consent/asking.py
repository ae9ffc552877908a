"""May somebody be written to? Consent first, then suppression, caps over all adapters, and hours.

What it says holds as long as the person's contact row is locked: see `services.reserve`. What it goes by is
read at once, with as many queries for a thousand people as for one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from zoco.consent.answers import Answer, Because
from zoco.consent.hours import Hours
from zoco.consent.models import Choice, Purpose, Rule, Standing
from zoco.consent.suppressing import NOT_EVEN_NEEDED, Place, suppressed
from zoco.kit.reading import moment_known, moment_of, rows_among, written

_STANDINGS = (
    "SELECT person_id, purpose, topic, adapter, state, since FROM zoco_consent_standing "
    "WHERE person_id = ANY_OF"
)
_COUNTED = (
    "SELECT person_id, purpose, at FROM zoco_consent_reservation "
    "WHERE is_released = %s AND at > %s AND person_id = ANY_OF"
)
_WISHES = (
    "SELECT person_id, most, days, paused_until FROM zoco_consent_contact "
    "WHERE person_id = ANY_OF ORDER BY person_id"
)
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


class Stand(NamedTuple):
    """What holds for a person, as a row of `Standing` says it."""

    purpose: str
    topic: str
    adapter: str
    state: str
    since: datetime


class Wish(NamedTuple):
    """How often somebody wants to be written to, as the contact row says it."""

    most: int | None = None
    days: int | None = None
    paused_until: datetime | None = None


@dataclass(slots=True)
class Known:
    """What answers go by, of some people: `sent` are the moments that count against caps, by purpose."""

    suppressed: dict[Place, set[str]]
    standings: dict[int, list[Stand]]
    wishes: dict[int, Wish]
    rules: dict[str, Rule]
    sent: dict[tuple[int, str], list[datetime]] = field(default_factory=dict)
    opens: dict[tuple[str, datetime, str], datetime | None] = field(default_factory=dict)
    """When hours open next, worked out once for all of a zone."""

    def rule(self, purpose: str) -> Rule:
        """Return the rule of a purpose; where none was written, the one that there is before."""
        return self.rules.get(purpose) or Rule(purpose=purpose)

    def next_open(self, rule: Rule, at: datetime, zone: str) -> datetime | None:
        """Return the first moment from `at` on at which a rule lets things leave; None without one."""
        key = (rule.purpose, at, zone)
        if key not in self.opens:
            hours = Hours(rule.opens_at, rule.closes_at, rule.weekdays)
            self.opens[key] = hours.next_open(at, zone)
        return self.opens[key]

    def add(self, request: Request, at: datetime) -> None:
        """Let a message count that was reserved meanwhile."""
        self.sent.setdefault((request.person, request.purpose), []).append(at)


def known_of(requests: Sequence[Request], *, at: datetime, wishes: dict[int, Wish] | None = None) -> Known:
    """Read what is known of whom these are about; lock their contact rows before, where it must hold."""
    people = {each.person for each in requests}
    known = Known(
        suppressed(each.place for each in requests),
        {},
        wishes_of(people) if wishes is None else wishes,
        {each.purpose: each for each in Rule.objects.all()},
    )
    for person, purpose, topic, adapter, state, since in rows_among(_STANDINGS, [], people):
        stand = Stand(purpose, topic, adapter, state, moment_known(since))
        known.standings.setdefault(person, []).append(stand)
    purposes = {each.purpose for each in requests} - {Purpose.TRANSACTIONAL}
    days = [rule.days for rule in map(known.rule, purposes) if rule.most]
    days += [each.days for each in known.wishes.values() if each.most and each.days]
    if days:
        earliest = written(at - timedelta(days=max(days)))
        for person, purpose, sent_at in rows_among(_COUNTED, [False, earliest], people):
            if purpose in purposes:
                known.sent.setdefault((person, purpose), []).append(moment_known(sent_at))
    return known


def wishes_of(people: Collection[int], *, lock: str = "") -> dict[int, Wish]:
    """Return what some people wish who have a contact row; `lock` ends a statement that locks those rows."""
    return {
        person: Wish(most, days, moment_of(until))
        for person, most, days, until in rows_among(_WISHES + lock, [], people)
    }


_ANYTHING = Wish()


def may_contact(request: Request, *, at: datetime, zone: str) -> Answer:
    """Answer for one person at a moment; `zone` is the person's, or what stands for it."""
    return answered(request, known_of([request], at=at), at=at, zone=zone)


def answered(request: Request, known: Known, *, at: datetime, zone: str) -> Answer:
    """Answer by what is known."""
    said = _suppressed(request, known) or _agreed(request, known)
    if not said.is_yes or request.purpose == Purpose.TRANSACTIONAL:
        return said
    return _in_time(request, said, known, at, zone)


def _suppressed(request: Request, known: Known) -> Answer | None:
    whys = known.suppressed.get(request.place, set())
    if whys.intersection(NOT_EVEN_NEEDED):
        return Answer(False, Because.DEAD)
    wants_no_marketing = whys and request.purpose != Purpose.TRANSACTIONAL
    return Answer(False, Because.SUPPRESSED) if wants_no_marketing else None


def _agreed(request: Request, known: Known) -> Answer:
    if request.purpose == Purpose.TRANSACTIONAL:
        return Answer(True, Because.NEEDED)
    standings = [
        each
        for each in known.standings.get(request.person, [])
        if each.purpose == request.purpose
        and each.topic in {"", request.topic}
        and each.adapter in {"", request.adapter}
    ]
    return weighed(standings, is_needed=request.purpose == Purpose.SERVICE)


def weighed(standings: Sequence[Standing | Stand], *, is_needed: bool) -> Answer:
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


def _outweighs(given: Standing | Stand, withdrawn: Standing | Stand) -> bool:
    is_within = withdrawn.topic in {"", given.topic} and withdrawn.adapter in {"", given.adapter}
    return is_within and given.since > withdrawn.since


def _in_time(request: Request, said: Answer, known: Known, at: datetime, zone: str) -> Answer:
    """Say when: a break, caps and hours push the moment on until all agree."""
    wishes = known.wishes if request.purpose == Purpose.MARKETING else {}
    wish = wishes.get(request.person) or _ANYTHING
    rule = known.rule(request.purpose)
    sent = known.sent.get((request.person, request.purpose), [])
    moment, because = at, said.because
    for _round in range(ROUNDS):
        before = moment
        if wish.paused_until and wish.paused_until > moment:
            moment, because = wish.paused_until, Because.PAUSED
        free_at = _free_at(sent, rule, wish, moment) if sent else moment
        if free_at > moment:
            moment, because = free_at, Because.CAP
        opens_at = known.next_open(rule, moment, zone)
        if opens_at is None:
            return Answer(False, Because.NEVER_OPEN)
        if opens_at > moment:
            moment, because = opens_at, Because.HOURS
        if moment == before:
            return said if moment == at else Answer(False, because, moment)
    return Answer(False, Because.NEVER_OPEN)


def _free_at(sent: Sequence[datetime], rule: Rule, wish: Wish, at: datetime) -> datetime:
    """Return the first moment from `at` on at which one more message stays within all caps."""
    found = at
    for most, days in ((rule.most, rule.days), (wish.most or 0, wish.days or 0)):
        if not most or not days:
            continue
        window = timedelta(days=days)
        counted = sorted((each for each in sent if each > found - window), reverse=True)
        if len(counted) >= most:
            found = max(found, counted[most - 1] + window)
    return found
