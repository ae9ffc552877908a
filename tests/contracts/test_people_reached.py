"""Whatever holds people is reached when two are merged, when that is undone, and when somebody is erased.

A model with a key of a person is asked by its rows, made here of every such model. What holds people
otherwise (sets of keys, addresses, hashes, what servers said) has no key by which it would go: each such
column is named below with what reaches it, or why it holds nobody. A new one makes this fail until it is.
"""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from pyroaring import BitMap

from zoco.consent.models import Suppression
from zoco.consent.suppressing import suppress
from zoco.kit.periods import micros
from zoco.ledger.erasing import ERASERS
from zoco.ledger.store.base import Erasure
from zoco.mail.inbox.models import SoftCount
from zoco.mail.inbox.resting import failure_count
from zoco.people.audiences.bitmaps import packed, unpacked
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_indexed, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 18, 12, tzinfo=UTC)
Model = type[models.Model]

PEOPLE_LIKE = {
    "address", "because", "email", "entered", "hash", "left", "mark", "marks", "members", "people", "person",
    "phone", "recipient", "sender", "to", "visitor",
}  # fmt: skip
SETS = {
    "zoco_mail.Leg.people": "sendings",
    "zoco_mail.Sending.people": "sendings",
    "zoco_people.Audience.members": "audiences",
    "zoco_people.AudienceChange.entered": "audiences",
    "zoco_people.AudienceChange.left": "audiences",
}
"""Sets of keys of people, and the eraser that takes somebody out of each."""
REACHED = SETS | {
    "zoco_ledger.OutboxRow.person": "outbox",
    "zoco_ledger.OutboxRow.visitor": "outbox",
    "zoco_mail.SoftCount.hash": "failures",
    "zoco_monitor.ExportDay.marks": "exports",
    "zoco_monitor.ExportDuty.marks": "exports",
}
NOBODY = {
    "zoco_channels.Proof.mark": "is of a request, made of a moment and a random word",
    "zoco_channels.Destination.because": "addresses in what a server said are masked",
    "zoco_channels.WarmUp.left": "counts",
    "zoco_consent.Suppression.hash": "stays, so that nobody who left is written to again",
    "zoco_consent.SuppressionEvent.hash": "tells why nobody who left is written to again",
    "zoco_mail.LetterLink.address": "is the same in everybody's letter",
    "zoco_mail.LinkFollowed.mark": "is of a link in everybody's letter",
    "zoco_mail.TallyKept.mark": "is of counts",
    "zoco_mail.TallyKept.fates": "is of messages by their numbers, not of whose they are",
    "zoco_mix.MixDraws.parquet": "is of sums of money and conversions",
    "zoco_monitor.Incident.mark": "is of an alarm",
    "zoco_project.Change.address": "is of who works here",
    "zoco_sites.GoneSite.left": "counts",
    "zoco_sites.Invitation.address": "is of who is to work here",
}
"""Why a column holds nobody although its name says that it may."""
STAY = {
    "zoco_people.Person": "whoever was merged stays, as nobody",
    "zoco_people.Merge": "tells of both",
    "zoco_people.Edit": "is the history of each",
    "zoco_people.Word": "made anew", "zoco_people.AttributeValue": "made anew",
    "zoco_people.LikeKey": "made anew", "zoco_people.Likeness": "is of two",
    "zoco_people.Tagged": "is what the survivor bears already",
    "zoco_consent.Contact": "is the lock and the limits of each",
    "zoco_consent.Standing": "is put together by the stricter",
    "zoco_research.Outcome": "is of each as he was studied; the next study takes both for one",
    "zoco_consent.Confirmation": "names whom it asked; confirmed, it counts for whoever stands for him",
}  # fmt: skip
"""Rows of whoever was merged that are not the survivor's, and why."""
TOLD = {"Change", "Edit", "Merge", "OutboxRow"}
"""What says that there was a merge, and stays when it is undone."""
OTHER = 1_000_000
"""Somebody who is in every set besides."""
numbers = count(1)


def ours() -> list[Model]:
    return [each for each in apps.get_models() if each.__module__.startswith("zoco.") and each._meta.managed]


def keys_of(model: Model) -> list[Any]:
    """Return a model's keys of people."""
    columns = (each for each in model._meta.concrete_fields if each.is_relation)
    return [each for each in columns if each.related_model is Person]


def goes_with_people(model: Model, met: frozenset[Model] = frozenset()) -> bool:
    """Say whether rows are deleted with a person, or with what is."""
    columns: list[Any] = list(model._meta.concrete_fields)
    for each in columns:
        if each.is_relation and each.remote_field.on_delete is models.CASCADE:
            related: Any = each.related_model
            if related is Person or (related not in met and goes_with_people(related, met | {model})):
                return True
    return False


def made(model: Model, person: Person) -> Any:
    """Return a row of a model: of a person, all that has no default filled with something."""
    given: dict[str, Any] = {}
    for each in model._meta.concrete_fields:
        related: Any = each.related_model
        if related is Person:
            given[each.name] = person
        elif each.is_relation and not each.null:
            given[each.name] = made(related, person)
        elif not (each.null or each.has_default() or each.primary_key):
            given[each.name] = _filled(each)
    return model._default_manager.create(**given)


def _filled(column: Any) -> Any:
    number = next(numbers)
    match column:
        case _ if column.choices:
            return column.choices[0][0]
        case models.DateTimeField():
            return NOW
        case models.DateField():
            return NOW.date()
        case models.UUIDField():
            return UUID(int=number)
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b""
        case models.CharField() | models.TextField():
            return f"x{number}"
    return number


def everything() -> dict[str, list[Any]]:
    """Return all rows of all our models but what is made anew under other keys."""
    found = {}
    for model in ours():
        if model.__name__ in TOLD:
            continue
        names = [each.attname for each in model._meta.concrete_fields]
        if model._meta.label in STAY and STAY[model._meta.label] == "made anew":
            names.remove("id")
        found[model._meta.label] = sorted(map(repr, model._default_manager.order_by().values_list(*names)))
    return found


@pytest.fixture
def two() -> tuple[Person, Person]:
    """Return two people of each of whom every model holds something, and every set holds both."""
    rows = [
        Incoming((identity_read("email", f"{name}@shop.example"),), {"name": name}, tags=("vip", name))
        for name in ("ana", "bea")
    ]
    kept, gone = (each.person for each in people_write(rows, at=NOW))
    assert kept is not None
    assert gone is not None
    for model in ours():
        if keys_of(model) and STAY.get(model._meta.label) not in ("made anew", "is of two", "tells of both"):
            for person in (kept, gone):
                if model is not Person:
                    made(model, person)
    for place in SETS:
        model, name = column_of(place)
        row = model._default_manager.first() or made(model, kept)
        setattr(row, name, packed(BitMap([kept.pk, gone.pk, OTHER])))
        if name == "members":
            row.size, row.kind = 3, "static"
        row.save()
    people_indexed([kept, gone])
    return kept, gone


def column_of(place: str) -> tuple[Any, str]:
    label, _dot, name = place.rpartition(".")
    return apps.get_model(label), name


def test_every_column_that_may_hold_people_is_reached_by_somebody() -> None:
    erasers = {each.key for each in ERASERS}
    found = set()
    for model in ours():
        for each in keys_of(model):
            is_own = model is Person
            assert is_own or each.remote_field.on_delete is models.CASCADE, f"{model._meta.label}.{each.name}"
        if model is not Person and not goes_with_people(model):
            columns = (each for each in model._meta.concrete_fields if not each.is_relation)
            found |= {
                f"{model._meta.label}.{each.name}"
                for each in columns
                if each.name in PEOPLE_LIKE or isinstance(each, models.BinaryField)
            }

    assert found == {*REACHED, *NOBODY}
    assert set(REACHED.values()) <= erasers


@pytest.mark.django_db
def test_merged_all_is_the_survivors_and_undone_all_is_as_it_was(two: tuple[Person, Person]) -> None:
    kept, gone = two
    before = everything()

    merge = people_merge(person=gone, into=kept, why="", at=LATER)

    left = {
        model._meta.label
        for model in ours()
        for each in keys_of(model)
        if model._default_manager.filter(**{each.name: gone.pk}).exists()
    }
    assert left <= set(STAY)
    merge_undo(merge=merge, at=LATER)
    assert everything() == before


@pytest.mark.django_db
def test_erased_nobody_is_left_in_any_table(two: tuple[Person, Person]) -> None:
    kept, gone = two
    named = identity_read("email", "bea@shop.example")
    failure_count(identity=named, weight=1.0, at=NOW)
    suppress(identity=named, why=Suppression.Why.DEAD, at=NOW)
    erasure = Erasure(at=micros(timezone.now()), site=0, visitors=(), persons=(gone.number,))

    for work in ("owe", "keep", "erase"):
        for eraser in ERASERS:
            if called := getattr(eraser, work, None):
                called(erasure)

    for model in ours():
        for each in keys_of(model):
            rows = model._default_manager.filter(**{each.name: gone.pk})
            assert not rows.exists(), model._meta.label
    for place in SETS:
        model, name = column_of(place)
        sets = [unpacked(kept) for kept in model._default_manager.values_list(name, flat=True) if kept]
        assert [list(each) for each in sets] == [[kept.pk, OTHER]], place
    assert not SoftCount.objects.exists()
    assert {len(each.hash) for each in Suppression.objects.all()} == {64}
    assert not User.objects.exists()
