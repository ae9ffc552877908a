"""What the subjects of facts are called in a timeline: each app names those of the kinds that it writes.

A kind that nobody names shows its subject as it stands in the ledger, such as the number of a product.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zoco.kit.plugs import Registry
from zoco.people.audiences.models import Audience


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """Names of one kind of subject. `names` gets subjects and leaves out whatever has no name (any more)."""

    key: str
    names: Callable[[Sequence[str]], Mapping[str, str]]


SUBJECTS: Registry[SubjectNames] = Registry("namer of subjects")
Said = Mapping[datetime, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class FactWords:
    """What a person said by a kind of fact, for whoever has a permission; `key` is the name of the fact.

    `said` gets a person and the moments of facts, and returns words, each with an address that has more.
    """

    key: str
    permission: str
    said: Callable[[int, Collection[datetime]], Said]


WORDS: Registry[FactWords] = Registry("words of facts")


def nameless(_subjects: Sequence[str]) -> Mapping[str, str]:
    """Name none: subjects that say nothing to a reader."""
    return {}


def subjects_named(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return how subjects are shown, by kind and subject: one question for each kind."""
    by_kind: dict[str, set[str]] = {}
    for kind, subject in subjects:
        by_kind.setdefault(kind, set()).add(subject)
    shown: dict[tuple[str, str], str] = {}
    for kind, mine in by_kind.items():
        names = SUBJECTS.get(kind).names(sorted(mine)) if kind in SUBJECTS else {each: each for each in mine}
        shown |= {(kind, each): names.get(each, "") for each in mine}
    return shown


def facts_worded(
    person: int, facts: Iterable[tuple[str, datetime]], may: Callable[[str], bool]
) -> dict[str, Said]:
    """Return what a person said by facts, by name and moment: one question for each name."""
    by_name: dict[str, set[datetime]] = {}
    for name, at in facts:
        if name in WORDS and may(WORDS.get(name).permission):
            by_name.setdefault(name, set()).add(at)
    return {name: WORDS.get(name).said(person, moments) for name, moments in by_name.items()}


def _audiences(subjects: Sequence[str]) -> Mapping[str, str]:
    keys = [int(each) for each in subjects if each.isascii() and each.isdigit() and len(each) < 19]
    return {str(pk): name for pk, name in Audience.objects.filter(pk__in=keys).values_list("pk", "name")}


SUBJECTS.add(SubjectNames("audience", _audiences))
for _kind in ("message", "confirmation", "person", "trial"):
    SUBJECTS.add(SubjectNames(_kind, nameless))
