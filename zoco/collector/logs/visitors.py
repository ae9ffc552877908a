"""Pseudonyms of the browsers of a log, as `steps.visitor` makes them, remembered in parts."""

from datetime import date

from zoco.collector.logs.text import address_text, text
from zoco.collector.memo import Memo
from zoco.collector.steps.visitor import MINUTE, LocalDay, framed_address, framed_host, local_day, salts_for
from zoco.kit.ids import framed, hash63_framed
from zoco.sites.published import PublishedSite

# A browser on a host on a local day: the day's number, address, user agent, host.
Browser = tuple[int, bytes, bytes, str]


class Visitors:
    """Knows the browsers of one site's log."""

    def __init__(self, site: PublishedSite) -> None:
        self.site = site
        self.framed_site = framed(site.id)
        self.minutes = Memo(self._day, 4_096)
        self.now = Memo(self._now, 16_384)
        self.before = Memo(self._before, 1_024)
        self._salts = Memo(self._salts_of, 64)
        self._addresses = Memo(_framed_address, 8_192)
        self._agents = Memo(_framed_agent, 8_192)
        self._hosts = Memo(framed_host, 1_024)

    def days(self, moments: list[int]) -> list[int]:
        """Return the numbers of the local days of moments, odd within a day's first half hour.

        Raises Refused outside the years 1 to 9999.
        """
        minutes = self.minutes
        return [minutes[moment // MINUTE] for moment in moments]

    def of(self, browsers: list[Browser]) -> tuple[list[int], list[int]]:
        """Return the pseudonyms of browsers, and yesterday's of those whose day is young, else 0."""
        before = self.before
        return list(map(self.now.__getitem__, browsers)), [
            before[who] if who[0] & 1 else 0 for who in browsers
        ]

    def _day(self, minute: int) -> int:
        day = local_day(minute * MINUTE, self.site.zone)
        return day.on.toordinal() << 1 | day.is_early

    def _salts_of(self, day: int) -> tuple[bytes, bytes]:
        return salts_for(self.site.import_key, LocalDay(date.fromordinal(day >> 1), bool(day & 1)))

    def _now(self, who: Browser) -> int:
        return self._pseudonym(who, self._salts[who[0]][0])

    def _before(self, who: Browser) -> int:
        return self._pseudonym(who, self._salts[who[0]][1])

    def _pseudonym(self, who: Browser, salt: bytes) -> int:
        _, address, agent, host = who
        known = self._addresses[address]
        if not known:
            return 0
        return hash63_framed(self.framed_site + known + self._agents[agent] + self._hosts[host], salt)


def _framed_address(raw: bytes) -> bytes:
    return framed_address(address_text(raw))


def _framed_agent(raw: bytes) -> bytes:
    return framed((text(raw) if raw else "").encode())
