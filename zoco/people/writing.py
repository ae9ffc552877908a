"""Writing people: what somebody says of them is brought together with what is known, many at a time.

A form, the API and an import go the same way. What is said twice changes nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import router, transaction
from django.utils.translation import gettext_noop

from zoco.kit.rows import rows_add, rows_keyed, rows_write
from zoco.kit.said import Said
from zoco.people.attributes import Value, value_indexed
from zoco.people.finding import words_of
from zoco.people.identities import KINDS, Named
from zoco.people.models import (
    FIELDS,
    Attribute,
    AttributeValue,
    Identity,
    Person,
    Tag,
    Tagged,
    Word,
)

State = Literal["added", "changed", "same", "refused"]
Place = tuple[str, str, str]

_COLUMNS = [each.attname for each in Person._meta.concrete_fields]
_BLANK = [
    None if each.null or each.primary_key else each.get_default() for each in Person._meta.concrete_fields
]


class NotOnePerson(Said, ValueError):
    """What is said of somebody is true of nobody, or of two."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is said of one person. `fields` are of the person's own, `attributes` by key, already read.

    Attributes named in `earliest` are moments, and never become later than they are.
    """

    identities: tuple[Named, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Value] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    earliest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it. `person` is None only where it was refused, and `why` then says why."""

    state: State
    person: Person | None = None
    why: NotOnePerson | None = None


class _Desk:
    """All that is known of the people that some rows speak of, and what will be written."""

    def __init__(self, rows: Sequence[Incoming], at: datetime, *, only_blank: bool) -> None:
        self.at = at
        self.only_blank = only_blank
        self.owners: dict[Place, Person] = {}
        self.spaces: dict[tuple[int, str], str] = {}
        self.added: list[Person] = []
        self.named: list[tuple[Person, Named, bool]] = []
        self.mains: set[tuple[int, str, str]] = set()
        self.touched: dict[int, Person] = {}
        self.tags: dict[int, set[str]] = {}
        self.tagged: list[tuple[Person, str]] = []
        people = _people({each.place for row in rows for each in row.identities})
        rows_known = Identity.objects.filter(person__in=people)
        for person, kind, space, key in rows_known.values_list("person_id", "kind", "space", "key"):
            self._own((kind, space, key), people[person])
        marks = Tagged.objects.filter(person__in=people)
        for person, name in marks.values_list("person_id", "tag__name"):
            self.tags.setdefault(id(people[person]), set()).add(name)

    def _own(self, place: Place, person: Person) -> None:
        self.owners[place] = person
        self.mains.add((id(person), *place[:2]))
        if place[0] == "external":
            self.spaces[id(person), place[1]] = place[2]

    def write(self, row: Incoming) -> Written:
        """Bring one row together with what is known."""
        try:
            person = self._person(row)
        except NotOnePerson as wrong:
            return Written("refused", why=wrong)
        is_new = person is None
        if person is None:
            person = _blank(self.at)
            self.added.append(person)
        changes = [self._name(person, each) for each in row.identities]
        changes += [self._set(person, row), self._tag(person, row.tags)]
        if is_new or any(changes):
            person.changed_at = self.at
            self.touched[id(person)] = person
        return Written("added" if is_new else "changed" if any(changes) else "same", person)

    def _person(self, row: Incoming) -> Person | None:
        """Return whom a row speaks of, None for somebody new. Raises NotOnePerson."""
        if not row.identities:
            raise NotOnePerson(gettext_noop("It names nobody: no e-mail, no phone, no number of a system."))
        ordered = sorted(row.identities, key=_rank)
        person = next((self.owners[each.place] for each in ordered if each.place in self.owners), None)
        for each in ordered:
            owner = self.owners.get(each.place)
            if owner is not None and owner is not person:
                words = gettext_noop("%(value)s belongs to somebody else; merge the two if they are one.")
                raise NotOnePerson(words, value=each.value)
            has = self.spaces.get((id(person), each.space)) if each.kind == "external" else None
            if has not in {None, each.key}:
                words = gettext_noop("%(value)s is known in %(space)s as %(has)s, not as %(new)s.")
                known = next(other.value for other in ordered if other.place in self.owners)
                raise NotOnePerson(words, value=known, space=each.space, has=has, new=each.key)
        return person

    def _name(self, person: Person, named: Named) -> bool:
        if named.place in self.owners:
            return False
        is_main = (id(person), named.kind, named.space) not in self.mains
        self._own(named.place, person)
        self.named.append((person, named, is_main))
        return True

    def _set(self, person: Person, row: Incoming) -> bool:
        """Set what is said and not blank; what is there only where it may be changed."""
        is_changed = False
        for name, said in row.fields.items():
            has, new = getattr(person, name), " ".join(said.split())[: FIELDS[name]]
            if new and new != has and not (has and self.only_blank):
                setattr(person, name, new)
                is_changed = True
        for key, value in row.attributes.items():
            if key in row.earliest and str(person.attributes.get(key, value)) < str(value):
                continue
            if person.attributes.get(key) != value and not (key in person.attributes and self.only_blank):
                person.attributes = {**person.attributes, key: value}
                is_changed = True
        return is_changed

    def _tag(self, person: Person, tags: tuple[str, ...]) -> bool:
        has = self.tags.setdefault(id(person), set())
        new = {name.strip()[:80] for name in tags if name.strip()} - has
        has |= new
        self.tagged += [(person, name) for name in sorted(new)]
        return bool(new)

    def save(self) -> None:
        """Write it all."""
        changed = [each for each in self.touched.values() if each.pk]
        self._save_added()
        rows_write(changed, [*FIELDS, "attributes", "changed_at"])
        rows_add(
            Identity,
            ["person", "kind", "space", "key", "value", "is_main", "created_at"],
            [(each.pk, *named.place, named.value, is_main, self.at) for each, named, is_main in self.named],
        )
        names = dict.fromkeys(name for _person, name in self.tagged)
        tags = {name: Tag.objects.get_or_create(name=name)[0].pk for name in names}
        rows_add(
            Tagged,
            ["tag", "person", "since"],
            [(tags[name], each.pk, self.at) for each, name in self.tagged],
            is_ignoring=True,
        )
        fresh: dict[int, list[Named]] = {each.pk: [] for each in self.added}
        for person, named, _is_main in self.named:
            if person.pk in fresh:
                fresh[person.pk].append(named)
        people_indexed(self.touched.values(), fresh=fresh)

    def _save_added(self) -> None:
        own = [*FIELDS, "attributes", "created_at", "changed_at", "merged_into", "is_compared"]
        columns = [*own[:-2], "merged_into_id", "is_compared"]
        keys = rows_keyed(Person, own, [[getattr(each, name) for name in columns] for each in self.added])
        for each, key in zip(self.added, keys, strict=True):
            each.pk, each._state.adding, each._state.db = key, False, router.db_for_write(Person)


def _rank(named: Named) -> int:
    return KINDS.index(named.kind)


def _blank(at: datetime) -> Person:
    """Return somebody new, of whom nothing is known: past Django, which asks each field for it."""
    person = Person.from_db(None, _COLUMNS, _BLANK)
    person.attributes, person.created_at, person.changed_at = {}, at, at
    person._state.adding = True
    return person


def people_write(rows: Sequence[Incoming], *, at: datetime, only_blank: bool = False) -> list[Written]:
    """Write what is said of people; a result for each row, in order.

    `only_blank` changes nothing that is known. A few hundred at a time: all that is known of them is
    held in memory. Two who write the same new address at once: one of them gets an IntegrityError, and
    finds the person when it writes again.
    """
    with transaction.atomic():
        desk = _Desk(rows, at, only_blank=only_blank)
        written = [desk.write(row) for row in rows]
        desk.save()
    return written


def people_planned(rows: Sequence[Incoming], *, at: datetime, only_blank: bool = False) -> list[Written]:
    """Return what `people_write` would do with these. Nothing is written."""
    desk = _Desk(rows, at, only_blank=only_blank)
    return [desk.write(row) for row in rows]


def people_indexed(people: Iterable[Person], *, fresh: Mapping[int, Sequence[Named]] | None = None) -> None:
    """Make the rows anew by which people are found; `fresh` have none yet, and are known by these."""
    known, fresh = {each.pk: each for each in people}, fresh or {}
    kinds = {each.key: (each.pk, each.kind) for each in Attribute.objects.all()}
    names: dict[int, list[Identity | Named]] = {pk: [*fresh.get(pk, [])] for pk in known}
    if old := [pk for pk in known if pk not in fresh]:
        for each in Identity.objects.filter(person__in=old):
            names[each.person_id].append(each)
        Person.objects.filter(pk__in=old, is_compared=True).update(is_compared=False)
        Word.objects.filter(person__in=old).delete()
        AttributeValue.objects.filter(person__in=old).delete()
    current = [each for each in known.values() if each.merged_into_id is None]
    rows_add(
        Word,
        ["word", "person"],
        sorted((word, person.pk) for person in current for word in words_of(person, names[person.pk])),
    )
    rows_add(
        AttributeValue,
        ["attribute", "person", "text", "number"],
        [
            (kinds[key][0], person.pk, text, number)
            for person in current
            for key, value in person.attributes.items()
            if key in kinds
            for text, number in value_indexed(kinds[key][1], value)
        ],
    )


def _people(places: set[Place]) -> dict[int, Person]:
    """Return the people who have these identities, by key."""
    by_space: dict[tuple[str, str], list[str]] = {}
    for kind, space, key in places:
        by_space.setdefault((kind, space), []).append(key)
    found: set[int] = set()
    for (kind, space), keys in by_space.items():
        named = Identity.objects.filter(kind=kind, space=space, key__in=keys)
        found.update(named.values_list("person_id", flat=True))
    return {each.pk: each for each in Person.objects.filter(pk__in=found)} if found else {}
