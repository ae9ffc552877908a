"""Log lines to facts, fast: the rules of the steps, remembered, for many lines at a time.

What is in a table is what the steps give for each line; a test holds both against each other.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from zoco.collector.lists.confirmed import Patience
from zoco.collector.logs.base import LogFormat
from zoco.collector.logs.clock import Clock, now_micros, plausible
from zoco.collector.logs.equal import EqualLines
from zoco.collector.logs.files.reading import OVERLONG
from zoco.collector.logs.judged import verdicts_beyond
from zoco.collector.logs.pending import Group, columns_of, distinct
from zoco.collector.logs.text import text
from zoco.collector.logs.values import Asked, agent_of, asked_of, head_of, whence_of
from zoco.collector.logs.visitors import Visitors
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused, Tally
from zoco.collector.steps.blocking import WISHED, check_host
from zoco.collector.steps.device import Device
from zoco.collector.steps.places import Place
from zoco.collector.steps.site import host_of
from zoco.collector.steps.visitor import framed_host
from zoco.ledger.schema import TOUCH
from zoco.ledger.spool.columns import numbers, repeated, uuids8
from zoco.sites.blocking.lists import guard_of
from zoco.sites.published import PublishedSite
from zoco.sites.sources.origin import origin_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

# So few lines are looked at one by one when one of them is refused.
FEW = 64


class Refusal(NamedTuple):
    """A line that was refused."""

    number: int
    reason: Reason
    line: bytes


class Numbers(NamedTuple):
    """What facts hold in common with others: the number of each in its group."""

    requests: "NDArray[np.int32]"
    heads: "NDArray[np.int32]"
    names: "NDArray[np.int32]"
    agents: "NDArray[np.int32]"
    referrers: "NDArray[np.int32]"
    places: "NDArray[np.int32]"


@dataclass(slots=True)
class Counts:
    """What became of the lines."""

    lines: int = 0
    facts: int = 0
    blank: int = 0
    refused: Tally = field(default_factory=Tally)


class Quick:
    """Turns the lines of one log into facts of one site. Lines must come in order.

    `waiting` is how many facts wait to be taken, `size` how many bytes of lines they come from.
    """

    def __init__(
        self,
        site: PublishedSite,
        log_format: LogFormat,
        origin_key: str,
        received_at: int,
        *,
        any_host: bool = False,
        clock: Clock = now_micros,
        patience: Patience | None = None,
    ) -> None:
        self.site, self.format = site, log_format
        self.guard = guard_of(site.left_out)
        self.origin_key, self.received_at = origin_key, received_at
        self.any_host, self.clock = any_host, clock
        self.patience = patience or Patience()
        self.counts = Counts()
        self.refusals: list[Refusal] = []
        self.equal = EqualLines(site.id)
        self._remember()
        self._begin()

    def _remember(self) -> None:
        """Lay out what is remembered beyond a table, and the columns that hang on it."""
        self.moments = Memo(self.format.moment, 8_192)
        self.visitors = Visitors(self.site)
        requests, origins = Memo(self._asked, 16_384), Memo(self._origin, 16_384)
        agents = Memo(agent_of, 8_192)
        self.origins = origins
        self.requests = Group(("path",), requests.__getitem__, links=2)
        self.heads = Group(("name", "status", "props"), head_of)
        self.names = Group(("host",), self._host)
        self.agents = Group(("verdict", "reason", *Device._fields, "user_agent"), agents.__getitem__)
        self.referrers: Group[bytes] = Group((), lambda referrer: (referrer,))
        self.places: Group[bytes] = Group(Place._fields, lambda raw: whence_of(raw, self.guard))

    def _begin(self) -> None:
        """Begin a table."""
        self.waiting = self.size = 0
        self.digests = bytearray()
        self.at: list[NDArray[np.int64]] = []
        self.days: list[NDArray[np.int64]] = []
        self.numbers: list[Numbers] = []
        groups: tuple[Group[Any], ...] = self._groups()
        for group in groups:
            group.forget()

    def _groups(self) -> tuple[Group[Any], ...]:
        return self.requests, self.heads, self.names, self.agents, self.referrers, self.places

    def read(self, lines: list[bytes], first: int) -> None:
        """Take these lines' facts; `first` is the number of the first line.

        All lines must lie in one generation. What is refused is counted and added to `refusals`.
        """
        try:
            self._read(lines)
        except Refused:
            self._read_part(lines, first)
        else:
            self.counts.lines += len(lines)
            self.counts.facts += len(lines)

    def _read_part(self, lines: list[bytes], first: int) -> None:
        """Take lines of which one at least is refused: by halves, the last few one by one."""
        half = len(lines) // 2
        if half > FEW:
            self.read(lines[:half], first)
            self.read(lines[half:], first + half)
            return
        good = [line for number, line in enumerate(lines, first) if self._is_good(number, line)]
        self._read(good)
        self.counts.lines += len(lines)
        self.counts.facts += len(good)

    def _read(self, lines: list[bytes]) -> None:
        """Take the facts of lines; raises Refused for one of them, and then nothing was taken."""
        if not lines:
            return
        count = len(lines)
        vhosts, addresses, stamps, requests, codes, referrers, agents = self.format.hits(lines)
        at = self._moments(stamps)
        plausible(int(at.min()), int(at.max()), self.clock)
        days = self.visitors.days(at)
        places = self.places.number(addresses, count)
        asked = self.requests.number(requests, count)
        numbers = Numbers(
            asked,
            self._heads(asked, codes),
            self.names.number(vhosts, count),
            self.agents.number(agents, count),
            self.referrers.number(referrers, count),
            places,
        )
        self.at.append(at)
        self.days.append(days)
        self.numbers.append(numbers)
        self.digests += b"".join(self.equal.digests(lines))
        self.waiting += count
        self.size += sum(map(len, lines))

    def _moments(self, stamps: list[bytes]) -> "NDArray[np.int64]":
        import numpy as np

        at = self.format.moments(stamps)
        return np.array([self.moments[stamp] for stamp in stamps], dtype=np.int64) if at is None else at

    def _heads(self, asked: "NDArray[np.int32]", codes: list[bytes]) -> "NDArray[np.int32]":
        """Return the numbers of what kinds of request and status give together."""
        import numpy as np

        known = {code: number for number, code in enumerate(dict.fromkeys(codes))}
        kinds, kind = self.requests.linked(0, asked)
        pairs = kind * np.int64(len(known)) + np.fromiter(map(known.__getitem__, codes), np.int32, len(codes))
        found, places = np.unique(pairs, return_inverse=True)
        named = list(known)
        keys = [(kinds[pair // len(named)], named[pair % len(named)]) for pair in found.tolist()]
        return self.heads.number(keys, len(keys))[places]

    def take(self) -> "pa.Table":
        """Return the facts that wait as a table of the schema's columns, and forget them."""
        import numpy as np
        import pyarrow as pa

        count, joined = self.waiting, Numbers(*map(np.concatenate, zip(*self.numbers, strict=True)))
        columns = {
            "id": uuids8(self.digests),
            "site": numbers(np.full(count, self.site.id, dtype=np.int32)),
            "origin": repeated("log", count),
            "occurred_at": numbers(np.concatenate(self.at)),
            "received_at": numbers(np.full(count, self.received_at, dtype=np.int64)),
            "origin_key": repeated(self.origin_key, count),
        }
        columns |= self._visitors(joined)
        for group, places in zip(self._groups(), joined, strict=True):
            columns |= group.columns(places)
        columns |= self._origins(joined)
        columns |= self._verdicts(joined)
        self._begin()
        return pa.table(columns)

    def _visitors(self, joined: Numbers) -> "dict[str, pa.Array]":
        """Return the columns of who it was."""
        import numpy as np

        days = np.concatenate(self.days)
        found = distinct(days, joined.places, joined.agents, joined.names)
        addresses, agents, hosts = self.places.part(-1), self.agents.part(-1), self.names.part(-1)
        pseudonyms = self.visitors.of(
            [(day, addresses[place], agents[agent], hosts[name]) for day, place, agent, name in found.rows]
        )
        columns = {}
        for name, values in zip(("visitor", "visitor_before"), pseudonyms, strict=True):
            if name == "visitor" or any(values):
                columns[name] = numbers(np.array(values, dtype=np.int64)[found.places])
        return columns

    def _origins(self, joined: Numbers) -> "dict[str, pa.Array]":
        """Return the columns of where they came from."""
        queries, query = self.requests.linked(1, joined.requests)
        found, referrers = distinct(joined.referrers, query), self.referrers.part(0)
        held = [self.origins[referrers[referrer], queries[asked]] for referrer, asked in found.rows]
        self.hosts = found.places, [each[0] for each in held]
        return columns_of(("referrer_host", *TOUCH, "referrer"), held, found.places)

    def _verdicts(self, joined: Numbers) -> "dict[str, pa.Array]":
        """Return verdict and reason where more than the agent decides; called after `_origins`."""
        import numpy as np
        import pyarrow as pa

        found = verdicts_beyond(
            (self.agents.part(0), self.agents.part(1)),
            joined.agents,
            (joined.places, self.places.part(-2)),
            self.hosts,
            np.concatenate(self.at),
            self.guard,
            self.patience,
        )
        return {} if found is None else dict(zip(("verdict", "reason"), map(pa.array, found), strict=True))

    def recall(self, lines: list[bytes]) -> None:
        """Remember lines that were read in an earlier run, so that equal ones count on."""
        self.equal.digests(lines)

    def turn(self) -> None:
        """Begin a generation: called before the lines 0, GENERATION, 2 * GENERATION …"""
        self.equal.turn()

    def _is_good(self, number: int, line: bytes) -> bool:
        """Say whether a line gives a fact; count and keep the refusal of one that gives none."""
        try:
            vhost, address, stamp, request, code, _, _ = self.format.hit(line)
            at = self.moments[stamp]
            plausible(at, at, self.clock)
            self.visitors.day(at)
            self.places[address]
            self.heads[self.requests.held[self.requests[request]][1], code]
            self.names[vhost]
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
        if reason not in WISHED:
            self.refusals.append(Refusal(number, reason, line))

    def _host(self, vhost: bytes) -> tuple[str, bytes]:
        host = host_of(text(vhost), self.site, any_host=self.any_host)
        check_host(self.guard, host)
        return host, framed_host(host)

    def _asked(self, request: bytes) -> Asked:
        return asked_of(request, self.site.search_parameters, self.guard)

    def _origin(self, key: tuple[bytes, str]) -> tuple[str, ...]:
        referrer, query = key
        found = origin_of(text(referrer), query, self.site.hostnames, self.site.sources)
        return (found.referrer_host, *found.touch, found.referrer)
