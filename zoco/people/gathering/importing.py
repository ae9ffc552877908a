"""People of an audience by hand: typed or from a file, a line each, by address or by number."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from zoco.kit.said import Said
from zoco.people.audiences.services import ADDED_MOST
from zoco.people.identities import IdentityWrong, identity_read
from zoco.people.models import Identity, Person

BYTES_MOST = 10_000_000
CHUNK = 500
SHOWN_MOST = 100


class ListWrong(Said, ValueError):
    """A list that cannot be read as a whole."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Who was found, and which lines name nobody, by their number."""

    people: list[int]
    missing: list[tuple[int, str]]


def list_read(raw: bytes) -> Listed:
    """Find who is named in the first column of each line: an e-mail address, a phone, a person's number.

    Of a table whose first line is a head, that line names nobody. Raises ListWrong.
    """
    if len(raw) > BYTES_MOST:
        words = gettext_noop("The list has more than %(most)s MB; part it.")
        raise ListWrong(words, most=BYTES_MOST // 1_000_000)
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ListWrong(gettext_noop("The list is not in UTF-8; save it so.")) from None
    if len(lines) > ADDED_MOST:
        raise ListWrong(gettext_noop("The list has more than %(most)s lines; part it."), most=ADDED_MOST)
    cells = [(number, _first(line)) for number, line in enumerate(lines, 1)]
    named = {number: (cell, _place(cell)) for number, cell in cells if cell}
    found = _owners({place for _cell, place in named.values() if place})
    people = [found[place] for _cell, place in named.values() if place in found]
    missing = [(number, cell) for number, (cell, place) in named.items() if place not in found]
    return Listed(people, missing)


def _first(line: str) -> str:
    for sign in (",", ";", "\t"):
        line = line.partition(sign)[0]
    return line.strip().strip("\"'").strip()


def _place(cell: str) -> tuple[str, str] | None:
    if cell.isascii() and cell.isdigit():
        return ("number", cell.lstrip("0")[:19])
    try:
        named = identity_read("email" if "@" in cell else "phone", cell)
    except IdentityWrong:
        return None
    return (named.kind, named.key)


def _owners(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str] | None, int]:
    by_kind: dict[str, list[str]] = {}
    for kind, key in places:
        by_kind.setdefault(kind, []).append(key)
    found: dict[tuple[str, str] | None, int] = {}
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            if kind == "number":
                pks = [int(key) for key in some if key and int(key) < 1 << 32]
                found |= {
                    (kind, str(pk)): pk
                    for pk in Person.objects.filter(pk__in=pks).values_list("pk", flat=True)
                }
            else:
                rows = Identity.objects.filter(kind=kind, space="", key__in=some)
                found |= {(kind, key): pk for key, pk in rows.values_list("key", "person_id")}
    return found
