"""Everything that is held of one person, for whoever asks what there is of him (GDPR, articles 15 and 20).

The rows are those that go when the person is erased: whatever an app keeps of people with a key of the
person is found by that key, so that nobody has to be told of it; the rest apps give. Facts come from the
ledger.
"""

import json
from collections.abc import Collection, Iterator
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience
from zoco.people.erasing import merged_with
from zoco.people.giving.others import GIVERS, Rows
from zoco.people.giving.timeline import everything, known_of
from zoco.people.importing.forgetting import rows_naming
from zoco.people.importing.models import PeopleImport
from zoco.people.models import AttributeValue, Identity, LikeKey, Likeness, Person, Word
from zoco.people.naming import subjects_named

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

MADE_ANEW = (AttributeValue, Likeness, LikeKey, Word)
"""Worked out from the others, or of two people."""


def person_told(*, store: "Store", person: Person) -> IO[bytes]:
    """Return a zip of all that is held: rows of the database as JSON, facts as one JSON object a line.

    It is an open file that goes when it is closed. The spool is drained before.
    """
    store.drain()
    everybody = sorted(merged_with([person.pk]))
    file = TemporaryFile()  # noqa: SIM115 - whoever answers with it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as pack:
        pack.writestr("person.json", _json(rows_held(everybody), indent=1))
        with pack.open("facts.ndjson", "w") as lines:
            for row in _named(everything(store, known_of(store, person.number))):
                lines.write(_json(row).encode() + b"\n")
    file.seek(0)
    return file


def _named(facts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Add to facts what their subjects are called, as timelines do."""
    names = subjects_named((row["subject_kind"], row["subject"]) for row in facts)
    for row in facts:
        name = names[row["subject_kind"], row["subject"]]
        yield row | {"subject_name": name} if name not in {"", row["subject"]} else row


def rows_held(people: Collection[int]) -> Rows:
    """Return the rows of all apps that are of these people, by the name of their table."""
    everybody: Any = Person.objects.filter(pk__in=people).order_by("pk").values()
    found: Rows = {Person._meta.label: list(everybody)}
    _below(Person, found[Person._meta.label], found)
    audiences = Audience.objects.filter(size__gt=0).order_by("pk").iterator(20)
    found[Audience._meta.label] = [
        {"name": each.name} for each in audiences if not unpacked(each.members).isdisjoint(_bitmap(people))
    ]
    named = Identity.objects.filter(person__in=people)
    found[PeopleImport._meta.label] = [{"cells": row[-1]} for row in rows_naming(named)]
    for each in GIVERS:
        for label, rows in each.rows(people).items():
            found.setdefault(label, []).extend(rows)
    return {label: rows for label, rows in found.items() if rows}


def _below(model: type[models.Model], rows: list[dict[str, Any]], found: Rows) -> None:
    """Add what would be deleted with these rows, and what would be deleted with that."""
    if not rows:
        return
    for relation in _owned(model):
        held = relation.related_model
        key = relation.field.target_field.attname
        wanted = held._base_manager.filter(**{f"{relation.field.name}__in": [row[key] for row in rows]})
        known = {row["id"] for row in found.get(held._meta.label, []) if "id" in row}
        new = [row for row in wanted.order_by("pk").values() if row.get("id") not in known]
        found.setdefault(held._meta.label, []).extend(new)
        _below(held, new, found)


def _owned(model: type[models.Model]) -> Iterator[Any]:
    for each in model._meta.get_fields(include_hidden=True):
        if each.auto_created and not each.concrete and (each.one_to_many or each.one_to_one):
            is_owned = getattr(each, "on_delete", None) is models.CASCADE
            if is_owned and each.related_model not in MADE_ANEW:
                yield each


def _bitmap(people: Collection[int]) -> Any:
    from pyroaring import BitMap

    return BitMap(key for key in people if key < 1 << 32)


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False, indent=indent)


class _Encoder(DjangoJSONEncoder):
    """Writes what JSON has no word for as text."""

    def default(self, o: Any) -> Any:
        """Return a text of anything."""
        try:
            return super().default(o)
        except TypeError:
            return o.hex() if isinstance(o, bytes) else str(o)
