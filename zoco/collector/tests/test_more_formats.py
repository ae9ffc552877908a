"""Formats of IIS, CloudFront and Amazon's load balancers, on lines written after their descriptions."""

# The lines are easier to read whole.
# ruff: noqa: E501

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from zoco.collector.logs.base import FORMATS, find_format
from zoco.collector.logs.files.reading import LogFile
from zoco.collector.logs.importing import LogImport, Plan
from zoco.kit.periods import moment_at
from zoco.ledger.schema import Fact

IIS = """\
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2015-05-17 10:05:03
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) \
sc-status sc-substatus sc-win32-status time-taken
2015-05-17 10:05:03 10.0.0.1 GET /a q=1 443 - 192.0.2.7 Mozilla/5.0+(Windows+NT+10.0) http://x.example/ 200 0 0 15
2015-05-17 10:05:04 10.0.0.1 GET /b - 443 - 192.0.2.7 Mozilla/5.0+(Windows+NT+10.0) - 404 0 2 3
torn 2015
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2015-05-18 00:00:00
#Fields: date time c-ip cs-host sc-status cs-uri-stem cs-method
2015-05-18 00:00:01 192.0.2.8 shop.example 200 /c GET
"""
CLOUDFRONT = """\
#Version: 1.0
#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) \
cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header
2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.7\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t\
https://x.example/?q=a%2520b\tMozilla/5.0%20(Windows%20NT%2010.0)\t-\t-\tHit\tabc==\tshop.example
"""


def run(plan: Plan, path: Path) -> LogImport:
    importing = LogImport(plan, LogFile(str(path)))
    while importing.read_on():
        pass
    importing.finish()
    return importing


def test_iis_reads_fields_in_the_order_of_each_head(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "u_ex150517.log"
    log.write_text(IIS, newline="\r\n")

    done = run(plan, log)

    facts = spooled()
    assert done.quick is not None
    assert done.quick.format.key == "w3c"
    assert [(fact.path, fact.status) for fact in facts] == [("/a", 200), ("/b", 404), ("/c", 200)]
    assert moment_at(facts[0].occurred_at).isoformat() == "2015-05-17T10:05:03+00:00"
    assert facts[0].user_agent == "Mozilla/5.0 (Windows NT 10.0)"
    assert facts[0].referrer_host == "x.example"
    assert facts[2].host == "shop.example"
    assert dict(done.counts.refused) == {"unreadable": 1}
    assert done.counts.blank == 8


def test_what_is_added_later_is_read_under_the_head_above_it(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "u_ex.log"
    log.write_text(IIS)
    run(plan, log)
    with log.open("a") as file:
        file.write("2015-05-18 00:00:02 192.0.2.8 shop.example 200 /d GET\n")

    again = run(plan, log)

    assert again.counts.facts == 1
    assert [fact.path for fact in spooled()] == ["/a", "/b", "/c", "/d"]


def test_cloudfront_as_it_is_delivered(plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]) -> None:
    log = tmp_path / "E2.2019-12-04-21.d111.gz"
    log.write_bytes(gzip.compress(CLOUDFRONT.encode()))

    done = run(plan, log)

    (fact,) = spooled()
    assert done.quick is not None
    assert done.quick.format.key == "cloudfront"
    assert (fact.host, fact.path, fact.status) == ("shop.example", "/index.html", 200)
    assert fact.user_agent == "Mozilla/5.0 (Windows NT 10.0)"
    assert fact.referrer_host == "x.example"
    assert moment_at(fact.occurred_at).isoformat() == "2019-12-04T21:02:31+00:00"


@pytest.mark.parametrize(
    ("line", "key", "address", "agent"),
    [
        (
            b"2015-05-13T23:39:43.945958Z my-elb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29"
            b' "GET http://shop.example:80/a?b HTTP/1.1" "curl/7.38.0" - -',
            "elb",
            b"192.0.2.7",
            b"curl/7.38.0",
        ),
        (
            b"https 2015-05-13T23:39:43.945958Z app/my-alb/50dc 192.0.2.7:2817 - -1 -1 -1 200 - 0 57"
            b' "GET https://shop.example:80/a?b HTTP/1.1" "-" ECDHE-RSA TLSv1.2 arn:aws:x "Root=1-58" "shop.example"'
            b' "arn" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
            "alb",
            b"192.0.2.7",
            b"-",
        ),
        (
            b"h2 2015-05-13T23:39:43.945958Z app/my-alb/50dc [2001:db8::7]:2817 10.0.0.1:80 0.0 0.0 0.0 200 200 0 5"
            b' "GET https://shop.example:80/a?b HTTP/2.0" "UA" - -',
            "alb",
            b"2001:db8::7",
            b"UA",
        ),
    ],
)
def test_load_balancers(line: bytes, key: str, address: bytes, agent: bytes) -> None:
    found = find_format([line])

    host, client, stamp, request, status, referrer, user_agent = found.hit(line)

    assert found.key == key
    assert (host, client, status, referrer, user_agent) == (b"shop.example:80", address, b"200", b"-", agent)
    assert request.startswith(b"GET /a?b HTTP/")
    assert moment_at(found.moment(stamp)).isoformat() == "2015-05-13T23:39:43.945958+00:00"


def test_a_request_that_never_came_is_none() -> None:
    line = (
        b'http 2018-11-30T22:23:00.186641Z app/a/1 192.0.2.7:2817 - -1 -1 -1 400 - 0 0 "- http://shop.example:80- -"'
        b' "-" - -'
    )

    assert FORMATS.get("alb").hit(line)[3] == b"- http://shop.example:80- -"
