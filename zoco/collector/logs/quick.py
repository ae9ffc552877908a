"""Log lines to facts, fast: the rules of the steps, remembered as pieces of JSON already encoded.

A fact is an f-string of pieces that hang on one value of the line each: user agent, request,
referrer, address. What comes out is, byte for byte, what the steps and `schema.encoder` give
for the same line; a test holds both against each other.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from zoco.collector.logs.base import LONGEST_LINE, LogFormat
from zoco.collector.logs.reading import OVERLONG
from zoco.collector.logs.text import address_text, request_parts, text
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused, Tally
from zoco.collector.steps.device import device_of, evidence_of
from zoco.collector.steps.place import country_of
from zoco.collector.steps.site import host_of
from zoco.collector.steps.source import origin_of
from zoco.collector.steps.target import is_asset, name_of, parts, props_of
from zoco.collector.steps.verdict import judge
from zoco.collector.steps.visitor import MINUTE, LocalDay, local_day, pseudonym, salts_for
from zoco.ledger.schema import TOUCH, encoder
from zoco.sites.published import PublishedSite

# Every column that a line of a log can fill; the segment's name says so.
COLUMNS = (
    *("id", "site", "name", "origin", "occurred_at", "received_at", "origin_key"),
    *("visitor", "visitor_before", "verdict", "reason", "host", "path", "referrer_host", *TOUCH),
    *("device", "browser", "browser_version", "os", "os_version", "country", "status"),
    *("props", "user_agent", "referrer"),
)
# Equal lines are counted within this many lines and the same number before them: then memory stays
# bounded and an interrupted import can count on after reading them again. Part of what an id means.
GENERATION = 1 << 14
_VARIANT = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}


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


class Agent(NamedTuple):
    """What a user agent gives: three pieces for three places of the line."""

    verdict: str
    device: str
    evidence: str
    text: str | None


class Place(NamedTuple):
    """What an address gives: the country as a piece, the address in its one form."""

    piece: str
    address: str


class Host(NamedTuple):
    """A host as a piece, and plain."""

    piece: str
    name: str


@dataclass(slots=True)
class Counts:
    """What became of the lines."""

    lines: int = 0
    facts: int = 0
    blank: int = 0
    refused: Tally = field(default_factory=Tally)


def piece(columns: dict[str, Any]) -> str:
    """Encode columns as the part of a JSON object, a comma before each; empty values are left out."""
    filled = {name: value for name, value in columns.items() if value}
    return "," + encoder.encode(filled)[1:-1].decode() if filled else ""


class Quick:
    """Turns the lines of one log into facts of one site. Lines must come in order."""

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
        self.any_host = any_host
        self.counts = Counts()
        self.refusals: list[Refusal] = []
        self.stamped = piece({"received_at": received_at, "origin_key": origin_key})
        digits = b"%d" % site.id
        self.prefix = b"%d:%b" % (len(digits), digits)
        self.prefixes = [b"%b%d:" % (self.prefix, length) for length in range(LONGEST_LINE + 1)]
        self.seen: dict[str, int] = {}
        self.older: dict[str, int] = {}
        self.requests = Memo(_asked, 16_384)
        self.heads = Memo(self._head, 1_024)
        self.hosts = Memo(self._host, 1_024)
        self.agents = Memo(_agent, 8_192)
        self.origins = Memo(self._origin, 16_384)
        self.places = Memo(_place, 8_192)
        self.minutes = Memo(self._minute, 4_096)
        self.days: Memo[LocalDay, Memo[tuple[bytes, bytes, str], str]] = Memo(self._day, 8)

    def facts(self, lines: list[bytes], first: int) -> list[str]:
        """Return the encoded facts of these lines; `first` is the number of the first line.

        All lines must lie in one generation. What is refused is counted and added to `refusals`.
        """
        hit, moment, stamped, ident = self.format.hit, self.format.moment, self.stamped, self._id
        hosts, requests, heads, agents = self.hosts, self.requests, self.heads, self.agents
        minutes, origins, places = self.minutes, self.origins, self.places
        facts: list[str] = []
        for number, line in enumerate(lines, first):
            try:
                vhost, address, stamp, request, code, referrer, user_agent = hit(line)
                at = moment(stamp)
                visitors = minutes[at // MINUTE]
                country, _ = places[address]
                kind, path, query = requests[request]
                head, status = heads[kind, code]
                host, name = hosts[vhost]
                verdict, device, evidence, _ = agents[user_agent]
                visitor = visitors[address, user_agent, name]
                origin, link = origins[referrer, query]
            except Refused as refused:
                self._refuse(number, line, refused.reason)
                continue
            facts.append(
                f'{{"id":"{ident(line)}"{head}{at}{stamped}{visitor}{verdict}{host}{path}{origin}'
                f"{device}{country}{status}{evidence}{link}}}\n"
            )
        self.counts.lines += len(lines)
        self.counts.facts += len(facts)
        return facts

    def recall(self, lines: list[bytes]) -> None:
        """Remember lines that were read in an earlier run, so that equal ones count on."""
        for line in lines:
            self._id(line)

    def turn(self) -> None:
        """Begin a generation: called before the lines 0, GENERATION, 2 * GENERATION …"""
        self.seen, self.older = {}, self.seen

    def _id(self, line: bytes) -> str:
        """Return uuid8(site, line, n) for the n-th line equal to it, as kit.ids makes it.

        Equal lines tell of the same second, so this is the line's count within its second.
        """
        seen = self.seen
        digest = blake2b(self.prefixes[len(line)] + line + b"1:1", digest_size=16).hexdigest()
        own = seen.get(digest, 0)
        times = own + self.older.get(digest, 0)
        seen[digest] = own + 1
        if times:
            nth = b"%d" % (times + 1)
            whole = b"%b%b%d:%b" % (self.prefixes[len(line)], line, len(nth), nth)
            digest = blake2b(whole, digest_size=16).hexdigest()
        variant = _VARIANT[digest[16]]
        return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:]}"

    def _refuse(self, number: int, line: bytes, reason: Reason) -> None:
        if not line:
            self.counts.blank += 1
            return
        reason = Reason.TOO_LONG if line is OVERLONG else reason
        self.counts.refused[reason] += 1
        self.refusals.append(Refusal(number, reason, line))

    def _head(self, key: tuple[tuple[str, bool], bytes]) -> tuple[str, str]:
        (method, asset), code = key
        if not code.isdigit() or len(code) != 3:
            raise Refused(Reason.BAD_STATUS)
        status = int(code)
        name = name_of(method, status, asset=asset)
        head = piece({"site": self.site.id, "name": name, "origin": "log"}) + ',"occurred_at":'
        return head, piece({"status": status, "props": props_of(method)})

    def _host(self, vhost: bytes) -> Host:
        name = host_of(text(vhost), self.site, any_host=self.any_host)
        return Host(piece({"host": name}), name)

    def _origin(self, key: tuple[bytes, str]) -> tuple[str, str]:
        referrer, query = key
        found = origin_of(text(referrer), query, self.site.hostnames)
        return piece({"referrer_host": found.referrer_host, **found.touch._asdict()}), piece(
            {"referrer": found.referrer}
        )

    def _minute(self, minute: int) -> Memo[tuple[bytes, bytes, str], str]:
        return self.days[local_day(minute * MINUTE, self.site.zone)]

    def _day(self, day: LocalDay) -> Memo[tuple[bytes, bytes, str], str]:
        """Return the memory of the day's visitors; a minute of it leads here."""
        site, (salt, salt_before) = self.site.id, salts_for(self.site.import_key, day)

        def visitor(key: tuple[bytes, bytes, str]) -> str:
            address, agent, host = self.places[key[0]].address, self.agents[key[1]].text, key[2]
            now = pseudonym(salt, site, address, agent, host)
            if not salt_before or not now:
                return f',"visitor":{now}' if now else ""
            before = pseudonym(salt_before, site, address, agent, host)
            return f',"visitor":{now},"visitor_before":{before}'

        return Memo(visitor, 8_192)


def _asked(request: bytes) -> Asked:
    method, target = request_parts(request)
    path, query = parts(target)
    return Asked((method, is_asset(path)), piece({"path": path}), query)


def _agent(raw: bytes) -> Agent:
    user_agent = text(raw) if raw else None
    verdict, reason = judge(user_agent)
    said = {"verdict": "" if verdict == "human" else verdict, "reason": reason}
    evidence = piece({"user_agent": evidence_of(user_agent)})
    return Agent(piece(said), piece(device_of(user_agent)._asdict()), evidence, user_agent)


def _place(raw: bytes) -> Place:
    address = address_text(raw)
    return Place(piece({"country": country_of(address)}), address)
