"""What fills placeholders: each root (`person`, `links`, `data`) is a plug that knows its fields."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.kit.plugs import Registry
from zoco.kit.reading import rows_among
from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.letters.placeholders import HOLDS, ROWS_MOST, VALUE_LONGEST
from zoco.people.called import full_name
from zoco.people.models import Attribute, Identity, Person

DATA_SIZE_MOST = 64_000
DATA_DEPTH_MOST = 4
Values = dict[str, Any]


class Root(ABC):
    """One name with which placeholders begin, and how its fields are found for many people at once."""

    key: ClassVar[str]
    label: ClassVar[Promise]

    @abstractmethod
    def fields(self) -> Sequence[tuple[str, Any]]:
        """Return (name, label) of its fields, for the list that an editor chooses from."""

    @abstractmethod
    def values(self, people: Sequence[Person]) -> Mapping[int, Mapping[str, Any]]:
        """Return the fields of each by primary key; whoever is left out has none."""


ROOTS: Registry[Root] = Registry("root of placeholders")


def roots() -> frozenset[str]:
    """Return all names with which placeholders may begin."""
    return frozenset({*ROOTS.keys(), HOLDS})


FIELDS = [
    ("given_name", _("given name")),
    ("family_name", _("family name")),
    ("name", pgettext_lazy("person", "name")),
    ("email", _("e-mail")),
    ("country", _("country")),
    ("city", _("city")),
    ("language", _("language")),
]
_OWN = [name for name, _label in FIELDS if name != "email"]
_own = attrgetter(*_OWN)
_EMAILS = (
    "SELECT person_id, value FROM zoco_people_identity WHERE kind = %s AND person_id = ANY_OF "
    "ORDER BY is_main, id DESC"
)


@ROOTS.plug
class PersonRoot(Root):
    """Who reads the letter: fields that all have, and attributes by their keys."""

    key = "person"
    label = _("Person")

    def fields(self) -> Sequence[tuple[str, Any]]:
        """Return them."""
        taken = {name for name, _label in FIELDS}
        own = Attribute.objects.order_by("label", "id").values_list("key", "label")
        return [*FIELDS, *((key, label) for key, label in own if key not in taken)]

    def values(self, people: Sequence[Person]) -> Mapping[int, Mapping[str, Any]]:
        """Return them; one query for any number of people."""
        emails = dict(rows_among(_EMAILS, [Identity.Kind.EMAIL], [each.pk for each in people]))
        return {
            each.pk: {
                **each.attributes,
                **dict(zip(_OWN, _own(each), strict=True)),
                "name": each.name or full_name(each.given_name, each.family_name),
                "email": emails.get(each.pk, ""),
            }
            for each in people
        }


@ROOTS.plug
class LinksRoot(Root):
    """Ways out and back; whoever sends a letter gives the addresses of each reader."""

    key = "links"
    label = _("Links")

    def fields(self) -> Sequence[tuple[str, Any]]:
        """Return them."""
        return [
            ("unsubscribe", _("unsubscribe")),
            ("preferences", _("choose what to receive")),
            ("online", _("read in the browser")),
        ]

    def values(self, people: Sequence[Person]) -> Mapping[int, Mapping[str, Any]]:
        """Return nothing: they belong to a sending."""
        return {}


@ROOTS.plug
class DataRoot(Root):
    """What a program gives for one letter: an order, a parcel, a password to set anew."""

    key = "data"
    label = _("Data of the program")

    def fields(self) -> Sequence[tuple[str, Any]]:
        """Return nothing: programs name their own."""
        return []

    def values(self, people: Sequence[Person]) -> Mapping[int, Mapping[str, Any]]:
        """Return nothing: it is given for each letter."""
        return {}


def values_of(people: Sequence[Person]) -> dict[int, Values]:
    """Return the values of many people by primary key."""
    by_root = {root.key: root.values(people) for root in ROOTS}
    return {
        each.pk: {key: found[each.pk] for key, found in by_root.items() if each.pk in found}
        for each in people
    }


def data_held(data: object, *, depth: int = 0) -> Any:
    """Return what a program gave, held to a size. Raises LetterWrong."""
    match data:
        case None | bool() | int() | float():
            return data
        case str() if len(data) <= VALUE_LONGEST:
            return data
        case dict() if depth < DATA_DEPTH_MOST and len(data) <= ROWS_MOST:
            return {str(key)[:80]: data_held(value, depth=depth + 1) for key, value in data.items()}
        case list() if depth < DATA_DEPTH_MOST and len(data) <= ROWS_MOST:
            return [data_held(value, depth=depth + 1) for value in data]
    words = gettext_noop(
        "Data are texts of at most %(text)s characters, numbers, lists and objects of at most %(rows)s, "
        "%(depth)s deep."
    )
    raise LetterWrong(words, text=VALUE_LONGEST, rows=ROWS_MOST, depth=DATA_DEPTH_MOST)
