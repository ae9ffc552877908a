"""Who reads a block: a condition is a plug (a tag, an audience), and a block names one as `tag:3`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.kit.plugs import Registry
from zoco.mail.letters.drafts import LetterWrong
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience
from zoco.people.models import Tag, Tagged


class Condition(ABC):
    """Something that is true for some people."""

    key: ClassVar[str]
    label: ClassVar[Promise]

    @abstractmethod
    def choices(self) -> Sequence[tuple[str, str]]:
        """Return (name, words) of all that may be chosen."""

    @abstractmethod
    def holding(self, name: str, people: Sequence[int]) -> set[int]:
        """Return for which of these people it is true. Raises LetterWrong for a name that is gone."""


CONDITIONS: Registry[Condition] = Registry("condition of blocks")


@CONDITIONS.plug
class TagCondition(Condition):
    """People who bear a tag."""

    key = "tag"
    label = pgettext_lazy("rule", "Tag")

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return all tags."""
        return [(str(pk), name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")]

    def holding(self, name: str, people: Sequence[int]) -> set[int]:
        """Return who bears it."""
        if not name.isdecimal() or not Tag.objects.filter(pk=int(name)).exists():
            words = gettext_noop("A tag that decides who reads a block is gone; choose another.")
            raise LetterWrong(words)
        rows = Tagged.objects.filter(tag=int(name), person__in=people)
        return set(rows.values_list("person", flat=True))


@CONDITIONS.plug
class AudienceCondition(Condition):
    """People who are in an audience, as it was counted last when the letter is made for them."""

    key = "audience"
    label = pgettext_lazy("sending", "Audience")

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return all audiences."""
        named = Audience.objects.order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in named]

    def holding(self, name: str, people: Sequence[int]) -> set[int]:
        """Return who is in."""
        kept = Audience.objects.filter(pk=int(name)) if name.isdecimal() and len(name) < 19 else None
        members = kept.values_list("members", flat=True).first() if kept is not None else None
        if members is None:
            words = gettext_noop("An audience that decides who reads a block is gone; choose another.")
            raise LetterWrong(words)
        there = unpacked(members)
        return {each for each in people if each in there}


def conditions_held(conditions: Iterable[str], people: Sequence[int]) -> dict[int, frozenset[str]]:
    """Return for each person which of some conditions are true; the queries grow with conditions only."""
    held: dict[int, set[str]] = {pk: set() for pk in people}
    for condition in sorted(conditions):
        kind, _sign, name = condition.partition(":")
        if kind not in CONDITIONS:
            words = gettext_noop("There is no condition %(kind)r; there are: %(kinds)s.")
            raise LetterWrong(words, kind=kind, kinds=", ".join(CONDITIONS.keys()))
        for pk in CONDITIONS.get(kind).holding(name, people):
            held[pk].add(condition)
    return {pk: frozenset(found) for pk, found in held.items()}
