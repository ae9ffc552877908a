"""How lists grew and shrank: who joined, and who left by unsubscribing, a dead address, a complaint, erasing.

A list is a topic, which people agreed to, or an audience. Of whoever was erased only a number is known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from pyroaring import BitMap

from zoco.consent.models import Choice, Purpose, Standing, Suppression, Topic
from zoco.consent.suppressing import hash_of
from zoco.ledger.store.base import Erasure
from zoco.mail.counting.scope import chunks
from zoco.mail.sending.models import ListErased
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.erasing import keys_of
from zoco.people.models import Identity

TOPIC, AUDIENCE = "topic", "audience"
PERSON, COUNTED_KEPT = "person", timedelta(days=90)
"""The kind of rows that say that somebody was counted: an erasure that was cut off counts no one anew."""
JOINED, UNSUBSCRIBED, BOUNCED, COMPLAINED, ERASED, OTHER = (
    "joined", "unsubscribed", "bounced", "complained", "erased", "other",
)  # fmt: skip
WHY = {
    Suppression.Why.DEAD: BOUNCED,
    Suppression.Why.COMPLAINT: COMPLAINED,
    Suppression.Why.UNSUBSCRIBED: UNSUBSCRIBED,
}
State = Choice.State


@dataclass(slots=True)
class Step:
    """A day or a week of a list: who came, who went and why, and how many there were at its end."""

    on: date
    counts: Counter[str] = field(default_factory=Counter)
    size: int = 0

    @property
    def left(self) -> int:
        """How many went."""
        return sum(self.counts.values()) - self.counts[JOINED]


def topic_steps(topic: str, *, since: datetime, now: datetime, zone: ZoneInfo, days: int) -> list[Step]:
    """Return a topic's steps of so many days each. Reads all choices about it."""
    events: list[tuple[datetime, str]] = []
    stopped = _stopped(topic)
    rows = Choice.objects.filter(purpose=Purpose.MARKETING, topic__in=(topic, ""), at__lte=now)
    rows = rows.exclude(state=State.ASKED).order_by("person", "at", "pk")
    is_in, person = False, 0
    for who, state, at in rows.values_list("person", "state", "at").iterator(5_000):
        if who != person:
            events += _ends(is_in, stopped.get(person), now)
            is_in, person = False, who
        if (state == State.GIVEN) is not is_in:
            is_in = state == State.GIVEN
            events.append((at, JOINED if is_in else UNSUBSCRIBED))
    events += _ends(is_in, stopped.get(person), now)
    gone = ListErased.objects.filter(kind=TOPIC, key=topic).values_list("on", "count")
    return _steps(events, gone, since, now, zone, days)


def _ends(is_in: bool, stopped: tuple[datetime, str] | None, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Give what ended somebody's being on a list although nobody chose it."""
    if is_in and stopped is not None and stopped[0] <= now:
        yield stopped


def _stopped(topic: str) -> dict[int, tuple[datetime, str]]:
    """Return who agreed and has an address that is not written to, since when, and why."""
    whys: dict[str, tuple[datetime, str]] = {}
    for mark, why, at in Suppression.objects.order_by("-at").values_list("hash", "why", "at"):
        whys[mark] = (at, WHY.get(Suppression.Why(why), OTHER))
    if not whys:
        return {}
    agreed = Standing.objects.filter(purpose=Purpose.MARKETING, topic__in=(topic, ""), state=State.GIVEN)
    found: dict[int, tuple[datetime, str]] = {}
    named = Identity.objects.filter(kind=Identity.Kind.EMAIL, person__in=agreed.values("person"))
    for person, space, key in named.values_list("person", "space", "key").iterator(5_000):
        if held := whys.get(hash_of((str(Identity.Kind.EMAIL), space, key))):
            found[person] = min(held, found.get(person, held))
    return found


def audience_steps(
    audience: Audience, *, since: datetime, now: datetime, zone: ZoneInfo, days: int
) -> list[Step]:
    """Return an audience's steps; whoever left by no reason of these does not fit its rules any more."""
    events: list[tuple[datetime, str]] = []
    first = since.astimezone(zone).date()
    changes = AudienceChange.objects.filter(audience=audience).order_by("at", "pk")
    for change in changes.iterator(100):
        events += [(change.at, JOINED)] * change.entered_size
        if not change.left_size:
            continue
        if change.at.astimezone(zone).date() < first:  # it counts for the size alone
            events += [(change.at, OTHER)] * change.left_size
            continue
        why = Counter(_why_left(unpacked(change.left), change.at).values())
        events += [(change.at, name) for name in why.elements()]
        events += [(change.at, OTHER)] * max(change.left_size - why.total(), 0)
    gone = ListErased.objects.filter(kind=AUDIENCE, key=str(audience.pk)).values_list("on", "count")
    return _steps(events, gone, since, now, zone, days)


def _why_left(people: BitMap, at: datetime) -> dict[int, str]:
    """Return why people left, of whom that is known."""
    found: dict[int, str] = {}
    for some in chunks(list(people)):
        out = Choice.objects.filter(
            person__in=some, state=State.WITHDRAWN, at__lte=at, at__gte=at - timedelta(days=2)
        )
        found |= dict.fromkeys(out.values_list("person", flat=True), UNSUBSCRIBED)
        marks: dict[str, int] = {}
        named = Identity.objects.filter(kind=Identity.Kind.EMAIL, person__in=some)
        for person, space, key in named.values_list("person", "space", "key"):
            marks[hash_of((str(Identity.Kind.EMAIL), space, key))] = person
        dead = Suppression.objects.filter(hash__in=list(marks), at__lte=at, at__gte=at - timedelta(days=2))
        for mark, why in dead.values_list("hash", "why"):
            found[marks[mark]] = WHY.get(Suppression.Why(why), OTHER)
    return found


def _steps(
    events: Iterable[tuple[datetime, str]],
    gone: Iterable[tuple[date, int]],
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    days: int,
) -> list[Step]:
    """Part what happened into steps; what happened before counts for the size at the first."""
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for at, name in events:
        counted[at.astimezone(zone).date()][name] += 1
    for on, count in gone:
        # Their choices went with them: they joined once, and left.
        counted[on][ERASED] += count
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    size = sum(_change(each, with_erased=False) for on, each in counted.items() if on < first)
    later = sum(each[ERASED] for on, each in counted.items() if on >= first)
    size += later  # they were still there then
    steps = []
    while first <= last:
        step = Step(first)
        for number in range(days):
            step.counts += counted.get(first + timedelta(days=number), Counter())
        size += _change(step.counts, with_erased=True)
        step.size = size
        steps.append(step)
        first += timedelta(days=days)
    return steps


def _change(counts: Counter[str], *, with_erased: bool) -> int:
    left = sum(counts.values()) - counts[JOINED] - (0 if with_erased else counts[ERASED])
    return counts[JOINED] - left


@transaction.atomic
def erased_count(erasure: Erasure) -> None:
    """Count on which lists people are who are about to be erased; each once, however often it is begun."""
    people = BitMap(key for key in keys_of(erasure) if key < 1 << 32)
    if not people:
        return
    on = datetime.fromtimestamp(erasure.at / 1_000_000, tz=ZoneInfo("UTC")).date()
    people = _uncounted(people, on)
    found: Counter[tuple[str, str]] = Counter()
    topics = set(Topic.objects.values_list("key", flat=True))
    for some in chunks(list(people)):
        agreed = Standing.objects.filter(person__in=some, purpose=Purpose.MARKETING, state=State.GIVEN)
        mine: dict[int, set[str]] = defaultdict(set)
        for person, topic in agreed.values_list("person", "topic"):
            mine[person] |= {topic} if topic else topics  # who agreed to all is on each list
        found.update((TOPIC, topic) for each in mine.values() for topic in each)
    for pk, members in Audience.objects.values_list("pk", "members").iterator(20):
        if count := len(unpacked(members) & people):
            found[AUDIENCE, str(pk)] += count
    for (kind, key), count in found.items():
        row, _is_new = ListErased.objects.get_or_create(kind=kind, key=key, on=on)
        ListErased.objects.filter(pk=row.pk).update(count=F("count") + count)


def _uncounted(people: BitMap, on: date) -> BitMap:
    """Return whom no erasure counted yet, and keep a keyed hash of each, until he is long gone."""
    ListErased.objects.filter(kind=PERSON, on__lt=on - COUNTED_KEPT).delete()
    new = BitMap()
    for some in chunks(list(people)):
        marks = {hash_of((PERSON, "", str(pk)))[:40]: pk for pk in some}
        rows = ListErased.objects.filter(kind=PERSON, key__in=list(marks))
        for mark in rows.values_list("key", flat=True):
            del marks[mark]
        ListErased.objects.bulk_create(ListErased(kind=PERSON, key=mark, on=on) for mark in marks)
        new.update(marks.values())
    return new
