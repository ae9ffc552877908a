"""Facts of the past: written when all people of a file are there, as history that wakes nobody.

They go into the spool as whole tables, past the outbox, so that no subscriber hears of them. Their ids
follow from whom, what, when and the letter: whoever is killed begins again, and a file that comes twice adds
nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from django.db.models import Q

from zoco.kit import conf
from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.spool import BulkTable
from zoco.ledger.spool.instance import instance
from zoco.people.importing.past.cells import Past
from zoco.people.models import NUMBER_BASE, Identity

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.people.importing.made import Made

ORIGIN = "import"
ABOUT = "imported_letter"
"""Kind of the subject: its name is all that is known of a letter that another program sent."""
EVERYWHERE = 0
CHUNK, TABLE_ROWS = 1_000, 50_000
Place = tuple[str, str, str]
Fact = tuple[bytes, str, int, int, str, str, bytes]
"""Id, name, moment, person, verdict, letter, properties."""


def past_tell(rows: Iterable["Made"], *, program: str, at: datetime) -> Iterator[int]:
    """Write the facts of rows whose people are there; yields how many facts each few rows gave.

    A row that names nobody who is there, or two, tells nothing. It may be begun anew at any time.
    """
    waiting: dict[bytes, Fact] = {}
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        facts = {fact[0]: fact for fact in _facts([each for each in some if each.past.deeds], program)}
        waiting |= facts
        if len(waiting) >= TABLE_ROWS:
            _write(list(waiting.values()), program, at)
            waiting = {}
        yield len(facts)
    if waiting:
        _write(list(waiting.values()), program, at)


def deeds_counted(made: Iterable["Made"]) -> Counter[str]:
    """Return how much of the past rows tell that are not refused."""
    return Counter(deeds=sum(len(each.past.deeds) for each in made if each.wrong is None))


def _facts(made: Sequence["Made"], program: str) -> Iterator[Fact]:
    known = _known({named.place for each in made for named in each.identities})
    for each in made:
        owners = {known.get(named.place, (0, 0))[1] for named in each.identities}
        if each.wrong is None and len(owners) == 1 and (person := owners.pop()):
            place = min((named.place for named in each.identities), key=_rank)
            yield from _of_row(each.past, known[place][0], person, program)


def _rank(place: Place) -> tuple[bool, Place]:
    return place[0] != "email", place


def _of_row(past: Past, key: int, person: int, program: str) -> Iterator[Fact]:
    props = {"program": program} | ({"link": past.link} if past.link else {})
    for deed, moment in past.deeds:
        at = micros(moment)
        parts = (b"people.past", program.encode(), deed.key.encode(), key, at, past.letter.encode())
        number = UUID(uuid8(*parts, past.link.encode())).bytes
        yield (
            number, deed.fact, at, NUMBER_BASE | person, deed.verdict, past.letter,
            msgspec.json.encode(props),
        )  # fmt: skip


def _known(places: set[Place]) -> dict[Place, tuple[int, int]]:
    """Return the identities that are there, each with its own key and whose it is.

    The key stays when people are merged, so that the same file tells the same afterwards.
    """
    by_space: dict[tuple[str, str], list[str]] = {}
    for kind, space, key in places:
        by_space.setdefault((kind, space), []).append(key)
    wanted = Q()
    for (kind, space), keys in by_space.items():
        wanted |= Q(kind=kind, space=space, key__in=keys)
    rows = Identity.objects.filter(wanted) if by_space else Identity.objects.none()
    return {
        (kind, space, key): (pk, person)
        for pk, person, kind, space, key in rows.values_list("pk", "person_id", "kind", "space", "key")
    }


def _write(facts: Sequence[Fact], program: str, at: datetime) -> None:
    with BulkTable(conf.DATA() / "spool", instance(conf.DATA())) as segment:
        segment.write(_table(facts, program, micros(at)))


def _table(facts: Sequence[Fact], program: str, received_at: int) -> "pa.Table":
    import pyarrow as pa

    from zoco.ledger.spool.table import arrow_types

    ids, names, moments, people, verdicts, letters, props = zip(*facts, strict=True)
    size, types = len(facts), arrow_types()
    columns = {
        "id": ids, "site": [EVERYWHERE] * size, "name": names, "origin": [ORIGIN] * size,
        "occurred_at": moments, "received_at": [received_at] * size, "origin_key": [program] * size,
        "person": people, "verdict": verdicts, "subject_kind": [ABOUT if each else "" for each in letters],
        "subject": letters, "props": [each.decode() for each in props],
    }  # fmt: skip
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
