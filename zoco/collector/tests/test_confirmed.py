"""Crawlers confirmed by name, against a name server on loopback."""

import time
from collections.abc import Iterator

import msgspec
import pytest
from dnslib import QTYPE, RD, RR
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from zoco.collector.lists import confirmed, dns, ranges
from zoco.collector.lists.confirmed import NAMES, Names, Patience
from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.quick import Quick
from zoco.collector.steps.judging import checked
from zoco.collector.steps.verdict import judge
from zoco.collector.tests.conftest import line, read
from zoco.sites.crawlers.bots import BOTS
from zoco.sites.published import PublishedSite

ZONE = """
9.113.0.203.in-addr.arpa. 60 IN PTR crawl-9.googlebot.com.
crawl-9.googlebot.com. 60 IN A 203.0.113.9
8.113.0.203.in-addr.arpa. 60 IN PTR liar.googlebot.com.
liar.googlebot.com. 60 IN A 198.51.100.1
7.113.0.203.in-addr.arpa. 60 IN PTR googlebot.com.evil.example.
googlebot.com.evil.example. 60 IN A 203.0.113.7
6.113.0.203.in-addr.arpa. 60 IN PTR Spider-6.YANDEX.com.
spider-6.yandex.com. 60 IN A 203.0.113.6
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR six.search.msn.com.
six.search.msn.com. 60 IN AAAA 2001:db8::1
"""
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FORGED = "Googlebot, from an address not its own"


class Zone(BaseResolver):  # type: ignore[misc]
    """Answers from ZONE; counts what it was asked."""

    def __init__(self) -> None:
        self.records = RR.fromZone(ZONE)
        self.asked = 0
        self.is_broken = False
        self.slow_seconds = 0.0

    def resolve(self, request, handler):  # type: ignore[no-untyped-def]
        """Answer a question; where nothing is known there is no such name."""
        self.asked += 1
        time.sleep(self.slow_seconds)
        reply = request.reply()
        name = str(request.q.qname).lower()
        found = [rr for rr in self.records if str(rr.rname).lower() == name and rr.rtype == request.q.qtype]
        for each in found:
            reply.add_answer(each)
        reply.header.rcode = 2 if self.is_broken else (0 if found else 3)
        return reply


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    resolver = Zone()
    server = DNSServer(
        resolver, address="127.0.0.1", port=0, logger=DNSLogger("-request,-reply,-truncated,-error")
    )
    server.start_thread()
    port = server.server.server_address[1]
    monkeypatch.setenv("ZOCO_VERIFY_CRAWLERS", "1")
    monkeypatch.setenv("ZOCO_NAME_SERVER", f"127.0.0.1:{port}")
    monkeypatch.setattr(ranges, "KNOWN", Names())
    yield resolver
    server.stop()
    server.server.server_close()


@pytest.mark.parametrize(
    ("name", "address", "is_own"),
    [
        ("Googlebot", "203.0.113.9", True),
        ("Googlebot", "203.0.113.8", False),
        ("Googlebot", "203.0.113.7", False),
        ("Googlebot", "203.0.113.5", False),
        ("Googlebot", "203.0.113.6", False),
        ("YandexBot", "203.0.113.6", True),
        ("bingbot", "2001:db8::1", True),
        ("bingbot", "2001:db8::2", False),
    ],
)
def test_an_address_is_the_crawlers_when_name_and_address_confirm_each_other(
    zone: Zone, name: str, address: str, is_own: bool
) -> None:
    assert confirmed.confirmed(name, address) is is_own


def test_a_fact_waits_for_nobody_and_the_answer_is_kept(zone: Zone) -> None:
    judged = judge(GOOGLEBOT)

    first = checked(judged, "203.0.113.9")

    assert first == ("bot", FORGED)  # by the list of addresses alone
    end = time.monotonic() + 10
    while checked(judged, "203.0.113.9") != ("bot", "Googlebot") and time.monotonic() < end:
        time.sleep(0.02)
    asked = zone.asked
    assert checked(judged, "203.0.113.9") == ("bot", "Googlebot")
    assert checked(judged, "66.249.66.1") == ("bot", "Googlebot")  # on the list: nobody is asked
    assert zone.asked == asked == 2


def test_a_log_waits_for_the_answer(zone: Zone, site: PublishedSite) -> None:
    addresses = ("203.0.113.9", "203.0.113.9", "203.0.113.8")
    lines = [
        line(number, agent=GOOGLEBOT, address=address).replace(b"17/May/2015", b"17/Jan/2026")
        for number, address in enumerate(addresses)
    ]

    facts = read(Quick(msgspec.structs.replace(site), FORMATS.get("combined"), "log", 5), lines)

    assert [fact.reason for fact in facts] == ["Googlebot", "Googlebot", FORGED]
    assert zone.asked == 4


def test_a_server_that_does_not_help_leaves_it_to_the_list(zone: Zone) -> None:
    zone.is_broken = True

    assert ranges.is_own("Googlebot", "203.0.113.9", Patience()) is False
    assert ranges.is_own("YandexBot", "203.0.113.6", Patience()) is True
    with pytest.raises(dns.NoAnswer):
        confirmed.confirmed("Googlebot", "203.0.113.9")


def test_silence_is_remembered_for_the_network_and_no_address_is_logged(
    zone: Zone, caplog: pytest.LogCaptureFixture
) -> None:
    zone.is_broken = True

    assert ranges.is_own("Googlebot", "203.0.113.9", Patience()) is False
    asked = zone.asked
    assert ranges.is_own("Googlebot", "203.0.113.77", Patience()) is False

    assert zone.asked == asked
    assert "code 2" in caplog.text
    assert "113" not in caplog.text


def test_slow_answers_end_the_patience_of_one_import_and_of_no_other(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmed, "WAITED_SECONDS_MOST", 0.2)
    zone.slow_seconds = 0.25
    one, other = Patience(), Patience()

    assert ranges.is_own("Googlebot", "203.0.113.5", one) is False
    assert zone.asked == 1
    assert ranges.is_own("Googlebot", "203.0.113.9", one) is False  # by the list: nobody is asked any more
    assert zone.asked == 1
    assert ranges.is_own("Googlebot", "203.0.113.9", other) is True
    assert zone.asked == 3


def test_the_oldest_goes_when_too_many_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmed, "KEPT_MOST", 2)
    kept: dict[tuple[str, str], int] = {}

    for number, address in enumerate(("a", "b", "a", "c")):
        confirmed._put(kept, ("Googlebot", address), number)

    assert kept == {("Googlebot", "a"): 2, ("Googlebot", "c"): 3}


@pytest.mark.parametrize("label", [b"a\nb", b"a b", b"\xe9", b"a/b"])
def test_names_of_other_letters_are_none(label: bytes) -> None:
    with pytest.raises(dns.NoAnswer, match="other letters"):
        dns._name(bytes((len(label),)) + label + b"\0", 0)


def test_record_without_a_name_is_none(zone: Zone) -> None:
    zone.records.append(RR("4.113.0.203.in-addr.arpa", QTYPE.PTR, rdata=RD(b"")))

    assert confirmed.confirmed("Googlebot", "203.0.113.4") is False


def test_rented_machines_of_google_are_no_googlebot(zone: Zone) -> None:
    name = "3.113.0.203.bc.googleusercontent.com."
    zone.records += RR.fromZone(f"3.113.0.203.in-addr.arpa. 60 IN PTR {name}\n{name} 60 IN A 203.0.113.3")

    assert confirmed.confirmed("Googlebot", "203.0.113.3") is False


def test_fetchers_that_act_for_users_of_google_come_from_its_app_engine_as_well(zone: Zone) -> None:
    name = "2.113.0.203.gae.googleusercontent.com."
    zone.records += RR.fromZone(f"2.113.0.203.in-addr.arpa. 60 IN PTR {name}\n{name} 60 IN A 203.0.113.2")

    assert ranges.is_own("Google-NotebookLM", "203.0.113.2", Patience()) is True
    assert ranges.is_own("Google-NotebookLM", "203.0.113.9", Patience()) is False
    assert ranges.is_own("Googlebot", "203.0.113.2", Patience()) is False


def test_nobody_is_asked_unless_it_is_wanted(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZOCO_VERIFY_CRAWLERS")

    assert checked(judge(GOOGLEBOT), "203.0.113.9") == ("bot", FORGED)
    assert ranges.is_own("YandexBot", "203.0.113.5", Patience())
    assert zone.asked == 0


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
    ],
)
def test_a_name_server_is_an_address_and_a_port(text: str, server: tuple[str, int]) -> None:
    assert dns.server_of(text) == server


def test_every_crawler_with_names_is_a_listed_bot() -> None:
    assert set(NAMES) <= {bot.name for _, bot in BOTS}
