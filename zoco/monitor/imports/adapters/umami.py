"""Umami: a dump of its database, or its tables website_event and session as CSV.

Tables are those of prisma/schema.prisma and db/*/migrations of version 2: an event is a page view where
event_type is 1 and an event of one's own where it is 2. session_id is the visitor, visit_id the visit.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from zoco.monitor.imports.adapters.visits import ONE, Visits
from zoco.monitor.imports.base import IMPORTERS, ExportUnreadable, Importer, Wanted
from zoco.monitor.imports.exports import Export, Part
from zoco.monitor.imports.reading.dumps import DumpRow, dump_rows
from zoco.monitor.imports.sums import RowRefused, Sums, day_of

_TABLES = ("session", "website", "website_event")
_SESSIONS_MOST = 3_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRAITS = ("browser", "os", "device", "country", "language")


@IMPORTERS.plug
class Umami(Importer):
    """Reads a dump of PostgreSQL or MySQL, or CSV files of the tables."""

    key = "umami"
    label = _("Umami")
    help = _(
        "A dump of Umami's database made by pg_dump or mysqldump (plain SQL, it may be packed as gzip), or a "
        "zip with website_event.csv and session.csv. A dump of several websites needs the id of one."
    )
    sources = (
        "https://github.com/umami-software/umami/blob/master/prisma/schema.prisma",
        "https://www.postgresql.org/docs/current/app-pgdump.html",
        "https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html",
    )

    def read(self, export: Export, sums: Sums, wanted: Wanted) -> None:
        """Read sessions first, then events."""
        reading = _Reading(export.name, sums, wanted)
        for row, part in _rows(export):
            try:
                reading.take(row)
            except RowRefused as refused:
                sums.refuse(part.name, row.number, refused.reason, row.text or ",".join(row.cells.values()))
        if not reading.events:
            raise ExportUnreadable(
                f"{export.name} holds no rows of website_event; export the database of Umami 2 as plain SQL."
            )
        reading.visits.finish(by_views=True)


def _rows(export: Export) -> Iterator[tuple[DumpRow, Part]]:
    """Return rows of all parts; tables as CSV come by name, so that sessions are known before events."""
    for part in sorted(export.parts(), key=lambda part: part.name):
        table = part.name.removesuffix(".csv").removeprefix("public.")
        if part.name.endswith(".csv"):
            if table in _TABLES:
                for line in part.table():
                    yield DumpRow(table, line.number, line.cells, line.text), part
        else:
            for row in dump_rows(part, _TABLES):
                yield row, part


class _Reading:
    def __init__(self, name: str, sums: Sums, wanted: Wanted) -> None:
        self.name = name
        self.sums = sums
        self.visits = Visits(sums)
        self.events = 0
        self._zone = ZoneInfo(wanted.zone)
        self._website = wanted.website
        self._is_chosen = bool(wanted.website)
        self._websites: dict[str, str] = {}
        self._sessions: dict[str, tuple[tuple[str, str], ...]] = {}

    def take(self, row: DumpRow) -> None:
        """Take a row. Raises RowRefused, ExportUnreadable."""
        if not row.cells:
            raise RowRefused("shape")
        if row.table == "website":
            self._websites[row.cells.get("website_id", "")] = row.cells.get("domain", "")
        elif row.table == "session":
            self._session(row.cells)
        else:
            self._event(row.cells)

    def _session(self, cells: dict[str, str]) -> None:
        if len(self._sessions) >= _SESSIONS_MOST:
            raise ExportUnreadable(
                f"{self.name} holds more than {_SESSIONS_MOST} sessions; dump it in parts."
            )
        traits = tuple((name, cells[name]) for name in _TRAITS if cells.get(name))
        self._sessions[cells.get("session_id", "")] = traits

    def _event(self, cells: dict[str, str]) -> None:
        website, session = cells.get("website_id", ""), cells.get("session_id", "")
        if not self._is_of_website(website):
            return
        if not session:
            raise RowRefused("no_visit")
        at = _moment(cells.get("created_at", ""))
        day = day_of(at.astimezone(self._zone).date().isoformat())
        micros = (at - _EPOCH) // timedelta(microseconds=1)
        traits = self._sessions.get(session, ())
        came = [("source", cells.get("utm_source") or cells.get("referrer_domain", ""))]
        came += [("medium", cells.get("utm_medium", "")), ("campaign", cells.get("utm_campaign", ""))]
        visit = self.visits.event(
            day=day,
            at=micros,
            visitor=session,
            visit=cells.get("visit_id") or session,
            traits=(*traits, *((name, value) for name, value in came if value)),
        )
        self.events += 1
        if cells.get("event_type", "1") == "2":
            self.sums.part(day, "event", cells.get("event_name", ""), {"events": ONE})
        else:
            self.visits.view(visit, day=day, at=micros, path=cells.get("url_path") or "/")

    def _is_of_website(self, website: str) -> bool:
        if not self._website:
            self._website = website
        if website == self._website:
            return True
        if self._is_chosen:
            return False
        known: dict[str, Any] = self._websites or {self._website: "", website: ""}
        there = ", ".join(f"{each} ({domain})" if domain else each for each, domain in known.items())
        raise ExportUnreadable(
            f"{self.name} holds several websites: {there}. Give the id of the one you want."
        )


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RowRefused("day") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
