"""Plausible: the zip of Site settings › Imports & exports › Export data, one CSV file a table.

Columns are those of lib/plausible/exports.ex, read in its version of 2025.
"""

import re

from django.utils.translation import gettext_lazy as _

from zoco.monitor.imports.base import IMPORTERS, ExportUnreadable, Importer, Wanted
from zoco.monitor.imports.exports import Export, Part
from zoco.monitor.imports.sums import RowRefused, Sums, day_of, number

_NAME = re.compile(r"imported_([a-z_]+?)(_\d{8}_\d{8})?\.csv", re.IGNORECASE)
_MEASURES = {
    "visitors": "visitors",
    "pageviews": "page_views",
    "visits": "visits",
    "entrances": "visits",
    "exits": "visits",
    "bounces": "bounces",
    "visit_duration": "seconds",
    "events": "events",
}
# Table: the dimension and the column of its label.
_TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "visitors": (),
    "sources": (("source", "source"), ("campaign", "utm_campaign"), ("medium", "utm_medium")),
    "pages": (("page", "page"),),
    "entry_pages": (("entry", "entry_page"),),
    "exit_pages": (("exit", "exit_page"),),
    "custom_events": (("event", "name"),),
    "locations": (("country", "country"), ("region", "region")),
    "devices": (("device", "device"),),
    "browsers": (("browser", "browser"),),
    "operating_systems": (("os", "operating_system"),),
}


@IMPORTERS.plug
class Plausible(Importer):
    """Reads the zip of Plausible's data export, or single CSV files of it."""

    key = "plausible"
    label = _("Plausible")
    help = _(
        "The zip that Plausible makes under Site settings, Imports & exports, Export data. Single files of "
        "it work too, as long as imported_visitors is among them."
    )
    sources = (
        "https://github.com/plausible/analytics/blob/master/lib/plausible/exports.ex",
        "https://plausible.io/docs/export-stats",
    )

    def read(self, export: Export, sums: Sums, wanted: Wanted) -> None:
        """Read each table that is known by its name."""
        found = set()
        for part in export.parts():
            match = _NAME.fullmatch(part.name)
            if match is None or match[1].lower() not in _TABLES:
                sums.refuse(part.name, 0, "unknown_file")
                continue
            found.add(match[1].lower())
            _table(part, match[1].lower(), sums)
        if "visitors" not in found:
            raise ExportUnreadable(
                f"{export.name} holds no imported_visitors….csv; choose the zip of Plausible's data export."
            )


def _table(part: Part, table: str, sums: Sums) -> None:
    for line in part.table():
        if "date" not in line.cells:
            raise ExportUnreadable(f"{part.name} has no column date; it is no file of Plausible's export.")
        try:
            day = day_of(line.cells["date"])
            figures = {
                name: number(line.cells[column]) for column, name in _MEASURES.items() if column in line.cells
            }
            if table == "visitors":
                sums.whole(day, figures)
            for dimension, column in _TABLES[table]:
                label = line.cells.get(column, "")
                if label or dimension == "source":
                    sums.part(day, dimension, label, figures)
        except RowRefused as refused:
            sums.refuse(part.name, line.number, refused.reason, line.text)
