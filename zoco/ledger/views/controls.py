"""The controls above a report: period, comparison, choices, people or bots, filters.

All are links or plain GET forms, so that the page works without a script and its address says all.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import FILTERABLE, Filter
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.relative import ALL, relative_read
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import VERDICTS as VERDICT_WORDS
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.report import Parameter, Report
from zoco.ledger.views.actions import KeptFilters
from zoco.ledger.views.address import Address, Draft
from zoco.ledger.views.problems import said

OPERATORS = {
    "is": pgettext_lazy("filter", "is"),
    "is_not": pgettext_lazy("filter", "is not"),
    "contains": pgettext_lazy("filter", "contains"),
    "contains_not": pgettext_lazy("filter", "does not contain"),
    "starts": pgettext_lazy("filter", "begins with"),
    "starts_not": pgettext_lazy("filter", "does not begin with"),
}
COMPARISONS = (
    ("before", _("Period before")),
    ("year", _("Year before")),
    ("none", pgettext_lazy("comparison", "None")),
)
VERDICTS = (
    ("people", _("People")),
    ("bots", _("Bots")),
    ("all", pgettext_lazy("verdicts", "All")),
)

# A parameter with more choices than this is a list, not links beside each other.
LINKS_MOST = 6

MOVING = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "7d": _("Last 7 days"),
    "28d": _("Last 28 days"),
    "30d": _("Last 30 days"),
    "90d": _("Last 90 days"),
    "month": _("This month"),
    "lastmonth": _("Last month"),
    "year": _("This year"),
    "lastyear": _("Last year"),
    "12mo": _("Last 12 months"),
    "all": _("All time"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that changes one thing in the address."""

    label: str
    url: str
    is_current: bool
    key: str = ""
    """The value in the address, by which the keyboard finds it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of which one holds."""

    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list in the form of filters."""

    name: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter that is typed, or chosen from a long list."""

    name: str
    label: str
    value: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the address without it."""

    label: str
    operator: str
    values: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Controls:
    """Everything above the figures; templates only write it down."""

    period: str
    presets: list[Choice]
    first: str
    last: str
    before_url: str
    after_url: str
    groups: list[Group]
    chips: list[Chip]
    columns: list[Option]
    operators: list[Option]
    goals: list[str]
    """What can be typed as the value of a filter by goals."""
    hidden_for_period: list[tuple[str, str]]
    hidden_for_filter: list[tuple[str, str]]
    fields: list[Field] = field(default_factory=list)
    hidden_for_fields: list[tuple[str, str]] = field(default_factory=list)
    kept: KeptFilters = field(default_factory=KeptFilters)
    """Filters under names; nothing where nobody keeps any."""
    compared_with: str = ""
    value: str = ""
    """What somebody wrote into the form of filters that makes no filter."""
    wrong: str = ""
    """Why not; the form stays open to be mended."""


def controls(
    question: Question,
    address: Address,
    today: date,
    report: Report | None = None,
    draft: Draft | None = None,
) -> Controls:
    """Prepare the controls of a page about this question."""
    period, before = question.period, question.period_before
    fields = _fields(question, report) if report else []
    return Controls(
        period=formats.span(period.first, period.last),
        presets=_presets(period, address, today),
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        before_url=address.changed(period=str(shifted(period, -1))),
        after_url="" if period.last >= today else address.changed(period=str(shifted(period, 1))),
        groups=_groups(question, address, report),
        chips=[chip(each, address) for each in question.filters],
        columns=_columns(draft),
        operators=[
            Option(name, str(label), draft is not None and name == draft.operator)
            for name, label in OPERATORS.items()
        ],
        goals=[each.name for each in goals_of(question.site.id)],
        hidden_for_period=address.hidden("period"),
        hidden_for_filter=address.hidden(),
        fields=fields,
        hidden_for_fields=address.hidden(*(each.name for each in fields)),
        compared_with=_compared_with(period, before, today) if before else "",
        value=draft.value if draft else "",
        wrong=said(draft.wrong) if draft else "",
    )


def _columns(draft: Draft | None) -> list[Option]:
    found = (
        Option(name, str(each.label), draft is not None and name == draft.column)
        for name, each in FILTERABLE.items()
    )
    return sorted(found, key=lambda each: each.label)


def _compared_with(period: Period, before: Period, today: date) -> str:
    span = formats.span(before.first, before.last)
    if period.first <= today <= period.last:
        return _("%(period)s, up to the same time") % {"period": span}
    return span


def _presets(period: Period, address: Address, today: date) -> list[Choice]:
    """Return the periods on offer; of those that are the same days the one that was asked for is chosen."""
    asked, whole = address.query.get("period", ""), replace(period, until=0)
    now = datetime.combine(today, time(12), ZoneInfo(period.zone))
    spans = {word: relative_read(word, period.zone, now, lambda: period.first) for word in MOVING}
    same = [word for word, span in spans.items() if span == whole and (word != ALL or asked == ALL)]
    chosen = asked if asked in same else next(iter(same), "")
    return [
        Choice(str(label), address.changed(period=word), word == chosen, word)
        for word, label in MOVING.items()
    ]


def moving_label(text: str) -> str:
    """Return the name of a period that moves on with the calendar, "14d" say; "" for dates."""
    if text in MOVING:
        return str(MOVING[text])
    if not re.fullmatch(r"[0-9]{1,4}d", text):
        return ""
    days = int(text[:-1])
    if days == 1:
        return str(MOVING["today"])
    return ngettext("Last %(days)s day", "Last %(days)s days", days) % {"days": formats.count(days)}


def shifted(period: Period, steps: int) -> Period:
    """Return the period that many periods later; whole months move by months, years by years."""
    next_month = (period.first.replace(day=28) + timedelta(days=4)).replace(day=1)
    if period.first.day == 1 and period.last == next_month - timedelta(days=1):
        first = next_month if steps > 0 else (period.first - timedelta(days=1)).replace(day=1)
        after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Period(first, after - timedelta(days=1), period.zone)
    if (period.first.month, period.first.day, period.last) == (1, 1, date(period.first.year, 12, 31)):
        year = period.first.year + steps
        return Period(date(year, 1, 1), date(year, 12, 31), period.zone)
    move = timedelta(days=steps * period.days)
    return Period(period.first + move, period.last + move, period.zone)


def _groups(question: Question, address: Address, report: Report | None) -> list[Group]:
    compared = _group("compare", gettext("Compare with"), COMPARISONS, question.compare, address)
    groups = [compared] if report is not None and report.compares else []
    if report is not None:
        given = question.params_for(report)
        for parameter in report.parameters:
            if _is_of_links(parameter):
                current = str(given[parameter.name])
                groups.append(
                    _group(parameter.name, str(parameter.label), parameter.choices, current, address)
                )
    who = _who_counts(question.verdicts)
    groups.append(_group("verdicts", gettext("Who counts"), who, question.verdicts, address))
    return groups


def _who_counts(chosen: str) -> tuple[tuple[str, object], ...]:
    """Return who can count: people, bots, AI crawlers, all; and the one verdict that an address asks for."""
    choices = (*VERDICTS[:-1], ("ai", _("AI crawlers")), VERDICTS[-1])
    alone = VERDICT_WORDS.get(chosen) if chosen not in dict(choices) else None
    return (*choices, (chosen, alone)) if alone else choices


def _is_of_links(parameter: Parameter) -> bool:
    return 0 < len(parameter.choices) <= LINKS_MOST


def _fields(question: Question, report: Report) -> list[Field]:
    given, offered = question.params_for(report), report.offered(question.site)
    return [
        Field(
            each.name,
            str(each.label),
            str(given[each.name]),
            [
                Option(key, str(words), key == given[each.name])
                for key, words in offered.get(each.name, each.choices)
            ],
        )
        for each in report.parameters
        if not _is_of_links(each) and offered.get(each.name) != ()
    ]


def _group(
    name: str, label: str, choices: tuple[tuple[str, object], ...], current: str, address: Address
) -> Group:
    return Group(
        name,
        label,
        [Choice(str(words), address.changed(**{name: key}), key == current, key) for key, words in choices],
    )


def chip(each: Filter, address: Address) -> Chip:
    """Return how a filter is shown and removed."""
    column = FILTERABLE[each.column]
    words = (value_label(column.name, column.kind, value) for value in each.values)
    values = ", ".join(words)
    return Chip(str(column.label), str(OPERATORS[each.operator]), values, address.unfiltered(each))


def filters_said(question: Question) -> str:
    """Return in words what a question is narrowed to, and who counts where it is not people."""
    chips = (chip(each, Address(QueryDict(), "zoco_ledger")) for each in question.filters)
    said = [f"{each.label} {each.operator} {each.values}" for each in chips]
    who = dict(VERDICTS).get(question.verdicts, question.verdicts)
    return "; ".join([*said, *([] if question.verdicts == "people" else [str(who)])])
