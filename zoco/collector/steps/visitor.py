"""The pseudonym of a browser: a keyed hash under a salt of the site and the local day.

Nobody can go back from it to an address, and from one day to the next only through
`visitor_before`, which a fact carries in the first 30 minutes of the site's day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from zoco.collector.event import Event
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps.place import plain_address
from zoco.kit.hosts import registrable
from zoco.kit.ids import framed, hash63_framed
from zoco.kit.periods import midnight, moment_at

MINUTE = 60_000_000
EARLY = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day in the site's zone; `is_early` within its first 30 minutes."""

    on: date
    is_early: bool


def local_day(at_micros: int, zone: str) -> LocalDay:
    """Return the local day of the minute that holds this moment. Raises Refused outside 1 to 9999."""
    return _day_of(at_micros // MINUTE * MINUTE, zone)


@lru_cache(maxsize=256)
def _day_of(minute: int, zone: str) -> LocalDay:
    try:
        on = moment_at(minute).astimezone(ZoneInfo(zone)).date()
        if not date.min < on < date.max:
            raise Refused(Reason.BAD_DATE)
        return LocalDay(on, minute - midnight(on, zone) < EARLY)
    except (OverflowError, ValueError):
        raise Refused(Reason.BAD_DATE) from None


def import_salt(import_key: str, on: date) -> bytes:
    """Return the salt of a day for imports: always the same, so that imports agree.

    `import_key` is hexadecimal, a secret that leaves the machine in no backup.
    """
    return blake2b(on.isoformat().encode(), key=bytes.fromhex(import_key)[:64], digest_size=32).digest()


def day_before(on: date) -> date:
    return on - timedelta(days=1)


def pseudonym(salt: bytes, site: int, address: str, user_agent: str | None, host: str) -> int:
    """Return the visitor: 63 bits, or 0 when there is no address to tell browsers apart by."""
    known = framed_address(address)
    if not known:
        return 0
    agent = framed((user_agent or "").encode())
    return hash63_framed(framed(site) + known + agent + framed_host(host), salt)


def framed_address(address: str) -> bytes:
    """Return an address as a pseudonym is made of it, b"" when there is none."""
    return b"" if address in ("", "-") else framed((plain_address(address) or address.lower()).encode())


def framed_host(host: str) -> bytes:
    """Return a host as a pseudonym is made of it: its domain."""
    return framed(registrable(host).encode())


@lru_cache(maxsize=16)
def _salts(import_key: str, day: LocalDay) -> tuple[bytes, bytes]:
    before = import_salt(import_key, day_before(day.on)) if day.is_early else b""
    return import_salt(import_key, day.on), before


def salts_for(import_key: str, day: LocalDay) -> tuple[bytes, bytes]:
    """Return the day's salt, and the one of the day before while the day is young, else b""."""
    return _salts(import_key, day)


def step(event: Event) -> Event:
    """Set visitor, and visitor_before where the event brings the salt of the day before."""
    who = (event.site.id, event.address, event.user_agent, event.fact.host)
    event.fact.visitor = pseudonym(event.salt, *who)
    event.fact.visitor_before = pseudonym(event.salt_before, *who) if event.salt_before else 0
    return event
