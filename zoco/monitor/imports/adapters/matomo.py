"""Matomo: answers of its reporting API with period=day, as CSV, JSON or XML.

CSV comes as UTF-16 by default, its head in the API's names or, with translateColumnNames=1, in English words.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from zoco.monitor.imports.base import IMPORTERS, ExportUnreadable, Importer, Wanted
from zoco.monitor.imports.exports import DUMP_LINE_MOST, Export, Part
from zoco.monitor.imports.reading.matomo_xml import xml_rows
from zoco.monitor.imports.sums import RowRefused, Sums, day_of, number

_MEASURES = {
    "nb_pageviews": "page_views",
    "nb_hits": "page_views",
    "nb_visits": "visits",
    "entry_nb_visits": "visits",
    "exit_nb_visits": "visits",
    "nb_uniq_visitors": "visitors",
    "bounce_count": "bounces",
    "entry_bounce_count": "bounces",
    "sum_visit_length": "seconds",
    "nb_events": "events",
    "pageviews": "page_views",
    "visits": "visits",
    "unique visitors": "visitors",
    "bounces": "bounces",
    "total time spent by visitors (in seconds)": "seconds",
}
_ACTIONS = ("nb_actions", "actions")
_LABEL = ("label", "metadata: url", "url")
# By the name of the API's method, which the file must bear.
_REPORTS = {
    "getpageurls": "page",
    "getentrypageurls": "entry",
    "getexitpageurls": "exit",
    "getwebsites": "referrer",
    "getreferrertype": "channel",
    "getall": "source",
    "getcampaigns": "campaign",
    "getcountry": "country",
    "getregion": "region",
    "getcity": "city",
    "gettype": "device",
    "getbrowsers": "browser",
    "getosfamilies": "os",
    "getlanguage": "language",
    "getlanguagecode": "language",
    "geteventcategory": "event",
    "getname": "event",
    "getaction": "event",
}
_METHOD = re.compile(r"get[a-z]+", re.IGNORECASE)
Cells = dict[str, str]


@IMPORTERS.plug
class Matomo(Importer):
    """Reads API.get or VisitsSummary.get by day, and reports whose files bear their method's name."""

    key = "matomo"
    label = _("Matomo")
    help = _(
        "Answers of Matomo's API with period=day and a range of dates, as CSV, JSON or XML: API.get for the "
        "whole site and, if you like, reports such as Actions.getPageUrls with flat=1, each in a file that "
        "bears the name of its method. Several files go into a zip."
    )
    sources = (
        "https://developer.matomo.org/api-reference/reporting-api",
        "https://developer.matomo.org/api-reference/reporting-api-metadata",
    )

    def read(self, export: Export, sums: Sums, wanted: Wanted) -> None:
        """Read each file as what it begins like."""
        for part in export.parts():
            _read(part, sums)
        if not sums.days:
            raise ExportUnreadable(
                f"{export.name} holds no figures of whole days; export API.get with period=day and two dates."
            )


def _read(part: Part, sums: Sums) -> None:
    dimension = next((_REPORTS[name] for name in _names(part) if name in _REPORTS), "")
    for line, cells in _rows(part):
        lower = {name.strip().lower(): value for name, value in cells.items()}
        try:
            _take(lower, dimension, sums)
        except RowRefused as refused:
            text = ",".join(str(value) for value in lower.values())
            sums.refuse(part.name, line, refused.reason, text)


def _take(cells: Cells, dimension: str, sums: Sums) -> None:
    label = next((cells[name] for name in _LABEL if name in cells), None)
    if "date" not in cells:
        raise RowRefused("no_day_column")
    day = day_of(cells["date"])
    if label is not None and not dimension:
        raise RowRefused("unknown_report")
    if not any(value for name, value in cells.items() if name not in ("date", *_LABEL)):
        return  # a day without visits is an empty row
    figures = _figures(cells, sums)
    if label is None:
        sums.whole(day, figures)
    else:
        sums.part(day, dimension, label, figures)


def _names(part: Part) -> list[str]:
    return [found.lower() for found in _METHOD.findall(part.name)]


def _figures(cells: Cells, sums: Sums) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for column, name in _MEASURES.items():
        if column in cells and name not in found:
            found[name] = number(cells[column])
    actions = next((cells[name] for name in _ACTIONS if name in cells), None)
    if "page_views" not in found and actions is not None:
        found["page_views"] = number(actions)
        sums.note("matomo_actions")
    return found


def _rows(part: Part) -> Iterator[tuple[int, Cells]]:
    pieces = part.pieces()
    first = next(pieces, "")
    if first.lstrip().startswith("<"):
        yield from xml_rows(part.name, first, pieces)
    elif first.lstrip().startswith(("{", "[")):
        yield from _json_rows(part, first, pieces)
    else:
        for line in part.table(part.lines(pieces=chain([first], pieces))):
            yield line.number, line.cells


def _json_rows(part: Part, first: str, lines: Iterator[str]) -> Iterator[tuple[int, Cells]]:
    """Return rows of {"2024-01-01": {…}}, {"2024-01-01": [{…}, …]}, [{"date": …}, …]."""
    whole = first
    for line in lines:
        whole += line
        if len(whole) > DUMP_LINE_MOST:
            raise ExportUnreadable(f"{part.name} is larger than 64 MB; export it in parts, a year at a time.")
    try:
        found = msgspec.json.decode(whole)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ExportUnreadable(f"{part.name} is no JSON: {error}.") from error
    if isinstance(found, dict) and found.get("result") == "error":
        raise ExportUnreadable(f"{part.name} holds Matomo's refusal: {str(found.get('message'))[:200]}")
    number_of = 0
    for day, rows in _by_day(found):
        for row in rows:
            number_of += 1
            yield (
                number_of,
                ({"date": day} if day else {}) | {name: _plain(value) for name, value in row.items()},
            )


def _by_day(found: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(found, list):
        yield "", [row for row in found if isinstance(row, dict)]
    elif isinstance(found, dict):
        for day, value in found.items():
            if isinstance(value, dict):
                yield day, [value]
            elif isinstance(value, list):
                yield day, [row for row in value if isinstance(row, dict)]
            else:
                yield day, [{"nb_visits": value}]


def _plain(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
