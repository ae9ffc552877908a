"""Pseudonyms of the browsers of a log, as `steps.visitor` makes them, remembered in parts."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from zoco.collector.memo import Memo
from zoco.collector.steps.visitor import MINUTE, LocalDay, local_day, salts_for
from zoco.kit.ids import framed, hash63_framed
from zoco.sites.published import PublishedSite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A browser on a host on a local day: the day's number, address, user agent and host as they are hashed.
Browser = tuple[int, bytes, bytes, bytes]


class Visitors:
    """Knows the browsers of one site's log."""

    def __init__(self, site: PublishedSite) -> None:
        self.site = site
        self.framed_site = framed(site.id)
        self.minutes = Memo(self._day, 4_096)
        self._salts = Memo(self._salts_of, 64)

    def days(self, moments: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Return the numbers of the local days of moments, odd within a day's first half hour.

        Raises Refused outside the years 1 to 9999.
        """
        import numpy as np

        minutes = moments // MINUTE
        firsts = np.flatnonzero(np.diff(minutes, prepend=minutes[0] - 1))
        days = [self.minutes[minute] for minute in minutes[firsts].tolist()]
        return np.repeat(np.array(days, dtype=np.int64), np.diff(firsts, append=len(minutes)))

    def day(self, moment: int) -> int:
        """Return the number of one moment's day. Raises Refused."""
        return self.minutes[moment // MINUTE]

    def of(self, browsers: Sequence[Browser]) -> tuple[list[int], list[int]]:
        """Return the pseudonyms of browsers, and yesterday's of those whose day is young, else 0.

        Where there is no address there is no pseudonym: 0.
        """
        now, before = [], []
        for day, address, agent, host in browsers:
            salt, salt_before = self._salts[day]
            whole = self.framed_site + address + agent + host if address else b""
            now.append(hash63_framed(whole, salt) if whole else 0)
            before.append(hash63_framed(whole, salt_before) if whole and day & 1 else 0)
        return now, before

    def _day(self, minute: int) -> int:
        day = local_day(minute * MINUTE, self.site.zone)
        return day.on.toordinal() << 1 | day.is_early

    def _salts_of(self, day: int) -> tuple[bytes, bytes]:
        return salts_for(self.site.import_key, LocalDay(date.fromordinal(day >> 1), bool(day & 1)))
