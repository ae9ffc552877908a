"""Addresses under a shared link: what a stranger may change in them, and where their links lead."""

from dataclasses import dataclass
from functools import cache

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_noop

from zoco.ledger.asking.filters import FILTERABLE, Filter, FilterWrong
from zoco.ledger.report import reports_all
from zoco.ledger.views.address import Address
from zoco.monitor.sharing.models import SharedLink

FILTERS_MOST = 3


@cache
def columns() -> frozenset[str]:
    """Return the columns that rows of reports for strangers may be clicked by; ids are not among them."""
    dimensions = (each for report in reports_all() if report.crowd for each in report.dimensions)
    return frozenset(each.filter for each in dimensions if each.filter in FILTERABLE)


def allowed(query: QueryDict, link: SharedLink) -> QueryDict:
    """Return a query without what the link fixes; a site, say, is passed over as if it were not there."""
    kept = query.copy()
    fixed = {"site", "verdicts", *(() if link.may_change_period else ("period", "compare", "from", "to"))}
    for key in list(kept):
        if key in fixed or (not link.may_filter and (key.startswith("f.") or key == "column")):
            kept.pop(key)
    return kept


def columns_check(asked: QueryDict) -> None:
    """Refuse other columns before filters are read: what is wrong with a goal would name them all.

    Raises FilterWrong.
    """
    for key in asked:
        if key.startswith("f.") and key.removeprefix("f.").rstrip("!~^") not in columns():
            raise _unknown()


def _unknown() -> FilterWrong:
    known = ", ".join(f"f.{name}=" for name in sorted(columns()))
    words = gettext_noop("Here a filter is a column and one value; there are: %(known)s.")
    return FilterWrong(words, known=known)


def filters_check(filters: tuple[Filter, ...]) -> None:
    """Refuse filters other than "is" one value: what they leave out would be known. Raises FilterWrong."""
    for each in filters:
        if each.operator != "is" or len(each.values) != 1 or each.column not in columns():
            raise _unknown()
    if len(filters) > FILTERS_MOST:
        raise FilterWrong(gettext_noop("Here at most %(most)s filters can hold at once."), most=FILTERS_MOST)


@dataclass(frozen=True, slots=True)
class SharedAddress(Address):
    """The query of a page under a link; pages that strangers have not got are the empty address."""

    token: str = ""
    may_change_period: bool = True
    may_filter: bool = True

    @classmethod
    def of(cls, query: QueryDict, namespace: str, token: str, link: SharedLink) -> "SharedAddress":
        """Return the address that a reader of the link has."""
        return cls(allowed(query, link), namespace, token, link.may_change_period, link.may_filter)

    def changed(self, **values: str | None) -> str:
        """Return "?…"; the empty address for a period that is fixed."""
        if "period" in values and not self.may_change_period:
            return ""
        return Address.changed(self, **values)

    def filtered(self, column: str, value: str) -> str:
        """Return "?…" with a value; the empty address where no further filter can hold."""
        others = [key for key in self.query if key.startswith("f.") and key != f"f.{column}"]
        if not self.may_filter or column not in columns() or len(others) >= FILTERS_MOST:
            return ""
        return Address.filtered(self, column, value)

    def to(self, name: str, *arguments: str, query: QueryDict | None = None) -> str:
        """Return the address of a page under the same link."""
        if name not in {"overview", "report", "panel", "export"}:
            return ""
        given = () if name == "overview" else arguments[:1]  # the key; a file is always CSV
        where = reverse(f"{self.namespace}:{name}", args=(self.token, *given))
        text = (self.shared() if query is None else query).urlencode(safe="/:.,")
        return f"{where}?{text}" if text else where
