"""Files of people, as CSV or as a workbook: all that is known of them, so that importing it changes nothing.

Columns are the fields of all people, their ways to be known with each system, tags, and own fields. No cell
is run as a formula: an apostrophe stands before what a spreadsheet would run, also in a workbook, that may be
saved as CSV; the import takes it away again.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from pyroaring import BitMap

from zoco.kit.cells import csv_texts, is_phone
from zoco.people.attributes import Value
from zoco.people.giving.workbooks import WORKBOOK, workbook
from zoco.people.importing.mapping import OURS_ESCAPED
from zoco.people.importing.programs import OWN_MARK
from zoco.people.models import FIELDS, Attribute, Identity, Person, Tag

CHUNK = 500
SYSTEMS_MOST = 50


class Sheet:
    """The rows of some people, in the order of their keys; those that were merged are in nobody's file.

    Who they are is known before the first row, so nothing is searched twice: a million are some hundred
    kilobytes. Whoever is erased or merged meanwhile is left out.
    """

    def __init__(self, people: BitMap) -> None:
        self.people = people
        self.own = list(Attribute.objects.order_by("key"))
        spaces = Identity.objects.filter(kind__in=("external", "social")).order_by("kind", "space")
        self.spaces = list(spaces.values_list("kind", "space").distinct()[:SYSTEMS_MOST])

    @property
    def head(self) -> list[str]:
        """Return the names of the columns."""
        own = [f"own:{each.key}" for each in self.own]
        return [
            OWN_MARK,
            *FIELDS,
            "email",
            "phone",
            *(f"{kind}:{space}" for kind, space in self.spaces),
            "tags",
            *own,
        ]

    def rows(self) -> Iterator[list[str]]:
        """Yield a row of cells for each."""
        there = Person.objects.filter(merged_into=None).order_by("pk")
        for start in range(0, len(self.people), CHUNK):
            yield from self._some(list(there.filter(pk__in=list(self.people[start : start + CHUNK]))))

    def _some(self, people: Sequence[Person]) -> Iterator[list[str]]:
        keys = [each.pk for each in people]
        named: dict[tuple[int, str, str], list[str]] = {}
        for one in Identity.objects.filter(person__in=keys).order_by("-is_main", "pk"):
            value = one.key if one.kind == "phone" else one.value
            named.setdefault((one.person_id, one.kind, one.space), []).append(value)
        tags: dict[int, list[str]] = {}
        marks = Tag.objects.filter(tagged__person__in=keys).order_by("name")
        for key, name in marks.values_list("tagged__person", "name"):
            tags.setdefault(key, []).append(name)
        for person in people:
            pk = person.pk
            ways = [("email", ""), ("phone", ""), *self.spaces]
            yield [
                str(pk),
                *(getattr(person, name) for name in FIELDS),
                *(", ".join(named.get((pk, *way), [])) for way in ways),
                _tags(tags.get(pk, [])),
                *(_cell(person.attributes.get(each.key)) for each in self.own),
            ]


def csv_pieces(people: BitMap) -> Iterator[str]:
    """Yield a CSV of people in pieces; none is asked for before the one before it was taken."""
    sheet = Sheet(people)
    yield "\ufeff"
    yield from csv_texts(chain([sheet.head], ([*map(_disarmed, row)] for row in sheet.rows())))


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(OURS_ESCAPED) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    """Say whether it is a number, or numbers of phones: what a spreadsheet reckons of those is harmless."""
    return text[1:].replace(".", "", 1).isdigit() or all(map(is_phone, text.split(", ")))


def _tags(names: Sequence[str]) -> str:
    """Write tags in one cell; quoted, so that commas in them part nothing."""
    return ",".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names)


def _cell(value: Value | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "|".join(value)
        case int() | float():
            return repr(float(value)).removesuffix(".0")
    return str(value)


def export_named(people: BitMap, kind: str) -> tuple[Iterator[str] | Iterator[bytes], str]:
    """Return a file in pieces, and its type; `kind` is "csv" or "xlsx"."""
    if kind == "xlsx":
        sheet = Sheet(people)
        return workbook(sheet.head, ([*map(_disarmed, row)] for row in sheet.rows())), WORKBOOK
    return csv_pieces(people), "text/csv; charset=utf-8"
