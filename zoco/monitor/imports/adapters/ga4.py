"""Google Analytics 4: CSV files of reports, and events of the BigQuery export as JSON.

A report's file begins with lines after "#" (name, "# Start date: 20240101"), and may hold several tables,
each with a head of its own. Events are described at developers.google.com/analytics/bigquery/event-schema.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from zoco.monitor.imports.adapters.ga4_events import read_events
from zoco.monitor.imports.base import IMPORTERS, ExportUnreadable, Importer, Wanted
from zoco.monitor.imports.exports import Export, Line, Part
from zoco.monitor.imports.sums import RowRefused, Sums, day_of, number

_MEASURES = {
    "views": "page_views",
    "screenpageviews": "page_views",
    "screen page views": "page_views",
    "sessions": "visits",
    "total users": "visitors",
    "totalusers": "visitors",
    "event count": "events",
    "eventcount": "events",
}
_ACTIVE = ("active users", "activeusers", "users")
_DIMENSIONS = {
    "page path": "page",
    "page path and screen class": "page",
    "pagepath": "page",
    "landing page": "entry",
    "landingpage": "entry",
    "landing page + query string": "entry",
    "session source": "source",
    "sessionsource": "source",
    "session medium": "medium",
    "session campaign": "campaign",
    "session default channel group": "channel",
    "session primary channel group (default channel group)": "channel",
    "country": "country",
    "region": "region",
    "device category": "device",
    "devicecategory": "device",
    "browser": "browser",
    "operating system": "os",
    "operatingsystem": "os",
    "language": "language",
    "event name": "event",
    "eventname": "event",
}
_DAYS = ("date", "nth day", "nthday", "day")


@IMPORTERS.plug
class GoogleAnalytics(Importer):
    """Reads reports with a column of days, and the rows of events_… as JSON."""

    key = "ga4"
    label = _("Google Analytics 4")
    help = _(
        "CSV files of reports or explorations that have the dimension Date (or Nth day) and at most one "
        "other; or the tables events_… of the BigQuery export, as newline-delimited JSON. Several files go "
        "into a zip."
    )
    sources = (
        "https://support.google.com/analytics/answer/9317657",
        "https://support.google.com/analytics/answer/7029846",
        "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema",
    )

    def read(self, export: Export, sums: Sums, wanted: Wanted) -> None:
        """Read each file as what it begins like."""
        parts = export.parts()
        events = [part for part in parts if _begins(part)[:1] in ("{", "[")]
        if events:
            read_events(events, sums)
        tables = [part for part in parts if part not in events]
        if events and tables:
            for part in tables:
                sums.refuse(part.name, 0, "unknown_file")
            return
        for part in tables:
            for table in _tables(part):
                table.read(sums)
        _whole_from_pages(sums)
        if not sums.amounts:
            raise ExportUnreadable(
                f"{export.name} holds no table of days; add the dimension Date to it and export it again."
            )


def _begins(part: Part) -> str:
    return next((line.strip() for line in part.lines(most=64 << 20) if line.strip()), "")


@dataclass(slots=True)
class _Table:
    """One table of a file: its head and rows; `starts` and `ends` are of the comments above it."""

    part: Part
    starts: str
    ends: str
    rows: list[Line] = field(default_factory=list)

    def read(self, sums: Sums) -> None:
        """Add its sums, or refuse it as a whole."""
        if not self.rows:
            return
        head = {name.strip().lower(): name for name in self.rows[0].cells}
        others = [name for name in head if name in _DIMENSIONS]
        unknown = [name for name in head if name not in _KNOWN and _is_label(self.rows, head[name])]
        has_day = any(name in head for name in _DAYS) or (self.starts and self.starts == self.ends)
        reason = "" if has_day else "no_day_column"
        if len(others) + len(unknown) > 1 or unknown:
            reason = reason or "dimensions"
        if reason:
            for row in self.rows:
                sums.refuse(self.part.name, row.number, reason, row.text)
            return
        for row in self.rows:
            try:
                self._row(row, head, others, sums)
            except RowRefused as refused:
                if "grand total" not in row.text.lower():
                    sums.refuse(self.part.name, row.number, refused.reason, row.text)

    def _row(self, row: Line, head: dict[str, str], others: list[str], sums: Sums) -> None:
        day = self._day(row, head)
        figures = _figures({name: row.cells.get(column, "") for name, column in head.items()})
        if others:
            sums.part(day, _DIMENSIONS[others[0]], row.cells.get(head[others[0]], ""), figures)
        else:
            sums.whole(day, figures)

    def _day(self, row: Line, head: dict[str, str]) -> date:
        if "date" in head:
            return day_of(row.cells[head["date"]])
        nth = next((head[name] for name in ("nth day", "nthday", "day") if name in head), "")
        first = day_of(self.starts)
        if not nth:
            return first
        text = row.cells[nth].strip()
        if not text.isdecimal() or len(text) > 5:
            raise RowRefused("day")
        return day_of((first + timedelta(days=int(text))).isoformat())


_OTHER_FIGURES = (
    "engaged sessions",
    "bounce rate",
    "average session duration",
    "engagement rate",
    "new users",
)
_KNOWN = {*_MEASURES, *_ACTIVE, *_DIMENSIONS, *_DAYS, *_OTHER_FIGURES}


def _is_label(rows: list[Line], column: str) -> bool:
    """Say whether a column that nobody knows is a dimension: it holds what is no figure."""
    for row in rows[:50]:
        try:
            number(row.cells.get(column, ""))
        except RowRefused:
            return True
    return False


def _figures(cells: dict[str, str]) -> dict[str, Decimal]:
    found = {name: number(cells[column]) for column, name in _MEASURES.items() if column in cells}
    active = next((cells[name] for name in _ACTIVE if name in cells), None)
    if "visitors" not in found and active is not None:
        found["visitors"] = number(active)
    visits = found.get("visits")
    if visits is not None:
        if "engaged sessions" in cells:
            found["bounces"] = max(Decimal(0), visits - number(cells["engaged sessions"]))
        elif "bounce rate" in cells:
            found["bounces"] = (visits * _share(cells["bounce rate"])).quantize(Decimal(1))
        if "average session duration" in cells:
            found["seconds"] = (visits * number(cells["average session duration"])).quantize(
                Decimal("0.0001")
            )
    return found


def _share(text: str) -> Decimal:
    return number(text) / 100 if text.strip().endswith("%") else number(text)


def _tables(part: Part) -> Iterator[_Table]:
    """Part a file into its tables: comments, blank lines and new heads stand between them."""
    starts = ends = ""
    block: list[str] = []
    offset = number_of = 0

    def made() -> Iterator[_Table]:
        if block:
            rows = list(part.table(iter(block)))
            yield _Table(part, starts, ends, [Line(offset + row.number, row.cells, row.text) for row in rows])
            block.clear()

    for line in part.lines():
        number_of += 1
        plain = line.strip().strip('"')
        if plain.startswith("#") or not plain.strip(","):
            yield from made()
            said = plain.lstrip("# ").lower()
            if said.startswith("start date:"):
                starts = said.partition(":")[2].strip().strip(",")
            elif said.startswith("end date:"):
                ends = said.partition(":")[2].strip().strip(",")
            continue
        if not block:
            offset = number_of - 1
        block.append(line)
    yield from made()


def _whole_from_pages(sums: Sums) -> None:
    """Where nothing but pages was exported, their views are those of the day: views do add up."""
    if any(not key[1] for key in sums.amounts):
        return
    views = [
        (key[0], amount)
        for key, amount in sums.amounts.items()
        if key[1] == "page" and key[3] == "page_views"
    ]
    for day, amount in views:
        sums.part(day, "", "", {"page_views": amount})
