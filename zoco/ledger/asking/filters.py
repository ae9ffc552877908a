"""Filters: what of the ledger a question is about. They live in the address: `f.path!=/careers/`.

An address has one key for a column and an operator; several values are alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.kit.said import Said
from zoco.ledger.asking.goals import Goal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.ledger.report import DimensionKind
    from zoco.ledger.scope import Facts

Operator = Literal["is", "is_not", "contains", "contains_not", "starts", "starts_not"]
# As written between column and value: f.path~=blog, f.path!^=/careers/
SIGNS: dict[str, Operator] = {
    "!~": "contains_not",
    "!^": "starts_not",
    "!": "is_not",
    "~": "contains",
    "^": "starts",
    "": "is",
}
SIGN_OF: dict[Operator, str] = {operator: sign for sign, operator in SIGNS.items()}
VALUES_MOST = 100
LENGTH_MOST = 2_000


class FilterWrong(Said, ValueError):
    """A filter names no column, or a value that the column cannot have."""


@dataclass(frozen=True, slots=True)
class Filterable:
    """A column of facts that may be filtered by."""

    name: str
    label: StrOrPromise
    kind: DimensionKind = "text"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; true when any of the values fits ("is"), or none does ("is_not")."""

    column: str
    operator: Operator
    values: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    """What the values of a filter by goals stand for."""


GOAL = "goal"
FILTERABLE: dict[str, Filterable] = {
    each.name: each
    for each in (
        Filterable("path", _("Page"), "path"),
        Filterable("landing", _("Entry page"), "path"),
        Filterable("title", _("Page title")),
        Filterable("host", _("Host"), "host"),
        Filterable("referrer_host", _("Referrer"), "host"),
        Filterable("channel", _("Source channel"), "channel"),
        Filterable("source", _("Source")),
        Filterable("medium", _("Medium")),
        Filterable("campaign", _("Campaign")),
        Filterable("content", _("Campaign content")),
        Filterable("term", _("Keyword")),
        Filterable("click_id", _("Click id")),
        Filterable("device", _("Device")),
        Filterable("browser", _("Browser")),
        Filterable("browser_version", _("Browser version")),
        Filterable("os", _("Operating system")),
        Filterable("os_version", _("System version")),
        Filterable("country", _("Country"), "country"),
        Filterable("region", _("Region")),
        Filterable("city", _("City")),
        Filterable("language", _("Language"), "language"),
        Filterable("screen", _("Screen")),
        Filterable("status", _("Status"), "status"),
        Filterable("name", _("Fact"), "name"),
        Filterable("reason", _("Bot or rule")),
        Filterable("origin", _("Origin")),
        Filterable("subject_kind", _("Kind of subject")),
        Filterable("subject", _("Subject")),
        Filterable(GOAL, _("Goal reached")),
    )
}


def filters_read(
    address: Mapping[str, Sequence[str]], goals: Callable[[], Sequence[Goal]] = tuple
) -> tuple[Filter, ...]:
    """Read all keys that begin with "f."; sorted, so that equal questions are equal.

    `goals` says which goals the site has, should a filter speak of one. Raises FilterWrong.
    """
    named = filters_named(address)
    return tuple(_with_goals(each, goals()) if each.column == GOAL else each for each in named)


def filters_named(address: Mapping[str, Sequence[str]]) -> tuple[Filter, ...]:
    """Read filters to be shown, not asked: a goal is only a name, and may be gone. Raises FilterWrong."""
    found = [_read(key.removeprefix("f."), values) for key, values in address.items() if key.startswith("f.")]
    return tuple(sorted(found, key=lambda each: (each.column, each.operator, each.values)))


def filters_write(filters: Sequence[Filter]) -> dict[str, list[str]]:
    """Write filters as keys and values of an address."""
    return {f"f.{each.column}{SIGN_OF[each.operator]}": list(each.values) for each in filters}


def of_goals_chosen(facts: Facts) -> Facts:
    """Return the facts of all visits, with the goals that a filter "goal is" names in place of all.

    For strangers the filter holds on: what was shared are the visits that reached the goal.
    """
    chosen = [each for each in facts.filters if (each.column, each.operator) == (GOAL, "is")]
    if not chosen:
        return facts
    others = tuple(each for each in facts.filters if facts.is_shared or each not in chosen)
    return replace(facts, filters=others, goals=chosen[0].goals)


def _read(key: str, values: Sequence[str]) -> Filter:
    column = key.rstrip("!~^")
    sign = key[len(column) :]
    if column not in FILTERABLE:
        words = gettext_noop("There is no filter %(column)r; filter by one of: %(known)s.")
        raise FilterWrong(words, column=column, known=", ".join(FILTERABLE))
    if sign not in SIGNS:
        words = gettext_noop(
            "f.%(key)s: write f.%(column)s= (is), !=, ~= (contains), !~=, ^= (starts) or !^=."
        )
        raise FilterWrong(words, key=key, column=column)
    if len(values) > VALUES_MOST or not all(_is_text(value) for value in values):
        words = gettext_noop(
            "f.%(key)s takes at most %(most)s values of %(length)s characters, without NUL, in UTF-8."
        )
        raise FilterWrong(words, key=key, most=VALUES_MOST, length=LENGTH_MOST)
    operator = SIGNS[sign]
    if FILTERABLE[column].kind == "status":
        _status_check(operator, values)
    return Filter(column, operator, tuple(dict.fromkeys(values)))


def _with_goals(filter: Filter, goals: Sequence[Goal]) -> Filter:
    if filter.operator not in {"is", "is_not"}:
        raise FilterWrong(gettext_noop("f.goal is the name of a goal; write f.goal=Name or f.goal!=Name."))
    known = {goal.name.casefold(): goal for goal in goals}
    if missing := [value for value in filter.values if value.casefold() not in known]:
        if not goals:
            raise FilterWrong(gettext_noop("There is no goal %(name)r; there are: none."), name=missing[0])
        words = gettext_noop("There is no goal %(name)r; there are: %(there)s.")
        raise FilterWrong(words, name=missing[0], there=", ".join(goal.name for goal in goals))
    found = tuple(dict.fromkeys(known[value.casefold()] for value in filter.values))
    return replace(filter, values=tuple(goal.name for goal in found), goals=found)


def _status_check(operator: Operator, values: Sequence[str]) -> None:
    for value in values:
        if not (value.isascii() and value.isdigit() and len(value) <= 3):
            words = gettext_noop("f.status is %(value)r; write a number such as 404.")
            raise FilterWrong(words, value=value)
    if operator not in {"is", "is_not"}:
        raise FilterWrong(gettext_noop("f.status is a number; write f.status=404 or f.status!=404."))


def _is_text(value: str) -> bool:
    """Say whether a value can stand in a query: not too long, no NUL, no half of a character."""
    is_whole = value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    return is_whole and len(value) <= LENGTH_MOST and "\0" not in value
