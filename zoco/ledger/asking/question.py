"""Questions: which site, period, comparison, filters, order and page; as they stand in an address.

The same names serve the page, the API and the command, so an address can be copied from one to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from zoco.kit.periods import Period, PeriodUnreadable, midnight
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.asking.filters import Filter, filters_read, filters_write
from zoco.ledger.asking.goals import goals_of
from zoco.ledger.asking.guard import Guard
from zoco.ledger.asking.relative import DAYS_MOST, first_day, relative_read, year_ago
from zoco.ledger.report import Report
from zoco.ledger.schema import VERDICTS
from zoco.ledger.sitebook import SiteInfo

Compare = Literal["before", "year", "none"]
VERDICT_GROUPS: dict[str, tuple[str, ...]] = {
    "people": ("human",),
    "bots": ("bot", "ai", "headless", "spam"),
    "all": tuple(VERDICTS),
}
SIZE = 50
SIZE_MOST = 10_000
PAGE_MOST = 1_000_000
KEYS = ("site", "period", "compare", "verdicts", "order", "page", "size")


class QuestionWrong(Said, ValueError):
    """The address does not make a question; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a report must be told. `order` empty means the report's own.

    `verdicts` is people, bots, all, or verdicts parted by commas. `params` holds only what
    was given; `params_for` adds the report's defaults. Pages count from 1.
    """

    site: SiteInfo
    period: Period
    compare: Compare = "before"
    filters: tuple[Filter, ...] = ()
    verdicts: str = "people"
    params: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    page: int = 1
    size: int = SIZE
    guard: Guard | None = None
    """What a reader of aggregates may not see; no address can say or unsay it."""

    @classmethod
    def from_address(
        cls,
        address: Mapping[str, str | Sequence[str]],
        *,
        report: Report | None = None,
        now: datetime | None = None,
    ) -> Question:
        """Read a query string (a QueryDict, or a mapping of texts or lists).

        Without a period it is the last 30 days. With a report, unknown keys, wrong parameters and a
        wrong order are refused; without one, unknown keys are kept as parameters.
        Raises QuestionWrong, FilterWrong, ParameterWrong, PeriodUnreadable, SiteUnknown.
        """
        given = _lists(address)
        site = sitebook.site(_last(given, "site", ""))
        now = now or datetime.now(UTC)
        params = {
            key: values[-1]
            for key, values in given.items()
            if key not in KEYS and not key.startswith("f.") and values
        }
        question = cls(
            site=site,
            period=period_read(
                _last(given, "period", "30d"), site.zone, now=now, first=lambda: first_day(site)
            ),
            compare=_compare(_last(given, "compare", "before")),
            filters=filters_read(given, lambda: goals_of(site.id)),
            verdicts=_verdicts(_last(given, "verdicts", "people")),
            params=params,
            order=_last(given, "order", ""),
            page=_whole(_last(given, "page", "1"), "page", PAGE_MOST),
            size=_whole(_last(given, "size", str(SIZE)), "size", SIZE_MOST),
        )
        if report is not None:
            question.check(report)
        return question

    def to_address(self) -> dict[str, list[str]]:
        """Write the question so that from_address reads it again; defaults are left out."""
        address = {"site": [self.site.slug], "period": [str(self.period)]}
        for key, value, default in (
            ("compare", self.compare, "before"),
            ("verdicts", self.verdicts, "people"),
            ("order", self.order, ""),
            ("page", str(self.page), "1"),
            ("size", str(self.size), str(SIZE)),
        ):
            if value != default:
                address[key] = [value]
        address |= {key: [value] for key, value in self.params.items()}
        return address | filters_write(self.filters)

    def check(self, report: Report) -> None:
        """Refuse parameters and an order that the report does not have."""
        known = [parameter.name for parameter in report.parameters]
        for name in self.params:
            if name not in known:
                there = ", ".join([*KEYS, *known])
                words = gettext_noop("%(report)s knows no %(name)r; there are: %(there)s and filters (f.…).")
                raise QuestionWrong(words, report=report.key, name=name, there=there)
        self.params_for(report)
        self.order_for(report)

    def params_for(self, report: Report) -> dict[str, str | int]:
        """Return the report's parameters: those given, read, and the defaults of the others."""
        values = report.defaults()
        for parameter in report.parameters:
            if parameter.name in self.params:
                values[parameter.name] = parameter.read(self.params[parameter.name])
        return values

    def report_for(self, report: Report) -> Report:
        """Return the report as the parameters make it. Raises ParameterWrong."""
        return report.turned(self.params_for(report))

    def order_for(self, report: Report) -> tuple[str, bool]:
        """Return the column to order by and whether descending. Raises QuestionWrong."""
        report = self.report_for(report)
        text = self.order or report.order or report.dimensions[0].name
        name = text.removeprefix("-")
        known = [*(each.name for each in report.dimensions), *(each.name for each in report.measures)]
        if name not in known:
            words = gettext_noop("%(report)s has no column %(name)r to order by; it has: %(there)s.")
            raise QuestionWrong(words, report=report.key, name=name, there=", ".join(known))
        return name, text.startswith("-")

    @property
    def verdicts_chosen(self) -> tuple[str, ...]:
        """The verdicts that count, in the order of the schema."""
        named = VERDICT_GROUPS.get(self.verdicts) or tuple(self.verdicts.split(","))
        return tuple(verdict for verdict in VERDICTS if verdict in named)

    @property
    def period_before(self) -> Period | None:
        """The period to compare with, or None."""
        if self.compare == "none":
            return None
        return self.period.before() if self.compare == "before" else year_before(self.period)


def period_read(
    text: str, zone: str, *, now: datetime, first: Callable[[], date | None] = lambda: None
) -> Period:
    """Read "2015-05-17..2015-05-20", one day, or a word of `relative`: "today", "30d", "month", "all".

    `first` tells with which day "all" begins. Raises PeriodUnreadable, also for more than ten years.
    """
    if relative := relative_read(text, zone, now, first):
        return relative
    period = Period.parse(text, zone)
    if not 1971 <= period.first.year <= period.last.year <= 9000:
        raise PeriodUnreadable(gettext_noop("%(text)r lies outside the years 1971 to 9000."), text=text)
    if period.days > DAYS_MOST:
        words = gettext_noop("%(text)r is %(days)s days; ask for at most %(most)s.")
        raise PeriodUnreadable(words, text=text, days=period.days, most=DAYS_MOST)
    return period


def year_before(period: Period) -> Period:
    """Return as many days, beginning on the same date a year earlier (28 February for the 29th)."""
    first = year_ago(period.first)
    return Period(first, first + timedelta(days=period.days - 1), period.zone)


def bucket_end(start: datetime, grain: str, zone: str) -> datetime:
    """Return the moment at which a local bucket is over, aware, in UTC."""
    if grain == "hour":
        return (start + timedelta(hours=1)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    following = {
        "day": start + timedelta(days=1),
        "week": start + timedelta(days=7),
        "month": (start.replace(day=28) + timedelta(days=4)).replace(day=1),
    }[grain]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=midnight(following.date(), zone))


def _lists(address: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    getlist = getattr(address, "getlist", None)
    if getlist is not None:
        return {key: list(getlist(key)) for key in address}
    return {key: [value] if isinstance(value, str) else list(value) for key, value in address.items()}


def _last(given: Mapping[str, Sequence[str]], key: str, default: str) -> str:
    values = [value for value in given.get(key, ()) if value]
    return values[-1] if values else default


def _compare(text: str) -> Compare:
    for known in get_args(Compare):
        if text == known:
            return text  # type: ignore[return-value]
    raise QuestionWrong(gettext_noop("compare is %(text)r; choose before, year or none."), text=text)


def _verdicts(text: str) -> str:
    if text in VERDICT_GROUPS:
        return text
    names: Iterable[str] = text.split(",")
    if unknown := [name for name in names if name not in VERDICTS]:
        words = gettext_noop("verdicts has %(text)r; choose %(groups)s, or of: %(verdicts)s.")
        there = {"groups": ", ".join(VERDICT_GROUPS), "verdicts": ", ".join(VERDICTS)}
        raise QuestionWrong(words, text=unknown[0], **there)
    return text


def _whole(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most and len(text) < 9):
        words = gettext_noop("%(name)s is %(text)r; write a whole number from 1 to %(most)s.")
        raise QuestionWrong(words, name=name, text=text, most=most)
    return int(text)
