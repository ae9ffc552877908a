"""Addresses of pages: the query string that is there, and the ones that its links lead to.

A link keeps what the reader wrote ("period=30d" stays "30d") and changes one thing; any change but
that of the page leads back to page 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_noop

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import FILTERABLE, GOAL, SIGN_OF, SIGNS, Filter, FilterWrong, Operator
from zoco.ledger.asking.question import QuestionWrong
from zoco.ledger.pictures.labels import value_meant

# Keys of the page alone; a report's question never sees them.
Check = Callable[[str, str], None]
DRAFT_KEYS = ("column", "operator", "value")
OWN_KEYS = ("draw", "how", "tabs", "from", "to", *DRAFT_KEYS)
# What a link to another report takes along.
SHARED_KEYS = ("site", "period", "compare", "verdicts")


@dataclass(frozen=True, slots=True)
class Draft:
    """A filter as somebody wrote it into the form, and what is wrong with it."""

    column: str
    operator: str
    value: str
    wrong: FilterWrong


class FilterRefused(FilterWrong):
    """The form of filters was sent with what makes no filter; the page can stay as it is and say so."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.wrong.words, **draft.wrong.places)
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Address:
    """The query of a page under a namespace of addresses ("zoco_ledger", or desk's own)."""

    query: QueryDict
    namespace: str

    def question_query(self) -> QueryDict:
        """Return the part that makes the question."""
        query = self.query.copy()
        for key in OWN_KEYS:
            query.pop(key, None)
        return query

    def without_draft(self) -> Self:
        """Return the address without what the form of filters sent."""
        query = self.query.copy()
        for key in DRAFT_KEYS:
            query.pop(key, None)
        return replace(self, query=query)

    @property
    def tabs(self) -> list[str]:
        """The tabs that are open where it is not the first of a panel."""
        return [key for key in self.query.get("tabs", "").split(",") if key]

    def changed(self, **values: str | None) -> str:
        """Return "?…" with these keys set, or removed where None."""
        query = self.query.copy()
        query.pop("page", None)
        for key, value in values.items():
            query.pop(key, None)
            if value is not None:
                query[key] = value
        return "?" + query.urlencode(safe="/:.,")

    def filtered(self, column: str, value: str) -> str:
        """Return "?…" with one value more that the column may have."""
        query = self.query.copy()
        query.pop("page", None)
        query.setlist(f"f.{column}", [value])
        return "?" + query.urlencode(safe="/:.,")

    def refiltered(self, filters: Mapping[str, Sequence[str]], verdicts: str) -> str:
        """Return "?…" with these filters and verdicts in place of those that are there."""
        query = self.query.copy()
        for key in [key for key in query if key.startswith("f.") or key in ("page", "verdicts")]:
            query.pop(key)
        for key, values in filters.items():
            query.setlist(key, list(values))
        if verdicts != "people":
            query["verdicts"] = verdicts
        return "?" + query.urlencode(safe="/:.,")

    def unfiltered(self, *filters: Filter) -> str:
        """Return "?…" without these filters."""
        return self.changed(**{f"f.{each.column}{SIGN_OF[each.operator]}": None for each in filters})

    def shared(self, **values: str | None) -> QueryDict:
        """Return what another report understands too: site, period, comparison, verdicts, filters."""
        query = QueryDict(mutable=True)
        for key in self.query:
            if key in SHARED_KEYS or key.startswith("f."):
                query.setlist(key, self.query.getlist(key))
        for key, value in values.items():
            query.pop(key, None)
            if value is not None:
                query[key] = value
        return query

    def to(self, name: str, *arguments: str, query: QueryDict | None = None) -> str:
        """Return the address of a page of ours, with the shared part of the query unless given."""
        where = reverse(f"{self.namespace}:{name}", args=arguments)
        text = (self.shared() if query is None else query).urlencode(safe="/:.,")
        return f"{where}?{text}" if text else where

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """Return what a form must carry along in hidden inputs."""
        left_out = {*without, *OWN_KEYS, "page"} - {"tabs"}
        return [
            (key, value) for key in self.query if key not in left_out for value in self.query.getlist(key)
        ]


def settled(query: QueryDict, check: Check | None = None) -> QueryDict | None:
    """Return the address that a form's answer means, or None when there is nothing to turn.

    The forms work without a script: own dates come as from and to, a new filter as column,
    operator and value; `check` is told its key and value, and raises FilterWrong for what is none.
    Raises QuestionWrong, PeriodUnreadable, FilterRefused.
    """
    turned = query.copy()
    if "from" in query or "to" in query:
        first, last = query.get("from", ""), query.get("to", "")
        if not (first and last):
            raise QuestionWrong(gettext_noop("A period of your own needs both its first and its last day."))
        turned["period"] = str(Period.parse(f"{first}..{last}", "UTC"))
    if "column" in query:
        _filter_add(turned, check)
    if turned == query:
        return None
    for key in ("from", "to", *DRAFT_KEYS, "page"):
        turned.pop(key, None)
    return turned


def _filter_add(query: QueryDict, check: Check | None) -> None:
    given = [str(query.get(key, "")) for key in DRAFT_KEYS]
    column, operator, value = given[0], given[1] or "is", given[2]
    try:
        key, value = _filter_read(column, operator, value)
        if check is not None:
            check(key, value)
    except FilterWrong as error:
        raise FilterRefused(Draft(column, operator, value, error)) from error
    if value not in query.getlist(key):
        query.appendlist(key, value)


def _filter_read(column: str, operator: str, value: str) -> tuple[str, str]:
    known: dict[str, Operator] = {name: name for name in SIGNS.values()}
    if operator not in known:
        words = gettext_noop("There is no comparison %(operator)r; there are: %(known)s.")
        raise FilterWrong(words, operator=operator, known=", ".join(known))
    if operator in ("is", "is_not") and column in FILTERABLE:
        value = value_meant(column, FILTERABLE[column].kind, value.strip() if column == GOAL else value)
    return f"f.{column}{SIGN_OF[known[operator]]}", value
