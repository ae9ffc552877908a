"""The formats: what each reads, what it refuses, and that a new one is one file."""

# The tables are easier to read in long lines.
# ruff: noqa: E501

import sys
from pathlib import Path

import pytest

from zoco.collector.logs.base import FORMATS, FormatUnknown, find_format
from zoco.collector.logs.plain import fact_of
from zoco.collector.logs.quick import Quick
from zoco.collector.reasons import Reason, Refused
from zoco.collector.tests.conftest import read
from zoco.kit.periods import moment_at
from zoco.kit.plugs import load_modules
from zoco.sites.published import PublishedSite

COMBINED = b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 203 "http://x/" "UA"'
VIRTUAL = b"shop.example:443 " + COMBINED
COMMON = b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 203'
CADDY = (
    b'{"level":"info","ts":1431857103.5,"request":{"remote_ip":"192.0.2.7","method":"GET","host":"shop.example",'
    b'"uri":"/a?b","headers":{"User-Agent":["UA"],"Referer":["http://x/"]}},"status":200}'
)
NGINX = (
    b'{"time_iso8601":"2015-05-17T12:05:03+02:00","remote_addr":"192.0.2.7","host":"shop.example",'
    b'"request":"GET /a?b HTTP/1.1","status":"200","http_referer":"http://x/","http_user_agent":"UA"}'
)
TRAEFIK = (
    b'{"StartUTC":"2015-05-17T10:05:03Z","ClientHost":"192.0.2.7","RequestHost":"shop.example",'
    b'"RequestMethod":"GET","RequestPath":"/a?b","DownstreamStatus":200,"request_Referer":"http://x/",'
    b'"request_User-Agent":"UA"}'
)


@pytest.mark.parametrize(
    ("line", "key", "host"),
    [
        (COMBINED, "combined", b""),
        (VIRTUAL, "virtual", b"shop.example:443"),
        (COMMON, "common", b""),
        (CADDY, "json", b"shop.example"),
        (NGINX, "json", b"shop.example"),
        (TRAEFIK, "json", b"shop.example"),
    ],
)
def test_format_is_found_and_read(line: bytes, key: str, host: bytes) -> None:
    found = find_format([line, b"", line])

    hit = found.hit(line)

    assert found.key == key
    assert (hit[0], hit[1], hit[3], hit[4]) == (host, b"192.0.2.7", b"GET /a?b HTTP/1.1", b"200")
    assert hit[5:] == ((b"", b"") if key == "common" else (b"http://x/", b"UA"))
    assert moment_at(found.moment(hit[2])).isoformat()[:19] == "2015-05-17T10:05:03"


def test_every_format_reads_its_own_example() -> None:
    for log_format in FORMATS:
        assert find_format([log_format.example.encode()]).key == log_format.key


def test_no_format_fits() -> None:
    with pytest.raises(FormatUnknown, match="name one with --format"):
        find_format([b"hello", b"world"])


# In combined: a line, and why it is refused, or the address, status, referrer and agent read.
COMBINED_LINES: list[tuple[bytes, Reason | tuple[bytes, ...]]] = [
    (b'a - joe smith [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "UA"', (b"a", b"200", b"-", b"UA")),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 304 - "-" ""', (b"a", b"304", b"-", b"-")),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "" "U"', (b"a", b"200", b"", b"U")),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "cut off', (b"a", b"200", b"-", b"cut off")),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "U" 0.03 "x"', (b"a", b"200", b"-", b"U")),
    (
        rb'a - - [17/May/2015:10:05:03 +0000] "GET /\"x\" HTTP/1.1" 200 1 "r\\" "U\"A"',
        (b"a", b"200", rb"r\\", rb"U\"A"),
    ),
    (b'a - - [17/May/2015:10:05:03 +0000] "-" 408 - "-" "-"', (b"a", b"408", b"-", b"-")),
    (
        b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 ' + b"9" * 5000 + b' "-" "U"',
        (b"a", b"200", b"-", b"U"),
    ),
    (b"", Reason.UNREADABLE),
    (b"\0", Reason.UNREADABLE),
    (COMMON, Reason.UNREADABLE),
    (COMBINED[:60], Reason.UNREADABLE),
    (b'a - - 17/May/2015:10:05:03 +0000 "GET / HTTP/1.1" 200 1 "-" "U"', Reason.UNREADABLE),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 x1 "-" "U"', Reason.UNREADABLE),
    (b'a - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 1234567890123 1 "-" "U"', Reason.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), COMBINED_LINES)
def test_combined_line(line: bytes, expected: Reason | tuple[bytes, ...]) -> None:
    combined = FORMATS.get("combined")

    if isinstance(expected, Reason):
        with pytest.raises(Refused) as refused:
            combined.hit(line)
        assert refused.value.reason is expected
    else:
        hit = combined.hit(line)
        assert (hit[1], hit[4], hit[5], hit[6]) == expected


DATES = [
    (b"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03+00:00"),
    (b"17/May/2015:10:05:03 -0930", "2015-05-17T19:35:03+00:00"),
    (b"17/May/2015:10:05:03 +0545", "2015-05-17T04:20:03+00:00"),
    (b"29/Feb/2016:23:59:59 +0000", "2016-02-29T23:59:59+00:00"),
    (b"01/Jan/0001:00:00:00 +0000", "0001-01-01T00:00:00+00:00"),
    (b"31/Dec/9999:23:59:59 +0000", "9999-12-31T23:59:59+00:00"),
    (b"17/May/2015:10:05:03", "2015-05-17T10:05:03+00:00"),
    (b"29/Feb/2015:10:05:03 +0000", ""),
    (b"31/Apr/2015:10:05:03 +0000", ""),
    (b"00/May/2015:10:05:03 +0000", ""),
    (b"17/Mai/2015:10:05:03 +0000", ""),
    (b"17/May/0000:10:05:03 +0000", ""),
    (b"17/May/2015:24:05:03 +0000", ""),
    (b"17/May/2015:10:60:03 +0000", ""),
    (b"17/May/2015:10:05:60 +0000", ""),
    (b"17/May/2015:10:05:03 +0099", ""),
    (b"17/May/2015:10:05:03 +9900", ""),
    (b"01/Jan/0001:00:00:00 +0200", ""),
    (b"31/Dec/9999:23:59:59 -0200", ""),
    (b"2015-05-17T10:05:03Z", ""),
    (b"\xd9\xa1\xd9\xa7/May/2015:10:05:03 +0000", ""),
]


@pytest.mark.parametrize(("stamp", "moment"), DATES)
def test_clock_of_the_common_log_format(stamp: bytes, moment: str) -> None:
    clock = FORMATS.get("combined").moment

    if moment:
        assert moment_at(clock(stamp)).isoformat() == moment
    else:
        with pytest.raises(Refused) as refused:
            clock(stamp)
        assert refused.value.reason is Reason.BAD_DATE


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (b"1431857103", "2015-05-17T10:05:03+00:00"),
        (b"1431857103.25", "2015-05-17T10:05:03.250000+00:00"),
        (b"1431857103250", "2015-05-17T10:05:03.250000+00:00"),
        (b"1431857103250000", "2015-05-17T10:05:03.250000+00:00"),
        (b"1431857103250000000", "2015-05-17T10:05:03.250000+00:00"),
        (b"2015-05-17T10:05:03", "2015-05-17T10:05:03+00:00"),
        (b"2015-05-17 12:05:03.5+0200", "2015-05-17T10:05:03.500000+00:00"),
        (b"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03+00:00"),
        (b"nan", ""),
        (b"inf", ""),
        (b"1e300", ""),
        (b"-99999999999999", ""),
        (b"yesterday", ""),
        (b"2015-02-29T10:05:03Z", ""),
    ],
)
def test_clock_of_json_lines(stamp: bytes, moment: str) -> None:
    clock = FORMATS.get("json").moment

    if moment:
        assert moment_at(clock(stamp)).isoformat() == moment
    else:
        with pytest.raises(Refused) as refused:
            clock(stamp)
        assert refused.value.reason is Reason.BAD_DATE


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"1",
        b"{}",
        b'{"ts":1}',
        b'{"ts":1,"status":200}',
        b"{" * 5_000,
        b'{"a":' * 5_000,
        b'{"ts":true,"status":200,"uri":"/"}',
        b'{"ts":1,"status":{"a":1},"uri":"/"}',
        b'{"ts":1,"status":200,"uri":"/"',
    ],
)
def test_json_that_is_no_hit_is_refused(line: bytes) -> None:
    with pytest.raises(Refused) as refused:
        FORMATS.get("json").hit(line)

    assert refused.value.reason is Reason.UNREADABLE


def test_json_keeps_backslashes_and_bears_bad_utf8(site: PublishedSite) -> None:
    line = b'{"ts":1431857103,"status":200,"uri":"/a\xff","user_agent":"a\\\\x41 b\xff"}'

    fact = fact_of(line, site, FORMATS.get("json"))

    assert fact.user_agent == "a\\x41 b\ufffd"
    assert fact.path == "/a\ufffd"


@pytest.mark.parametrize("line", [COMBINED, VIRTUAL, COMMON, CADDY, NGINX, TRAEFIK])
def test_quick_and_plain_way_agree(line: bytes, site: PublishedSite) -> None:
    log_format = find_format([line])
    quick = Quick(site, log_format, "access.log", 5)

    facts = read(quick, [line, line])

    wanted = [fact_of(line, site, log_format, nth=n, origin_key="access.log", received_at=5) for n in (1, 2)]
    assert facts == wanted


def test_a_log_without_user_agents_is_of_people(site: PublishedSite) -> None:
    assert fact_of(COMMON, site, FORMATS.get("common")).verdict == "human"
    assert fact_of(COMBINED.replace(b'"UA"', b'"-"'), site, FORMATS.get("combined")).verdict == "bot"


PLUG = '''
"""A format of a test: fields parted by bars."""

from zoco.collector.logs.base import FORMATS, Hit, LogFormat
from zoco.collector.reasons import Reason, Refused


@FORMATS.plug
class Bars(LogFormat):
    key = "bars"
    label = "Bars"
    example = "1431857103|192.0.2.7|/a|200"

    def hit(self, line: bytes) -> Hit:
        parts = line.split(b"|")
        if len(parts) != 4:
            raise Refused(Reason.UNREADABLE)
        stamp, address, path, status = parts
        return b"", address, stamp, b"GET " + path, status, b"-", b""

    def moment(self, stamp: bytes) -> int:
        if not stamp.isdigit():
            raise Refused(Reason.BAD_DATE)
        return int(stamp) * 1_000_000
'''


def test_a_new_format_is_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: PublishedSite
) -> None:
    (tmp_path / "bars_of_a_test.py").write_text(PLUG)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("ZOCO_PLUGS", "bars_of_a_test")
    try:
        from zoco.kit import conf

        load_modules(conf.PLUGS())
        found = find_format([b"1431857103|192.0.2.7|/a|200"])
        fact = fact_of(b"1431857103|192.0.2.7|/a|200", site, found)
    finally:
        FORMATS.remove("bars")
        sys.modules.pop("bars_of_a_test", None)

    assert found.key == "bars"
    assert (fact.path, fact.name, fact.occurred_at) == ("/a", "web.page.served", 1_431_857_103_000_000)
