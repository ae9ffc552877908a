"""Whom a form made and who never confirmed is forgotten, where nothing else is known of him."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from pyroaring import BitMap

from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.posting import ABOUT
from zoco.consent.confirming.services import HOLDS, KEPT
from zoco.consent.models import Choice, Contact, Reservation, Standing
from zoco.ledger.erasing import facts_erase
from zoco.ledger.expr import to_sql
from zoco.ledger.store.base import Store
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.giving.person import MADE_ANEW
from zoco.people.importing.forgetting import rows_naming
from zoco.people.models import FIELDS, NUMBER_BASE, Audience, Identity, Person

MOST = 2_000
"""How many go at once, and are looked at together."""
WORKED_OUT = ("channels.message.", "people.audience.")
"""Facts of what became of letters, of which there are rows, and of audiences by rules, of which none are."""
OWN = (*MADE_ANEW, Choice, Confirmation, Contact, Identity, Reservation, Standing)
"""What there is of whoever was only asked; what it says is looked at apart."""


def strangers_forget(*, store: Store, now: datetime) -> int:
    """Erase those who did not confirm in time, as people are erased; returns how many, MOST of them."""
    store.drain()
    people = strangers(store=store, now=now)
    if people:
        facts_erase(store=store, persons=[NUMBER_BASE | pk for pk in people], at=now)
    return len(people)


def strangers(*, store: Store, now: datetime) -> list[int]:
    """Return whom a form made who was asked long ago, said nothing, and of whom nothing else is known."""
    asked, last = _only_asked(now - HOLDS - KEPT), 0
    found: list[int] = []
    put_in: BitMap | None = None
    # Of whom more is known stays here for good: as many as they are, they stand in nobody's way.
    while len(found) < MOST and (some := list(asked.filter(pk__gt=last).values_list("pk", flat=True)[:MOST])):
        last = some[-1]
        put_in = _put_in() if put_in is None else put_in
        alone = {pk for pk in some if pk not in put_in}
        found += sorted(alone - _in_files(alone) - _in_facts(alone, store)) if alone else []
    return found[:MOST]


def _put_in() -> BitMap:
    """Return who was put into an audience by hand."""
    found = BitMap()
    for audience in Audience.objects.filter(kind=Audience.Kind.STATIC).order_by("pk").iterator(20):
        found |= unpacked(audience.members)
    return found


def maybe_strangers(*, now: datetime) -> bool:
    """Return whether it is worth looking closer."""
    return _only_asked(now - HOLDS - KEPT).exists()


def _only_asked(before: datetime) -> models.QuerySet[Person]:
    """Return people who came with a question by a form and were never changed; rows of no app tell more."""
    mine = Choice.objects.filter(person=OuterRef("pk"))
    asked = mine.filter(state=Choice.State.ASKED, at=OuterRef("created_at"), proof__has_key="form")
    open_ones = Q(confirmed_at__isnull=False) | Q(expires_at__gte=before + HOLDS)
    blank = {each: "" for each in FIELDS if each != "language"}
    people = Person.objects.filter(
        Exists(asked), ~Exists(mine.exclude(state=Choice.State.ASKED)), ~Exists(mine.filter(at__gte=before)),
        ~Exists(Confirmation.objects.filter(open_ones, person=OuterRef("pk"))),
        created_at__lt=before, changed_at=F("created_at"), merged_into=None, attributes={}, **blank,
    )  # fmt: skip
    for held, name in _held():
        people = people.filter(~Exists(_telling(held).filter(**{name: OuterRef("pk")})))
    return people.order_by("pk")


def _held() -> Iterator[tuple[type[models.Model], str]]:
    relations: list[Any] = [*Person._meta.get_fields(include_hidden=True)]
    for each in relations:
        if each.auto_created and not each.concrete and each.related_model not in OWN:
            yield each.related_model, each.field.name


def _telling(held: type[models.Model]) -> models.QuerySet[Any]:
    """Return an app's rows but for the letters that ask, and what became of them."""
    names = {each.name for each in held._meta.concrete_fields}
    rows: models.QuerySet[Any] = held._base_manager.all()
    if "about_kind" in names:
        return rows.exclude(about_kind=ABOUT)
    return rows.exclude(message__about_kind=ABOUT) if "message" in names else rows


def _in_files(people: Collection[int]) -> set[int]:
    """Return those whom a row of a kept import names."""
    named = Identity.objects.filter(person__in=people)
    cells = " ".join(str(row[-1]) for row in rows_naming(named)).casefold()
    return {each.person_id for each in named if each.key.casefold() in cells} if cells else set()


def _in_facts(people: Collection[int], store: Store) -> set[int]:
    """Return those of whom the ledger tells more, and who have a browser."""
    import ibis

    from zoco.ledger.asking.people import TABLES
    from zoco.ledger.asking.statements.engines import table

    numbers = [NUMBER_BASE | pk for pk in people]
    facts, joins = table("facts"), ibis.table(ibis.schema(TABLES["visitor_person"]), name="visitor_person")
    told = facts.filter(facts.person.isin(numbers), *(~facts.name.startswith(each) for each in WORKED_OUT))
    asked = (told.select("person").distinct(), joins.filter(joins.person.isin(numbers)).select("person"))
    return {
        row["person"] ^ NUMBER_BASE
        for each in asked
        for row in store.query(to_sql(each, store.dialect)).to_pylist()
    }
