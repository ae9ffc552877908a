"""Merging people who turn out to be one, and taking it back.

The other's identities, tags and notes go over, and what the survivor lacks is filled in; what either said
differently, and which address is used, stays the survivor's. Never across two different numbers of one
system: those are two people there. Both histories say so, without names. Apps above that keep rows of people
register a Merger.
"""

from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.kit.plugs import Registry
from zoco.kit.said import Said
from zoco.ledger.outbox import joining
from zoco.people.editing import Hand, told
from zoco.people.mains import mains_given_back, mains_taken_over
from zoco.people.models import FIELDS, Edit, Identity, Merge, Note, Person, Tagged
from zoco.people.writing import people_indexed

State = dict[str, Any]
MOVED: dict[str, type[Identity] | type[Note] | type[Tagged]] = {
    "identities": Identity,
    "notes": Note,
    "tagged": Tagged,
}


class MergeRefused(Said, ValueError):
    """These two cannot be merged, or parted; the message says why."""


class Merger(Protocol):
    """Moves an app's rows from one person to another. `key` names the app.

    One whose rows others lock one after the other may have `hold(people)` besides: it locks them as those do,
    rows of lower apps first where they do so, and is called before any moves a row.
    """

    key: str

    def merge(self, person: int, into: int) -> State:
        """Move them; returns, as JSON, what `part` needs to restore both exactly."""

    def part(self, person: int, into: int, before: State) -> None:
        """Undo it. What was written for the survivor since then stays the survivor's."""


MERGERS: Registry[Merger] = Registry("merger")


@transaction.atomic
def people_merge(*, person: Person, into: Person, why: str, at: datetime, by: User | None = None) -> Merge:
    """Merge one person into another. Raises MergeRefused."""
    if person.pk == into.pk:
        raise MergeRefused(gettext_noop("This is one and the same person; choose another."))
    gone, kept = _locked(person.pk, into.pk)
    if gone.merged_into_id or kept.merged_into_id:
        raise MergeRefused(gettext_noop("Choose two people, neither of them merged already."))
    _hold_apart(gone, kept)
    tags = kept.tagged.values("tag")
    moved = {
        "identities": gone.identities.all(),
        "notes": gone.notes.all(),
        "tagged": gone.tagged.exclude(tag__in=tags),
    }
    before: State = {"gone": _plain(gone), "kept": _plain(kept)}
    before |= {name: sorted(rows.values_list("pk", flat=True)) for name, rows in moved.items()}
    before["mains"] = mains_taken_over(gone, kept)
    for name, model in MOVED.items():
        model.objects.filter(pk__in=before[name]).update(person=kept)
    for name in FIELDS:
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    kept.attributes = {**gone.attributes, **kept.attributes}
    gone.merged_into, gone.changed_at, kept.changed_at = kept, at, at
    before["filled"] = _plain(kept)
    before["apps"] = {each.key: each.merge(gone.pk, kept.pk) for each in MERGERS}
    _save(gone, kept)
    joining.merge(person=gone.number, into=kept.number, at=at)
    _told(gone, kept, Edit.What.MERGED, Hand(at, by))
    return Merge.objects.create(person=gone, into=kept, why=why[:200], by=by, at=at, before=before)


@transaction.atomic
def merge_undo(*, merge: Merge, at: datetime, by: User | None = None) -> Person:
    """Take a merge back; returns who is somebody again. Raises MergeRefused.

    What was changed of the survivor since then stays so; all else is as it was. The latest goes first: what
    an earlier one gave back would be the survivor's without what a later one made stricter.
    """
    gone, kept = _locked(merge.person_id, merge.into_id)
    merge.refresh_from_db()
    if merge.undone_at or gone.merged_into_id != kept.pk:
        raise MergeRefused(gettext_noop("This merge was undone already."))
    if kept.merged_into_id:
        raise MergeRefused(gettext_noop("Undo the later merge of %(name)s first."), name=str(kept))
    if later := _later(merge):
        raise MergeRefused(gettext_noop("Undo the later merge of %(name)s first."), name=str(later.person))
    before, filled = merge.before["kept"], merge.before["filled"]
    for name in (*FIELDS, "changed_at"):
        if _plain(kept)[name] == filled[name]:
            setattr(kept, name, before[name] if name in FIELDS else datetime.fromisoformat(before[name]))
    kept.attributes = _unfilled(kept.attributes, before["attributes"], filled["attributes"])
    for name, model in MOVED.items():
        model.objects.filter(pk__in=merge.before[name], person=kept).update(person=gone)
    mains_given_back(gone, kept, merge.before.get("mains", []))
    for each in MERGERS:
        if each.key in merge.before["apps"]:
            each.part(gone.pk, kept.pk, merge.before["apps"][each.key])
    gone.merged_into = None
    gone.changed_at = datetime.fromisoformat(merge.before["gone"]["changed_at"])
    _save(gone, kept)
    joining.part(person=gone.number, at=at)
    _told(gone, kept, Edit.What.PARTED, Hand(at, by))
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    return gone


def _locked(*keys: int) -> list[Person]:
    """Lock two people, but not against rows that name them: whoever adds one may hold what is wanted next."""
    both = Person.objects.select_for_update(no_key=True).order_by("pk").in_bulk(keys)
    if len(both) < len(keys):
        raise MergeRefused(gettext_noop("Choose two people; one of these is not there."))
    for each in MERGERS:
        if (hold := getattr(each, "hold", None)) is not None:
            hold(keys)
    return [both[key] for key in keys]


def _later(merge: Merge) -> Merge | None:
    """Return the last merge into the same person that still holds, if it is a later one."""
    others = Merge.objects.filter(into=merge.into_id, undone_at=None, pk__gt=merge.pk)
    return others.select_related("person").order_by("-pk").first()


def _save(gone: Person, kept: Person) -> None:
    gone.save()
    kept.save()
    people_indexed([gone, kept])


def _told(gone: Person, kept: Person, what: Edit.What, hand: Hand) -> None:
    for each in (gone, kept):
        told(each, what, {}, hand)


def _hold_apart(gone: Person, kept: Person) -> None:
    """Raise MergeRefused for two who are known to one system under two numbers."""
    systems = dict(kept.identities.filter(kind=Identity.Kind.EXTERNAL).values_list("space", "key"))
    for each in gone.identities.filter(kind=Identity.Kind.EXTERNAL):
        if each.space in systems:
            words = gettext_noop("In %(space)s they are two: %(one)s and %(other)s.")
            raise MergeRefused(words, space=each.space, one=each.key, other=systems[each.space])


def _plain(person: Person) -> State:
    """Return a person's fields as JSON keeps them."""
    fields = {name: getattr(person, name) for name in FIELDS}
    return {**fields, "attributes": person.attributes, "changed_at": person.changed_at.isoformat()}


def _unfilled(now: State, own: State, filled: State) -> State:
    """Return attributes without what a merge filled in, unless it was changed since."""
    kept = {}
    for key, value in now.items():
        if key not in filled or filled[key] != value:
            kept[key] = value
        elif key in own:
            kept[key] = own[key]
    return kept
