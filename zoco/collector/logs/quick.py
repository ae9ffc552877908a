"""Log lines to facts, fast: the rules of the steps, remembered, for many lines at a time.

What is in a table is what the steps give for each line; a test holds both against each other.
"""

from array import array
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from zoco.collector.logs.base import LONGEST_LINE, LogFormat
from zoco.collector.logs.pending import Group
from zoco.collector.logs.reading import OVERLONG
from zoco.collector.logs.text import address_text, request_parts, text
from zoco.collector.logs.visitors import Visitors
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused, Tally
from zoco.collector.steps.device import Device, device_of, evidence_of
from zoco.collector.steps.place import country_of
from zoco.collector.steps.site import host_of
from zoco.collector.steps.source import origin_of
from zoco.collector.steps.target import is_asset, name_of, parts, props_of
from zoco.collector.steps.verdict import judge
from zoco.kit.ids import framed
from zoco.ledger.schema import TOUCH, encoder
from zoco.ledger.spool.columns import numbers, repeated, uuids8
from zoco.sites.published import PublishedSite

if TYPE_CHECKING:
    import pyarrow as pa

# Equal lines are counted within this many lines and the same number before them: then memory stays
# bounded and an interrupted import can count on after reading them again. Part of what an id means.
GENERATION = 1 << 14


class Refusal(NamedTuple):
    """A line that was refused."""

    number: int
    reason: Reason
    line: bytes


class Asked(NamedTuple):
    """What a request line gives."""

    kind: tuple[str, bool]
    path: str
    query: str


@dataclass(slots=True)
class Counts:
    """What became of the lines."""

    lines: int = 0
    facts: int = 0
    blank: int = 0
    refused: Tally = field(default_factory=Tally)


class Quick:
    """Turns the lines of one log into facts of one site. Lines must come in order.

    `size` is how many bytes of lines the facts come from that wait to be taken.
    """

    def __init__(
        self,
        site: PublishedSite,
        log_format: LogFormat,
        origin_key: str,
        received_at: int,
        *,
        any_host: bool = False,
    ) -> None:
        self.site = site
        self.format = log_format
        self.origin_key = origin_key
        self.received_at = received_at
        self.any_host = any_host
        self.counts = Counts()
        self.refusals: list[Refusal] = []
        digits = b"%d" % site.id
        self.prefixes = [b"%d:%b%d:" % (len(digits), digits, length) for length in range(LONGEST_LINE + 1)]
        self.seen: dict[bytes, int] = {}
        self.older: dict[bytes, int] = {}
        self._remember()
        self.size = 0
        self.digests = bytearray()
        self.at, self.visitor, self.visitor_before = array("q"), array("q"), array("q")

    def _remember(self) -> None:
        """Lay out what is remembered beyond a table, and the columns that hang on it."""
        self.moments = Memo(self.format.moment, 8_192)
        self.requests = Memo(_asked, 16_384)
        self.hosts = Memo(self._host, 1_024)
        self.visitors = Visitors(self.site)
        agents, origins, places = Memo(_agent, 8_192), Memo(self._origin, 16_384), Memo(_place, 8_192)
        self.agents = Group(("verdict", "reason", *Device._fields, "user_agent"), agents.__getitem__)
        self.origins = Group(("referrer_host", *TOUCH, "referrer"), origins.__getitem__)
        self.places = Group(("country",), places.__getitem__)
        self.heads = Group(("name", "status", "props"), _head)
        self.paths: Group[str] = Group(("path",), lambda path: (path,))
        self.names: Group[str] = Group(("host",), lambda host: (host,))
        self.groups: tuple[Group[Any], ...] = (
            self.heads,
            self.paths,
            self.names,
            self.agents,
            self.origins,
            self.places,
        )

    def read(self, lines: list[bytes], first: int) -> None:
        """Take these lines' facts; `first` is the number of the first line.

        All lines must lie in one generation. What is refused is counted and added to `refusals`.
        """
        good = lines
        try:
            self._read(good)
        except Refused:
            good = [line for number, line in enumerate(lines, first) if self._is_good(number, line)]
            self._read(good)
        self.counts.lines += len(lines)
        self.counts.facts += len(good)

    def _read(self, lines: list[bytes]) -> None:
        """Take the facts of lines; raises Refused for one of them, and then nothing was taken."""
        if not lines:
            return
        vhosts, addresses, stamps, requests, codes, referrers, agents = self.format.hits(lines)
        at = list(map(self.moments.__getitem__, stamps))
        days = self.visitors.days(at)
        kinds, paths, queries = zip(*map(self.requests.__getitem__, requests), strict=True)
        names = list(map(self.hosts.__getitem__, vhosts))
        browsers = list(zip(days, addresses, agents, names, strict=True))
        added = (
            self.heads.number(zip(kinds, codes, strict=True)),
            self.paths.number(paths),
            self.names.number(names),
            self.agents.number(agents),
            self.origins.number(zip(referrers, queries, strict=True)),
            self.places.number(addresses),
        )
        visitor, visitor_before = self.visitors.of(browsers)
        self.visitor.extend(visitor)
        self.visitor_before.extend(visitor_before)
        self.at.extend(at)
        self.digests += b"".join(self._ids(lines))
        for group, more in zip(self.groups, added, strict=True):
            group.numbers.extend(more)
        self.size += sum(map(len, lines))

    def take(self) -> "pa.Table":
        """Return the facts that wait as a table of the schema's columns, and forget them."""
        import numpy as np
        import pyarrow as pa

        count = len(self.at)
        columns = {
            "id": uuids8(self.digests),
            "site": numbers(np.full(count, self.site.id, dtype=np.int32)),
            "origin": repeated("log", count),
            "occurred_at": numbers(np.array(self.at)),
            "received_at": numbers(np.full(count, self.received_at, dtype=np.int64)),
            "origin_key": repeated(self.origin_key, count),
            "visitor": numbers(np.array(self.visitor)),
        }
        if any(self.visitor_before):
            columns["visitor_before"] = numbers(np.array(self.visitor_before))
        for group in self.groups:
            columns |= group.take()
        self.digests, self.size = bytearray(), 0
        self.at, self.visitor, self.visitor_before = array("q"), array("q"), array("q")
        return pa.table(columns)

    def recall(self, lines: list[bytes]) -> None:
        """Remember lines that were read in an earlier run, so that equal ones count on."""
        self._ids(lines)

    def turn(self) -> None:
        """Begin a generation: called before the lines 0, GENERATION, 2 * GENERATION …"""
        self.seen, self.older = {}, self.seen

    def _ids(self, lines: list[bytes]) -> list[bytes]:
        """Return the digest of (site, line, n) for the n-th of equal lines, as kit.ids makes it.

        Equal lines tell of the same second, so this is the line's count within its second.
        """
        prefixes, seen, older = self.prefixes, self.seen, self.older
        digests = [blake2b(prefixes[len(line)] + line + b"1:1", digest_size=16).digest() for line in lines]
        for place, digest in enumerate(digests):
            own = seen.get(digest, 0)
            seen[digest] = own + 1
            if own or digest in older:
                nth, line = framed(own + older.get(digest, 0) + 1), lines[place]
                digests[place] = blake2b(prefixes[len(line)] + line + nth, digest_size=16).digest()
        return digests

    def _is_good(self, number: int, line: bytes) -> bool:
        """Say whether a line gives a fact; count and keep the refusal of one that gives none."""
        try:
            vhost, address, stamp, request, code, referrer, _ = self.format.hit(line)
            self.visitors.days([self.moments[stamp]])
            self.places[address]
            asked = self.requests[request]
            self.heads[asked.kind, code]
            self.hosts[vhost]
            self.origins[referrer, asked.query]
        except Refused as refused:
            self._refuse(number, line, refused.reason)
            return False
        return True

    def _refuse(self, number: int, line: bytes, reason: Reason) -> None:
        if not line:
            self.counts.blank += 1
            return
        reason = Reason.TOO_LONG if line is OVERLONG else reason
        self.counts.refused[reason] += 1
        self.refusals.append(Refusal(number, reason, line))

    def _host(self, vhost: bytes) -> str:
        return host_of(text(vhost), self.site, any_host=self.any_host)

    def _origin(self, key: tuple[bytes, str]) -> tuple[str, ...]:
        referrer, query = key
        found = origin_of(text(referrer), query, self.site.hostnames)
        return (found.referrer_host, *found.touch, found.referrer)


def _asked(request: bytes) -> Asked:
    method, target = request_parts(request)
    path, query = parts(target)
    return Asked((method, is_asset(path)), path, query)


def _head(key: tuple[tuple[str, bool], bytes]) -> tuple[str, int, str]:
    (method, asset), code = key
    if not code.isdigit() or len(code) != 3:
        raise Refused(Reason.BAD_STATUS)
    status = int(code)
    return name_of(method, status, asset=asset), status, encoder.encode(props_of(method)).decode()


def _agent(raw: bytes) -> tuple[str, ...]:
    user_agent = text(raw) if raw else None
    verdict, reason = judge(user_agent)
    return (verdict, reason, *device_of(user_agent), evidence_of(user_agent))


def _place(raw: bytes) -> tuple[str]:
    return (country_of(address_text(raw)),)
