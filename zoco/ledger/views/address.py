"""Addresses of pages: the query string that is there, and the ones that its links lead to.

A link keeps what the reader wrote ("period=30d" stays "30d") and changes one thing; any change but
that of the page leads back to page 1.
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import FILTERABLE, SIGN_OF, SIGNS, Filter, FilterWrong, Operator
from zoco.ledger.asking.question import QuestionWrong
from zoco.ledger.pictures.labels import value_meant

# Keys of the page alone; a report's question never sees them.
OWN_KEYS = ("draw", "how", "tabs", "from", "to", "column", "operator", "value")
# What a link to another report takes along.
SHARED_KEYS = ("site", "period", "compare", "verdicts")


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


def settled(query: QueryDict) -> QueryDict | None:
    """Return the address that a form's answer means, or None when there is nothing to turn.

    The forms work without a script: own dates come as from and to, a new filter as column,
    operator and value. Raises QuestionWrong, FilterWrong.
    """
    turned = query.copy()
    if "from" in query or "to" in query:
        first, last = query.get("from", ""), query.get("to", "")
        if not (first and last):
            raise QuestionWrong("A period of your own needs both its first and its last day.")
        turned["period"] = str(Period.parse(f"{first}..{last}", "UTC"))
    if "column" in query:
        _filter_add(
            turned, str(query["column"]), str(query.get("operator", "is")), str(query.get("value", ""))
        )
    if turned == query:
        return None
    for key in ("from", "to", "column", "operator", "value", "page"):
        turned.pop(key, None)
    return turned


def _filter_add(query: QueryDict, column: str, operator: str, value: str) -> None:
    known: dict[str, Operator] = {name: name for name in SIGNS.values()}
    if operator not in known:
        raise FilterWrong(f"There is no comparison {operator!r}; there are: {', '.join(known)}.")
    if operator in ("is", "is_not") and column in FILTERABLE:
        value = value_meant(column, FILTERABLE[column].kind, value)
    key = f"f.{column}{SIGN_OF[known[operator]]}"
    if value not in query.getlist(key):
        query.appendlist(key, value)
