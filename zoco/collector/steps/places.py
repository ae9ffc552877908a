"""An operator's own file of places (.mmdb, such as GeoLite2 or DB-IP): country, region, city of an address.

The file that ZOCO_PLACES names is looked at every ten seconds and read anew when it has changed. One that
cannot be read is said once in the log and by `zoco check`; the country then comes from what is built in.
What is read is a copy in the data folder: whoever overwrites a file that is mapped into memory would end
the process.
"""

import logging
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from zoco.kit import conf

if TYPE_CHECKING:
    import maxminddb

log = logging.getLogger(__name__)

PLACES = conf.declare(
    "PLACES",
    "",
    str,
    "A file of places (.mmdb) for countries, regions and cities; without it countries only.",
)
LOOK_SECONDS = 10.0
LONGEST = 100


class PlacesUnreadable(ValueError):
    """The file is none of places, or is broken; the message says why."""


class Place(NamedTuple):
    """What is known of an address; "" where nothing is. A region is its code in ISO 3166-2
    without the country (MD for Madrid), or its English name."""

    country: str = ""
    region: str = ""
    city: str = ""


NOWHERE = Place()


def open_places(path: Path) -> "maxminddb.Reader":
    """Open a file and look into it once. Raises PlacesUnreadable."""
    import maxminddb

    try:
        reader = maxminddb.open_database(str(path))
        reader.get("192.0.2.1")
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise PlacesUnreadable(f"{path} cannot be read as a file of places: {error}") from error
    return reader


class Places:
    """The file as it was when it was last read."""

    def __init__(self) -> None:
        self._path = ""
        self._sign: tuple[int, int, int] | None = None
        self._reader: maxminddb.Reader | None = None
        self._looked_at = -LOOK_SECONDS

    def reader(self) -> "maxminddb.Reader | None":
        """Return the reader, None without a file that can be read."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._look(PLACES())
        return self._reader

    def _look(self, path: str) -> None:
        sign = _sign(path)
        if (path, sign) == (self._path, self._sign):
            return
        self._path, self._sign, self._reader = path, sign, None
        if path:
            try:
                self._reader = open_places(_copied(Path(path), sign))
            except PlacesUnreadable as error:
                log.warning("Places come from what is built in. reason=%s", error)

    def find(self, address: str) -> Place | None:
        """Return the place of a plain address, None if there is no file."""
        reader = self.reader()
        if reader is None:
            return None
        try:
            return read(reader.get(address))
        except Exception as error:  # whatever a broken file makes of a look-up, the fact is worth more
            log.warning("Places come from what is built in. reason=%s", error)
            self._reader = None
            return None


def _copied(path: Path, sign: tuple[int, int, int] | None) -> Path:
    """Return the copy of the file as it is now; older copies go. Raises PlacesUnreadable."""
    folder = conf.DATA() / "tmp" / "places"
    copy = folder / f"{'-'.join(map(str, sign or ()))}.mmdb"
    try:
        if not copy.exists():
            folder.mkdir(parents=True, exist_ok=True)
            partial = copy.with_suffix(f".{os.getpid()}.partial")
            shutil.copyfile(path, partial)
            partial.replace(copy)
        for other in folder.glob("*.mmdb"):
            if other != copy:
                other.unlink(missing_ok=True)
    except OSError as error:
        raise PlacesUnreadable(f"{path} cannot be read as a file of places: {error}") from error
    return copy


def read(row: Any) -> Place:
    """Return the place that a row of GeoIP2, GeoLite2 or DB-IP tells of."""
    if not isinstance(row, dict):
        return NOWHERE
    country = _text(_part(row, "country").get("iso_code")).upper()
    divisions = row.get("subdivisions")
    division = divisions[0] if isinstance(divisions, list) and divisions else None
    region = ""
    if isinstance(division, dict):
        region = _text(division.get("iso_code")).upper() or _english(division)
    return Place(country if len(country) == 2 else "", region, _english(_part(row, "city")))


def _part(row: dict[Any, Any], name: str) -> dict[Any, Any]:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _english(part: dict[Any, Any]) -> str:
    return _text(_part(part, "names").get("en"))


def _text(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _sign(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - called often
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
