"""Reports: a question to the ledger as one Ibis expression. A report never runs its own query.

A new report is one file: subclass Report, register it with `@REPORTS.plug` in the module or package
`reports` of an installed app, or in any module named in ZOCO_PLUGS. Page, API and command follow.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.kit import conf
from zoco.kit.plugs import Registry, load_modules
from zoco.kit.said import Said
from zoco.ledger.asking.others import load_plugs

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django_stubs_ext import StrOrPromise

    from zoco.kit.periods import Period
    from zoco.ledger.expr import Table
    from zoco.ledger.scope import Facts
    from zoco.ledger.sitebook import SiteInfo

Unit = Literal["count", "percent", "seconds", "milliseconds", "money", "points", "index"]
DimensionKind = Literal[
    "text", "bucket", "path", "host", "country", "language", "channel", "verdict", "status", "name",
    "number", "channels", "node",
]  # fmt: skip
Picture = Literal["curve", "bars", "steps", "grid", "flow", ""]
Params = Mapping[str, "str | int"]
Choices = tuple[tuple[str, "StrOrPromise"], ...]


class ParameterWrong(Said, ValueError):
    """A parameter of a report has a value that it does not take."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column that rows are told apart by.

    `kind` says how to show a value; "bucket" is the local start of an hour, day, week or month, in
    the query's result as whole microseconds of local time. `filter` names the column of facts that
    a click on a value filters by; empty for none.
    """

    name: str
    label: StrOrPromise
    kind: DimensionKind = "text"
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of figures. "percent" is a share from 0 to 1; "seconds", "milliseconds" and "money" are
    what they say; "index" is a small number with three decimals. `formula`: from what it comes, and how.

    `adds_up`: the sum over rows means something; visitors do not add up. `may_lack`: null is no 0, nothing is
    known or can be. `tells_of_few`: of some people; see `asking.guard`. `lack`: why there may be no figure.
    `grades`: good up to the first, poor above the second. `is_score`: may be below 0, changes by difference.
    """

    name: str
    label: StrOrPromise
    unit: Unit = "count"
    adds_up: bool = False
    may_lack: bool = False
    tells_of_few: bool = False
    lack: StrOrPromise = ""
    grades: tuple[float, float] | None = None
    is_score: bool = False
    formula: StrOrPromise = ""

    @property
    def counts(self) -> bool:
        """Whether a step in which nothing happened has 0 of what may lack; no share or mean is of nothing."""
        return self.may_lack and self.unit in ("count", "money")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a reader may set. With `choices` (value, label) it is one of them, else see `kind`."""

    name: str
    label: StrOrPromise
    default: str | int
    choices: Choices = ()
    kind: Literal["text", "whole"] = "text"

    def read(self, text: str) -> str | int:
        """Read a value as it stands in an address. Raises ParameterWrong."""
        if self.choices and text not in dict(self.choices):
            words = gettext_noop("%(name)s is %(text)r; choose one of: %(known)s.")
            raise ParameterWrong(words, name=self.name, text=text, known=", ".join(dict(self.choices)))
        if self.kind == "whole":
            try:
                return int(text)
            except ValueError:
                words = gettext_noop("%(name)s is %(text)r; write a whole number.")
                raise ParameterWrong(words, name=self.name, text=text) from None
        return text


GRAIN = Parameter(
    "grain",
    _("Step"),
    "day",
    (("hour", _("Hour")), ("day", _("Day")), ("week", _("Week")), ("month", _("Month"))),
)


@dataclass(frozen=True, slots=True)
class Missing:
    """What must be set up before a report says anything; `page` names the address where that is done."""

    title: StrOrPromise
    words: StrOrPromise
    label: StrOrPromise
    page: str


class Report:
    """One question. Subclass, fill in the words, write `query`.

    `query` returns one row for each combination of the dimensions, with exactly the columns of
    `dimensions` and `measures`, unordered: whoever asks orders, pages, compares and exports.
    It must depend on nothing but its arguments. `overall` may return the same measures over all
    rows at once, as one row, where they do not add up (visitors of a whole period); for a table, only
    those that `adds_up` and that a plain sum would count twice.
    """

    key: str
    area: str = "monitor"
    label: StrOrPromise
    question: StrOrPromise
    """The question that it answers, in one sentence."""
    definition: StrOrPromise
    """How each figure is computed, in sentences."""
    method: str = ""
    """Where the method comes from: author, year, section. Empty for plain counting."""
    uncertainty: StrOrPromise = ""
    """How sure its figures are, by which method; empty for full counts, which have no bounds."""
    picture: Picture = ""
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    parameters: tuple[Parameter, ...] = ()
    order: str = ""
    """Default order: a column, with "-" before it for descending. Ties go by the dimensions."""
    compares: bool = True
    """Whether a row of the period before can be the same as one of the period."""
    counts: Literal["page_views", "rows"] = "page_views"
    """Which facts it is about: what "facts used" and "left out" count."""
    verdicts: tuple[str, ...] = ()
    """Verdicts that it is about whatever the question says (bots); empty for those of the question."""
    counts_whole: bool = False
    """Whether steps of time at the edges of the period count whole, with what lies outside of it."""
    uses_goals: bool = False
    uses_conversions: bool = False
    """Whether `facts.goals` are there: all of the site, or those whose facts are its conversions."""
    crowd: tuple[str, ...] = ()
    """Measures of the people behind a row. Shared links have no report without; see `asking.guard`."""
    takes_nobodys: bool = False
    """Whether facts that belong to no site are for it as well, where who asks sees all sites."""
    takes_imported: bool = False
    """Whether days that were counted elsewhere stand in it too; see `asking.imported`."""
    imports: tuple[str, str] = ("", "")
    """The dimension of imported sums that stand beside its rows, and which of them orders those."""
    nothing: tuple[StrOrPromise, StrOrPromise] | None = None
    """What it says where no row is good news: a title and a sentence."""
    gives_by_period: bool = False
    """Whether `given_in` says what `query` goes by, instead of `given`."""
    permission: str = ""
    """What a reader needs beside the right to see reports, such as that to see costs."""
    position: int = 100
    """Where it stands in lists, lowest first."""

    def query(self, facts: Facts, params: Params) -> Table:
        """Return the question as an expression over facts in scope."""
        raise NotImplementedError

    def turned(self, params: Params) -> Report:
        """Return the report as its parameters make it, the same one for the same parameters: a report of
        other dimensions, say, under the same key. Raises ParameterWrong.
        """
        return self

    def overall(self, facts: Facts, params: Params) -> Table | None:
        """Return one row of measures over everything in scope, or None where sums say it all."""
        return None

    def offered(self, site: SiteInfo) -> Mapping[str, Choices]:
        """Return choices of parameters that only the site knows, by the parameter's name."""
        return {}

    def given(self, site: SiteInfo, params: Params) -> Hashable:
        """Return what else `query` goes by, such as a funnel that somebody drew: its `facts.given`."""
        return None

    def given_in(self, site: SiteInfo, params: Params, period: Period) -> tuple[str, ...]:
        """Return texts of a period, as many for each, which `query` puts in as they are: `facts.given`."""
        return ()

    def behind(self, facts: Facts) -> Table:
        """Return the facts behind its figures: those that the page of facts lists."""
        return facts.page_views if self.counts == "page_views" else facts.rows

    def missing(self, site: SiteInfo) -> Missing | None:
        """Return what a site must have before it can be asked, None when it is there."""
        return None

    @property
    def columns(self) -> list[str]:
        """The names of dimensions and measures, in this order."""
        return [*(each.name for each in self.dimensions), *(each.name for each in self.measures)]

    def defaults(self) -> dict[str, str | int]:
        """Return the parameters with their default values."""
        return {parameter.name: parameter.default for parameter in self.parameters}


REPORTS: Registry[Report] = Registry("report")


@cache
def reports_load() -> None:
    """Import all modules that may hold reports, once in a process.

    These are `reports` of every installed app that has an `area`, the modules of ZOCO_PLUGS and
    what other distributions offer. Imports no Ibis.
    """
    from django.apps import apps

    for config in apps.get_app_configs():
        if hasattr(config, "area") and find_spec(f"{config.name}.reports"):
            load_modules([f"{config.name}.reports"])
    load_plugs(conf.PLUGS())


def report_named(key: str) -> Report:
    """Return a report. Raises PlugUnknown with the keys that there are."""
    reports_load()
    return REPORTS.get(key)


class ReportHidden(PermissionError):
    """The reader may see reports, but not this one."""


def is_shown_to(user: User | AnonymousUser, report: Report) -> bool:
    """Return whether somebody who may see reports may see this one."""
    return not report.permission or user.has_perm(report.permission)


def report_for(user: User | AnonymousUser, key: str) -> Report:
    """Return a report for a reader. Raises PlugUnknown, ReportHidden."""
    found = report_named(key)
    if not is_shown_to(user, found):
        raise ReportHidden(f"Your account may not see the report {key}; ask an owner for a role.")
    return found


def reports_all() -> list[Report]:
    """Return all reports in the order in which lists show them."""
    reports_load()
    return sorted(REPORTS, key=lambda report: (report.area, report.position, report.key))
