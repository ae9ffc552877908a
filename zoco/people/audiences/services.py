"""Writes of audiences: made, changed, counted anew, and for those by hand, people put in and taken out."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.people.audiences.bitmaps import packed, unpacked
from zoco.people.audiences.counting import Counts, people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.models import NAME_LONGEST, Audience
from zoco.people.audiences.rules import Node, RuleWrong, rules_read, rules_write
from zoco.people.audiences.telling import change_write, row_write
from zoco.people.models import Person
from zoco.sites.wording import packed_said

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)
"""How often one by rules is counted; less often where counting takes long."""
SHARE = 100
ADDED_MOST = 100_000
CHUNK = 500
UNCOUNTABLE = (RuleWrong, LeafWrong, StoreBusy, QueryFailed, OverflowError)


class AudienceWrong(Said, ValueError):
    """An audience cannot be so; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Who fits some rules, how many fit each rule by itself, and how long it took."""

    people: BitMap
    counts: Counts
    seconds: float


def rules_count(node: Node, *, at: datetime, store: "Store | None" = None, within: int = 0) -> Counted:
    """Count a tree now, without writing; `within` is the audience whose tree it is.

    Raises LeafWrong, QueryFailed, StoreBusy, OverflowError.
    """
    began = time.perf_counter()
    counts: Counts = {}
    asked = Asked(at, store, within=(within,) if within else ())
    with sitebook.everything():
        people = people_of(node, asked, counts)
    return Counted(people, counts, time.perf_counter() - began)


@transaction.atomic
def audience_write(
    *,
    name: str,
    kind: Audience.Kind,
    at: datetime,
    rules: Node | None = None,
    note: str = "",
    audience: Audience | None = None,
    by: User | None = None,
) -> Audience:
    """Make an audience, or change one; its kind stays. It is counted by whoever calls, or within a minute.

    Who is in may have changed since the audience was read, and stays. Raises AudienceWrong.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LONGEST:
        raise AudienceWrong(gettext_noop("Give it a name of at most %(most)s characters."), most=NAME_LONGEST)
    is_live = kind == Audience.Kind.LIVE
    if is_live and rules is None:
        raise AudienceWrong(gettext_noop("Put in one rule at least, or make it by hand."))
    if audience is None:
        audience = Audience(kind=kind, created_at=at, created_by=by)
    audience.name, audience.note, given = name, note.strip()[:200], ["name", "note"]
    if is_live and rules is not None:
        audience.rules, audience.due_at = rules_write(rules), at
        given += ["rules", "due_at"]
    try:
        with transaction.atomic():
            audience.save(update_fields=given if audience.pk else None)
    except IntegrityError:
        words = gettext_noop("There is an audience %(name)s already; choose another name.")
        raise AudienceWrong(words, name=name) from None
    return audience


@transaction.atomic
def audience_delete(*, audience: Audience) -> None:
    """Delete an audience. Raises AudienceWrong while another one's rules ask for it."""
    for other in Audience.objects.exclude(pk=audience.pk).exclude(rules={}).only("name", "rules"):
        if audience.pk in _asked_for(other.rules):
            words = gettext_noop("%(name)s asks for this audience; take that rule out first.")
            raise AudienceWrong(words, name=other.name)
    audience.delete()


def _asked_for(raw: Any) -> set[int]:
    """Return the audiences that written rules ask for, whatever else is wrong with them."""
    if isinstance(raw, list):
        return {key for each in raw for key in _asked_for(each)}
    if not isinstance(raw, dict):
        return set()
    own = {raw["audience"]} if raw.get("leaf") == "audience" and "audience" in raw else set()
    return own | {key for each in raw.values() for key in _asked_for(each)}


def audience_count(*, key: int, at: datetime, store: "Store | None" = None) -> Audience | None:
    """Count an audience by rules anew and write who entered and left; None where it is there no more.

    What cannot be counted stays as it was and says why. One that was changed meanwhile, or counted by
    somebody who began later, is left to that.
    """
    audience = Audience.objects.filter(pk=key, kind=Audience.Kind.LIVE).first()
    if audience is None:
        return None
    began, wrong, places, people = time.perf_counter(), "", dict[str, Any](), BitMap()
    try:
        with sitebook.everything():
            people = people_of(rules_read(audience.rules), Asked(at, store, within=(key,)))
    except UNCOUNTABLE as error:
        log.warning("Audience not counted. audience=%s kind=%s", key, type(error).__name__)
        wrong, places = packed_said(error) if isinstance(error, Said) else (str(error)[:500], {})
    seconds = time.perf_counter() - began
    with transaction.atomic():
        held = Audience.objects.select_for_update().filter(pk=key).first()
        if held is None or held.rules != audience.rules or (held.counted_at and held.counted_at > at):
            return held
        held.wrong, held.wrong_places, held.seconds = wrong, places, seconds
        held.due_at = at + max(EVERY, timedelta(seconds=seconds * SHARE))
        row_write(held, "wrong", "wrong_places", "seconds", "due_at")
        if not wrong:
            _let(held, people, at)
    return held


@transaction.atomic
def members_add(*, audience: Audience, people: Iterable[int], at: datetime) -> int:
    """Put people into an audience by hand; returns how many were not in. Raises AudienceWrong.

    Who was merged is put in as whoever stands for him.
    """
    held, keys = _by_hand(audience), list(dict.fromkeys(people))
    if len(keys) > ADDED_MOST:
        raise AudienceWrong(gettext_noop("At most %(most)s people at once."), most=ADDED_MOST)
    there: dict[int, int | None] = {}
    for start in range(0, len(keys), CHUNK):
        rows = Person.objects.filter(pk__in=[key for key in keys[start : start + CHUNK] if 0 < key < 1 << 32])
        there.update(rows.values_list("pk", "merged_into"))
    if gone := [key for key in keys if key not in there]:
        raise AudienceWrong(gettext_noop("There is no person %(key)s."), key=gone[0])
    before = unpacked(held.members)
    after = before | BitMap(_last(key, there) for key in keys)
    _let(held, after, at)
    return len(after) - len(before)


def _last(key: int, there: dict[int, int | None]) -> int:
    while into := there.get(key):
        if into not in there:
            there.update(Person.objects.filter(pk=into).values_list("pk", "merged_into"))
        key = into
    return key


@transaction.atomic
def members_remove(*, audience: Audience, people: Iterable[int], at: datetime) -> int:
    """Take people out of an audience by hand; returns how many were in. Raises AudienceWrong."""
    held = _by_hand(audience)
    before = unpacked(held.members)
    after = before - BitMap(key for key in people if 0 < key < 1 << 32)
    _let(held, after, at)
    return len(before) - len(after)


def _by_hand(audience: Audience) -> Audience:
    held = Audience.objects.select_for_update().get(pk=audience.pk)
    if held.kind != Audience.Kind.STATIC:
        words = gettext_noop("Who is in %(name)s follows from its rules; change those instead.")
        raise AudienceWrong(words, name=held.name)
    return held


def _let(audience: Audience, people: BitMap, at: datetime) -> None:
    """Let an audience, whose row is locked, have these people from now on."""
    before = unpacked(audience.members)
    audience.members, audience.size, audience.counted_at = packed(people), len(people), at
    row_write(audience, "members", "size", "counted_at")
    change_write(audience=audience, before=before, after=people, at=at)
