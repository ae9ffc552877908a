"""Damaged log lines, and an independent judgement of what may come of them."""

# The lines are easier to read whole.
# ruff: noqa: E501

from collections.abc import Iterator
from random import Random

from zoco.collector.logs.base import FORMATS, LogFormat
from zoco.collector.logs.clock import DAY, EARLIEST, now_micros
from zoco.collector.logs.equal import GENERATION
from zoco.collector.logs.plain import fact_of
from zoco.collector.logs.quick import Quick
from zoco.collector.reasons import Refused
from zoco.collector.tests.conftest import taken
from zoco.ledger import schema
from zoco.sites.published import PublishedSite
from zoco.testing.mutation import mutated

SEEDS = {
    "combined": (
        b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a/b.html?q=1 HTTP/1.1" 200 203 "http://x.example/?a=b" '
        b'"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"',
        b'2001:db8::1 - joe smith [29/Feb/2016:23:59:59 -0930] "POST /\xc3\xa9%C3%A9 HTTP/1.1" 404 - "-" "-"',
        rb'h.example - - [01/Jan/1990:14:00:00 +1400] "GET /\"\x41 HTTP/1.0" 301 0 "\\" "UA \"x\""',
    ),
    "virtual": (
        b'shop.example:443 192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203 "-" "Mozilla/5.0"',
    ),
    "common": (b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 203',),
    "json": (
        b'{"ts":1431857103.5,"request":{"remote_ip":"192.0.2.7","method":"GET","host":"shop.example",'
        b'"uri":"/a?b","headers":{"User-Agent":["UA"],"Referer":["http://x/"]}},"status":200}',
        b'{"time_local":"17/May/2015:10:05:03 +0000","remote_addr":"::1","request":"GET / HTTP/1.1","status":"200"}',
    ),
    "w3c": (
        b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)"
        b" cs(Referer) sc-status sc-substatus sc-win32-status time-taken | 2015-05-17 10:05:03 10.0.0.1 GET /a/b"
        b" q=1 443 - 192.0.2.7 Mozilla/5.0+(Windows+NT+10.0) http://x.example/?a=b 200 0 0 15",
        b"#Fields: time date c-ip sc-status cs-uri-stem | 23:59:59.5 2016-02-29 ::1 404 /caf%C3%A9",
    ),
    "cloudfront": (
        b"#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
        b" cs(User-Agent) cs-uri-query | 2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.7\tGET\tshop.example"
        b"\t/index.html\t200\t-\tMozilla/5.0%20(Windows%20NT)\tq=1",
    ),
    "elb": (
        b'2015-05-13T23:39:43.945958Z my-elb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29'
        b' "GET http://shop.example:80/a?b HTTP/1.1" "curl/7.38.0" - -',
    ),
    "alb": (
        b"h2 2018-07-02T22:23:00.186641Z app/my-alb/50dc6c495c0c9188 [2001:db8::1]:2817 10.0.0.1:80 0.086 0.048"
        b' 0.037 200 200 0 57 "GET https://shop.example:443/a?b HTTP/2.0" "Mozilla/5.0" ECDHE TLSv1.2 arn "x"',
    ),
}  # fmt: skip


class WrongFact(AssertionError):
    """A damaged line gave something that the plain way does not give."""


def damaged(key: str, count: int, rnd: Random) -> Iterator[bytes]:
    """Return lines of a format of which four in five are damaged; none holds a line end."""
    for number in range(count):
        seed = rnd.choice(SEEDS[key])
        line = mutated(seed, rnd) if number % 5 else seed
        yield line.replace(b"\n", b" ").rstrip(b"\r")


def check(site: PublishedSite, key: str, lines: list[bytes]) -> tuple[int, int]:
    """Read lines both ways and hold them against each other; return facts and refusals.

    Raises WrongFact when a line is lost, or is told otherwise than by the steps.
    """
    log_format, seen = FORMATS.get(key), dict[bytes, int]()
    quick = Quick(site, log_format, "fuzz", 5)
    for first in range(0, len(lines), GENERATION):
        quick.read(lines[first : first + GENERATION], first + 1)
    refused = {refusal.number: refusal.reason for refusal in quick.refusals}
    left = iter(taken(quick))
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            fact = _plain(site, log_format, line, seen)
        except Refused as error:
            if refused.get(number) is not error.reason:
                raise WrongFact(f"{line!r} is refused as {refused.get(number)}, not {error.reason}") from None
            continue
        told = next(left, None)
        if number in refused or told != fact:
            raise WrongFact(f"{line!r} gives {told!r}, not {fact}")
        _sane(fact, line)
    counts = quick.counts
    if counts.lines != len(lines) or counts.facts + counts.blank + counts.refused.total() != counts.lines:
        raise WrongFact(f"the counts do not add up: {counts}")
    return counts.facts, counts.refused.total()


def _plain(site: PublishedSite, log_format: LogFormat, line: bytes, seen: dict[bytes, int]) -> schema.Fact:
    nth = seen.get(line, 0) + 1
    fact = fact_of(line, site, log_format, nth=nth, origin_key="fuzz", received_at=5)
    seen[line] = nth
    return fact


def _sane(fact: schema.Fact, line: bytes) -> None:
    """Hold what is true of any fact of a log."""
    texts = [value for name in fact.__struct_fields__ if isinstance(value := getattr(fact, name), str)]
    if any(ord(letter) < 0x20 or 0xD800 <= ord(letter) < 0xE000 for text in texts for letter in text):
        raise WrongFact(f"{line!r} brings control characters into {fact}")
    if max(map(len, texts)) > 1024 or not 100 <= fact.status <= 599 or "?" in fact.path:
        raise WrongFact(f"{line!r} goes over the bounds in {fact}")
    if not EARLIEST <= fact.occurred_at < now_micros() + 2 * DAY:
        raise WrongFact(f"{line!r} is at no time: {fact}")
