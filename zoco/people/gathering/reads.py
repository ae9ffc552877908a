"""What pages and the API say of audiences: overlaps, members, who came and went, as rows and as a file."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import npgettext
from pyroaring import BitMap

from zoco.kit.cells import csv_texts, disarmed, is_phone
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.bars import bar
from zoco.ledger.pictures.countries import country_name
from zoco.ledger.pictures.curves import Curve, curve
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.pictures.moments import day_of, zone
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.models import Identity, Person

DAYS = 90
OVERLAPS_MOST = 50
CHUNK = 500
COLUMNS = ("id", "name", "given_name", "family_name", "language", "country", "city", "email", "phone")


@dataclass(frozen=True, slots=True)
class Member:
    """A person as lists show one."""

    person: Person
    known_by: str
    url: str
    country: str
    language: str


def members(keys: Sequence[int]) -> list[Member]:
    """Return people in this order; those who are there no more are left out."""
    people = Person.objects.in_bulk(list(keys))
    named: dict[int, str] = {}
    for each in Identity.objects.filter(person__in=people).order_by("-is_main", "pk"):
        if each.kind != Identity.Kind.EXTERNAL:
            named.setdefault(each.person_id, each.value)
    return [_member(people[key], named.get(key, "")) for key in keys if key in people]


def _member(person: Person, known_by: str) -> Member:
    country = country_name(person.country) if person.country else ""
    language = language_name(person.language) if person.language else ""
    return Member(person, known_by, person_url(person.pk), country, language)


def person_url(key: int) -> str:
    """Return the address of a person's page, "" where nobody serves one."""
    try:
        return reverse("zoco_person", args=[key])
    except NoReverseMatch:
        return ""


def overlaps(people: BitMap, *, but: int = 0) -> list[dict[str, Any]]:
    """Return how many of these are in other audiences, the most first, with their share of these.

    Others are taken as they were when they were counted.
    """
    rows: list[tuple[int, Audience]] = []
    others = Audience.objects.exclude(pk=but).filter(size__gt=0).order_by("-size", "pk")
    for other in others.only("pk", "name", "members", "counted_at")[:OVERLAPS_MOST]:
        rows.append((people.intersection_cardinality(unpacked(other.members)), other))
    rows.sort(key=lambda row: -row[0])
    whole = max(len(people), 1)
    return [
        {
            "audience": other,
            "counted": moments.said(other.counted_at),
            "both": formats.count(both),
            "share": formats.percent(both / whole),
            "bar": bar(both, whole),
        }
        for both, other in rows
    ]


def sizes(audience: Audience, now: datetime) -> list[tuple[datetime, int]]:
    """Return the size at the end of each of the last days, from its first change on; today's is now."""
    here = now.astimezone(zone())
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    ends = [midnight - timedelta(days=number - 1) for number in range(DAYS, 0, -1)]
    changes = AudienceChange.objects.filter(audience=audience).order_by("at", "pk").values_list("at", "size")
    earlier = changes.filter(at__lt=ends[0]).last()
    found, size = [], earlier[1] if earlier else None
    known = deque(changes.filter(at__gte=ends[0]))
    for end in [*ends, now]:
        while known and known[0][0] < end:
            size = known.popleft()[1]
        if size is not None:
            found.append((min(end, now), size))
    return found


def picture(audience: Audience, now: datetime) -> SafeString | None:
    """Draw the sizes; None where there are none yet."""
    found = sizes(audience, now)
    if not found:
        return None
    said = npgettext(
        "size of an audience",
        "From %(first)s to %(last)s in %(days)s day; the least %(least)s, the most %(most)s.",
        "From %(first)s to %(last)s in %(days)s days; the least %(least)s, the most %(most)s.",
        len(found),
    )
    words = said % {
        "first": formats.count(found[0][1]), "last": formats.count(found[-1][1]), "days": len(found),
        "least": formats.count(min(size for _at, size in found)),
        "most": formats.count(max(size for _at, size in found)),
    }  # fmt: skip
    days = [day_of(at - timedelta(seconds=1)) for at, _size in found]
    drawn = Curve(
        values=[float(size) for _at, size in found],
        labels=[formats.day(day, year=False) for day in days],
        title=_("Size of %(name)s") % {"name": audience.name},
        words=words,
        is_whole=True,
    )
    return curve(drawn, formats.short, width=464, height=180)


def file(people: BitMap) -> Iterator[str]:
    """Return people as CSV in pieces, in the order of their keys."""
    yield from csv_texts(chain([COLUMNS], rows(people)))


def rows(people: BitMap) -> Iterator[list[str]]:
    """Return a row of cells for each, in the order of their keys; what a spreadsheet would run is text."""
    for start in range(0, len(people), CHUNK):
        keys = list(people[start : start + CHUNK])
        found = Person.objects.in_bulk(keys)
        ways: dict[tuple[int, str], str] = {}
        for each in Identity.objects.filter(person__in=found, kind__in=("email", "phone")).order_by(
            "-is_main", "pk"
        ):
            ways.setdefault((each.person_id, each.kind), each.value)
        for key in (key for key in keys if key in found):
            own = [getattr(found[key], name) for name in COLUMNS[1:-2]]
            cells = [str(key), *own, ways.get((key, "email"), ""), ways.get((key, "phone"), "")]
            yield [cell if is_phone(cell) else disarmed(cell) for cell in cells]
