"""What is on a site's block lists is refused with its reason; the site's own people are counted as such."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from zoco.collector.live import answers
from zoco.collector.live.here import Here
from zoco.collector.live.reader import Reader, Refusal
from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.quick import Quick
from zoco.collector.logs.telling.summary import FileSummary, Summary
from zoco.collector.reasons import Reason
from zoco.collector.tests.conftest import line
from zoco.collector.tests.conftest import read as read_log
from zoco.collector.tests.live.conftest import NOW, SENDER
from zoco.collector.tests.live.plain import plain_read
from zoco.kit.commands import Exit
from zoco.ledger.schema import Fact, decoder
from zoco.sites import published
from zoco.sites.blocking.lists import LeftOut
from zoco.sites.published import PublishedSite

LISTS = LeftOut(
    addresses=("192.0.2.0/24", "2001:db8::/32", "203.0.113.7"),
    countries=("ES",),
    pages=("/internal/*", "*.pdf"),
    hosts=("www.*",),
    staff=("198.51.100.0/25",),
)
HOME, GERMAN = "203.0.113.9", "217.0.0.1"
MARK = "0123456789ab"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@dataclass(frozen=True, slots=True)
class Told:
    """The one fact of a request, or why there is none."""

    facts: list[Fact]
    reason: Reason | None

    @property
    def fact(self) -> Fact:
        (found,) = self.facts
        return found


Send = Callable[..., Told]


@pytest.fixture
def send(sites: Path) -> Send:
    """Return what sends a fact to the site with block lists, by both ways, which must agree."""
    known = published.read(sites)
    shop = msgspec.structs.replace(known.sites[0], left_out=LISTS, staff_mark=MARK)
    published.write(sites, msgspec.structs.replace(known, sites=(shop, *known.sites[1:])))
    here = Here(sites)
    here.look()
    reader = Reader(here, lambda: NOW)

    def sending(url: str = "https://shop.example/a", *, address: str = HOME, **more: object) -> Told:
        agent = str(more.pop("agent", SENDER.user_agent))
        sender = SENDER._replace(address=address, user_agent=agent)
        fact = {"id": "0199a000-0000-7000-8000-000000000001", "url": url, **more}
        body = json.dumps(fact).encode()
        found = reader.read(body, sender)
        plain = plain_read(here, body, sender, NOW)
        facts = [decoder.decode(each) for each in found.lines]
        assert (facts, found.refused) == plain
        return Told(facts, found.refused[0].reason if found.refused else None)

    return sending


@pytest.mark.parametrize(
    ("url", "address", "reason"),
    [
        ("https://shop.example/a", HOME, None),
        ("https://shop.example/a", "192.0.2.200", Reason.BLOCKED_ADDRESS),
        ("https://shop.example/a", "::ffff:192.0.2.200", Reason.BLOCKED_ADDRESS),
        ("https://shop.example/a", "203.0.113.7", Reason.BLOCKED_ADDRESS),
        ("https://shop.example/a", "2001:db8:1::1", Reason.BLOCKED_ADDRESS),
        ("https://shop.example/a", "2001:db9::1", None),
        ("https://shop.example/a", "", None),
        ("https://shop.example/a", "81.0.32.7", Reason.BLOCKED_COUNTRY),
        ("https://shop.example/a", GERMAN, None),
        ("https://shop.example/internal/x?a=1", HOME, Reason.BLOCKED_PAGE),
        ("https://shop.example/internal", HOME, None),
        ("https://shop.example/a/Price%20list.pdf", HOME, Reason.BLOCKED_PAGE),
        ("https://www.shop.example/a", HOME, Reason.BLOCKED_HOST),
        ("https://www.news.example/internal/x", "192.0.2.200", None),
    ],
)
def test_each_list_refuses_with_its_own_reason(
    send: Send, url: str, address: str, reason: Reason | None
) -> None:
    told = send(url, address=address)

    assert told.reason is reason
    assert len(told.facts) == (reason is None)


def test_whoever_is_blocked_is_told_without_an_error(sites: Path) -> None:
    refusal = Refusal(0, Reason.BLOCKED_PAGE, 7)

    answer = answers.refused([refusal], 0)

    assert answer.status == 200
    assert b"block list" in answer.body


def test_the_office_is_own_staff_but_for_bots(send: Send) -> None:
    office = "198.51.100.5"

    seen, far = send(address=office).fact, send(address="198.51.100.200").fact
    crawler = send(address=office, agent=GOOGLEBOT).fact
    spam = send(address=office, referrer="https://semalt.com/").fact

    assert (seen.verdict, seen.reason) == ("staff", "address of own staff")
    assert (spam.verdict, spam.reason) == ("staff", "address of own staff")
    assert far.verdict == "human"
    assert crawler.verdict == "bot"


def test_a_marked_browser_is_own_staff_wherever_it_is(send: Send) -> None:
    marked, forged = send(staff=MARK).fact, send(staff="ffffffffffff").fact
    driven, elsewhere = send(staff=MARK, driven=True).fact, send("https://news.example/", staff=MARK).fact

    assert (marked.verdict, marked.reason) == ("staff", "browser marked as own staff")
    assert driven.verdict == "staff"
    assert (forged.verdict, elsewhere.verdict) == ("human", "human")


def test_a_log_is_held_to_the_same_lists(site: PublishedSite) -> None:
    quick = Quick(msgspec.structs.replace(site, left_out=LISTS), FORMATS.get("combined"), "log", 5)
    lines = [
        line(1, address=HOME),
        line(2, address="192.0.2.9"),
        line(3, address="81.0.32.7"),
        line(4, address=HOME, path="/internal/a"),
        line(5, address="198.51.100.5"),
        line(6, address="198.51.100.5", agent=GOOGLEBOT),
    ]

    facts = read_log(quick, lines)

    assert [fact.verdict for fact in facts] == ["human", "staff", "bot"]
    assert quick.counts.refused == {
        Reason.BLOCKED_ADDRESS: 1, Reason.BLOCKED_COUNTRY: 1, Reason.BLOCKED_PAGE: 1,
    }  # fmt: skip
    assert quick.refusals == []
    summary = Summary("shop", [FileSummary("log", "combined", quick.counts)])
    assert summary.exit() == Exit.OK
    assert "1 refused: The page is on the site's block list." in summary.words()
