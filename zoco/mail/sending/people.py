"""Whom a sending is for, before it starts and afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.channels.models import Message
from zoco.mail.counting.conf import COUNT_OPENS, LOOKS_DAYS
from zoco.mail.counting.models import Look
from zoco.mail.sending.models import Sending
from zoco.people.audiences.bitmaps import everybody, merged, unpacked
from zoco.people.models import Person
from zoco.trials.assigning import Arm, dealt


def people_of(sending: Sending) -> BitMap:
    """Return whom a sending is for: frozen once it was started, until then as it would be now."""
    if sending.state != Sending.State.DRAFT:
        return unpacked(sending.people)
    if sending.is_again:
        first = sending.again_of
        if first is None:
            return BitMap()
        return (unpacked(first.people) - opened_by(first)) & everybody()
    return unpacked(sending.audience.members) & everybody() if sending.audience else BitMap()


def opened_unknown(sending: Sending, *, now: datetime) -> str:
    """Return a sentence, to be translated, why it is not known who opened a sending; "" where it is."""
    if not COUNT_OPENS() or sending.legs.exclude(batch=None).filter(is_counted=False).exists():
        return gettext_noop(
            "Openings of this letter are not counted, so it is not known who did not open it: it would go to "
            "everybody again."
        )
    if sending.started_at is None or sending.started_at < now - timedelta(days=LOOKS_DAYS()):
        return gettext_noop(
            "This sending is so old that single openings are deleted already: it would go to everybody again."
        )
    return ""


def opened_by(sending: Sending) -> BitMap:
    """Return who opened a letter or followed a link in it, also those of whom that is not settled yet."""
    found = BitMap()
    seen = Look.objects.filter(verdict__in=(Look.Verdict.PERSON, "")).exclude(kind=Look.Kind.TRAP)
    for batch in sending.legs.exclude(batch=None).values_list("batch", flat=True):
        uids = seen.filter(batch=batch).values("message")
        rows = Message.objects.filter(batch=batch, uid__in=uids, person__isnull=False)
        found |= BitMap(rows.values_list("person", flat=True))
    return found


def there_now(people: BitMap) -> Iterator[int]:
    """Give those who are still there; for who was merged since, whoever stands for him."""
    gone = people - everybody()
    stand_for: set[int] = set()
    for key in gone & merged():
        into: int | None = key
        while into is not None and into in gone:
            into = Person.objects.filter(pk=into).values_list("merged_into", flat=True).first()
        if into is not None:
            stand_for.add(into)
    yield from (people - gone) | BitMap(stand_for)


def arm_sizes(sending: Sending, people: int, arms: int) -> list[int]:
    """Return how many people each arm of a test gets."""
    of = sample_size(sending, people)
    ends = [round(of * n / arms) for n in range(arms + 1)]
    return [end - begun for begun, end in pairwise(ends)]


def sample_size(sending: Sending, people: int) -> int:
    """Return how many people all arms of a test get together."""
    return -(-people * sending.test_share // 100)


def arms_dealt(sending: Sending, people: BitMap, arms: list[str]) -> dict[str, BitMap]:
    """Deal a fixed random sample of the people to the arms."""
    size = sample_size(sending, len(people))
    found = dealt(sending.trial, people, [Arm(each) for each in arms], size)
    return {arm: BitMap(units) for arm, units in found.items()}
