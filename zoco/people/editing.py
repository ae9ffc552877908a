"""Changing one person by hand: each change is refused with a reason, or done and written down.

Before and after stand in the person's own history, which goes with the person; the log of changes of the
installation is told that somebody was changed, by number, and never what was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from zoco.kit import noting
from zoco.kit.said import Said
from zoco.people.attributes import Value
from zoco.people.identities import Named
from zoco.people.mains import mains_fill
from zoco.people.models import FIELDS, Edit, Identity, Note, Person, Tag, Tagged
from zoco.people.writing import Incoming, people_indexed, people_write

TAG_LONGEST = 80
NOTE_LONGEST = 5_000
HIDDEN = "•••"


class EditRefused(Said, ValueError):
    """A change of a person cannot be made; the message says why and what to do."""


class IdentityTaken(EditRefused):
    """An identity is somebody else's: `owner` is who."""

    def __init__(self, words: str, owner: Person, **places: object) -> None:
        super().__init__(words, **places)
        self.owner = owner


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes something, and when. A program has a name and no account."""

    at: datetime
    by: User | None = None
    name: str = ""


@transaction.atomic
def person_make(*, incoming: Incoming, hand: Hand) -> Person:
    """Add somebody who is not known yet. Raises IdentityTaken, NotOnePerson."""
    for each in incoming.identities:
        _hold_free(each, None)
    try:
        (written,) = people_write([incoming], at=hand.at)
    except IntegrityError:  # somebody else was quicker
        for each in incoming.identities:
            _hold_free(each, None)
        raise
    if written.person is None:
        raise written.why or EditRefused(gettext_noop("This person is not there any more; it was erased."))
    told(written.person, Edit.What.MADE, {}, hand)
    return written.person


@transaction.atomic
def person_change(
    *, person: Person, fields: Mapping[str, str], attributes: Mapping[str, Value | None], hand: Hand
) -> bool:
    """Set what is given, also to nothing; returns whether anything is different. Raises EditRefused."""
    mine = person_locked(person.pk)
    details: dict[str, list[Any]] = {}
    for name, said in fields.items():
        new = " ".join(said.split())[: FIELDS[name]]
        if new != getattr(mine, name):
            details[name] = [getattr(mine, name), new]
            setattr(mine, name, new)
    kept = dict(mine.attributes)
    for key, value in attributes.items():
        if value != kept.get(key):
            details[f"attributes.{key}"] = [kept.get(key), value]
            kept[key] = value
    mine.attributes = {key: value for key, value in kept.items() if value is not None}
    if details:
        _saved(mine, hand)
        told(mine, Edit.What.CHANGED, details, hand)
    return bool(details)


@transaction.atomic
def identity_add(*, person: Person, named: Named, hand: Hand) -> Identity:
    """Let a person be known by something more. Raises IdentityTaken, EditRefused."""
    mine = person_locked(person.pk)
    held = _hold_free(named, mine)
    if held is not None:
        return held
    other = mine.identities.filter(kind="external", space=named.space).first()
    if named.kind == "external" and other is not None:
        words = gettext_noop(
            "In %(space)s this person is %(has)s already; remove that first, or make this somebody else."
        )
        raise EditRefused(words, space=named.space, has=other.value)
    is_main = not mine.identities.filter(kind=named.kind, space=named.space).exists()
    try:
        with transaction.atomic():
            made = Identity.objects.create(
                person=mine, kind=named.kind, space=named.space, key=named.key, value=named.value,
                is_main=is_main, created_at=hand.at,
            )  # fmt: skip
    except IntegrityError:
        _hold_free(named, mine)
        raise
    _saved(mine, hand)
    told(mine, Edit.What.NAMED, {named.kind: [None, named.value]}, hand)
    return made


@transaction.atomic
def identity_use(*, person: Person, pk: int, hand: Hand) -> None:
    """Let this one of its kind and system be used from now on. Raises EditRefused for one that is gone."""
    mine = person_locked(person.pk)
    held = mine.identities.filter(pk=pk).first()
    if held is None:
        raise EditRefused(gettext_noop("This is not known of the person any more; choose another."))
    alike = mine.identities.filter(kind=held.kind, space=held.space)
    used = alike.order_by("-is_main", "pk")[0]
    if used.pk == held.pk:
        return
    alike.update(is_main=False)
    alike.filter(pk=pk).update(is_main=True)
    mine.changed_at = hand.at
    mine.save(update_fields=["changed_at"])
    told(mine, Edit.What.USED, {held.kind: [used.value, held.value]}, hand)


@transaction.atomic
def identity_remove(*, person: Person, pk: int, hand: Hand) -> None:
    """Let a person not be known by something any more. Raises EditRefused for the last one."""
    mine = person_locked(person.pk)
    held = mine.identities.filter(pk=pk).first()
    if held is None:
        return
    if mine.identities.count() == 1:
        words = gettext_noop(
            "%(value)s is all by which this person is known; add something else first, or erase the person."
        )
        raise EditRefused(words, value=held.value)
    held.delete()
    mains_fill(mine)
    _saved(mine, hand)
    told(mine, Edit.What.UNNAMED, {held.kind: [held.value, None]}, hand)


@transaction.atomic
def tag_add(*, person: Person, name: str, hand: Hand) -> None:
    """Let a person bear a tag. Raises EditRefused for none."""
    mine, name = person_locked(person.pk), " ".join(name.split())[:TAG_LONGEST]
    if not name:
        raise EditRefused(gettext_noop("Write the tag, such as a fair or an interest."))
    tag = Tag.objects.get_or_create(name=name)[0]
    if Tagged.objects.get_or_create(tag=tag, person=mine, defaults={"since": hand.at})[1]:
        told(mine, Edit.What.TAGGED, {"tags": [None, name]}, hand)


@transaction.atomic
def tag_remove(*, person: Person, name: str, hand: Hand) -> None:
    """Take a tag from a person. The tag itself stays: letters, journeys and audiences may ask for it."""
    mine = person_locked(person.pk)
    if Tagged.objects.filter(tag__name=name, person=mine).delete()[0]:
        told(mine, Edit.What.UNTAGGED, {"tags": [name, None]}, hand)


@transaction.atomic
def note_add(*, person: Person, text: str, hand: Hand) -> Note:
    """Write a note about a person. Raises EditRefused for an empty or endless one."""
    text = text.strip()
    if not text or len(text) > NOTE_LONGEST:
        words = gettext_noop("Write a note of at most %(most)s characters; this one has %(has)s.")
        raise EditRefused(words, most=NOTE_LONGEST, has=len(text))
    return Note.objects.create(person=person_locked(person.pk), text=text, by=hand.by, at=hand.at)


def note_remove(*, person: Person, pk: int) -> None:
    """Take a note away."""
    Note.objects.filter(person=person, pk=pk).delete()


def told(person: Person, what: Edit.What, details: Mapping[str, list[Any]], hand: Hand) -> None:
    """Write a change down: all of it with the person, that there was one in the log of changes."""
    by_name = hand.name or (hand.by.get_username() if hand.by else "")
    Edit.objects.create(
        person=person, what=what, details=dict(details), by=hand.by, by_name=by_name[:150], at=hand.at
    )
    action = "created" if what == Edit.What.MADE else "changed"
    hidden = {
        name.partition(".")[0]: [HIDDEN if each not in (None, "") else None for each in pair]
        for name, pair in details.items()
    }
    noting.note(
        action=action, kind=Person._meta.label_lower, name=f"#{person.pk}", details=hidden, by=hand.by
    )


def person_locked(key: int) -> Person:
    """Return a person to be changed. Raises EditRefused for one that is gone or merged."""
    found = Person.objects.select_for_update().filter(pk=key).first()
    if found is None:
        raise EditRefused(gettext_noop("This person is not there any more; it was erased."))
    if found.merged_into_id:
        raise EditRefused(gettext_noop("This person was merged into another; change that one."))
    return found


def _hold_free(named: Named, person: Person | None) -> Identity | None:
    """Return the identity if it is the person's own already. Raises IdentityTaken."""
    kind, space, key = named.place
    held = Identity.objects.select_related("person").filter(kind=kind, space=space, key=key).first()
    if held is not None and held.person != person:
        words = gettext_noop("%(value)s belongs to %(name)s; merge the two if they are one person.")
        raise IdentityTaken(words, held.person, value=named.value, name=str(held.person))
    return held


def _saved(person: Person, hand: Hand) -> None:
    person.changed_at = hand.at
    person.save()
    people_indexed([person])
