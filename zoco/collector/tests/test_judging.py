"""Verdicts that hang on more than the user agent: a crawler's addresses, who is said to have linked."""

import pytest

from zoco.collector.lists.ranges import _networks, is_own
from zoco.collector.lists.spam import SPAMMERS
from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.plain import fact_of
from zoco.collector.logs.quick import Quick
from zoco.collector.steps.judging import checked, spam_of
from zoco.collector.steps.verdict import judge
from zoco.collector.tests.conftest import line, read
from zoco.sites.crawlers.bots import BOTS
from zoco.sites.published import PublishedSite
from zoco.sites.sources.networks import known_networks

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
GPTBOT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@pytest.mark.parametrize(
    ("user_agent", "address", "verdict", "reason"),
    [
        (GOOGLEBOT, "66.249.66.1", "bot", "Googlebot"),
        (GOOGLEBOT, "2001:4860:4801:10::1", "bot", "Googlebot"),
        (GOOGLEBOT, "203.0.113.9", "bot", "Googlebot, from an address not its own"),
        (GOOGLEBOT, "2001:db8::1", "bot", "Googlebot, from an address not its own"),
        (GOOGLEBOT, "", "bot", "Googlebot"),
        (GOOGLEBOT, "localhost", "bot", "Googlebot"),
        (GPTBOT, "203.0.113.9", "bot", "GPTBot, from an address not its own"),
        ("curl/8.5.0", "203.0.113.9", "bot", "curl"),
        (FIREFOX, "203.0.113.9", "human", ""),
    ],
)
def test_a_crawler_comes_from_its_own_addresses(
    user_agent: str, address: str, verdict: str, reason: str
) -> None:
    assert checked(judge(user_agent), address) == (verdict, reason)


def test_a_log_holds_crawlers_to_their_addresses_as_the_steps_do(site: PublishedSite) -> None:
    combined = FORMATS.get("combined")
    lines = [
        line(agent=GOOGLEBOT, address=address).replace(b"17/May/2015", b"17/Jan/2026")
        for address in ("66.249.66.1", "203.0.113.9", "2001:db8::1")
    ]

    facts = read(Quick(site, combined, "log", 5), lines)

    assert facts == [fact_of(raw, site, combined, nth=1, origin_key="log", received_at=5) for raw in lines]
    assert [fact.reason for fact in facts] == ["Googlebot", *["Googlebot, from an address not its own"] * 2]


def test_every_name_with_addresses_is_one_of_a_listed_bot() -> None:
    assert set(_networks()) <= {bot.name for _, bot in BOTS}
    assert is_own("nobody", "203.0.113.9")


def test_who_is_sent_by_a_spammer_is_spam() -> None:
    assert spam_of("www.semalt.com") == ("spam", "semalt.com")
    assert spam_of("x1.semalt.com") == ("spam", "semalt.com")
    assert spam_of("notsemalt.com") is None
    assert spam_of("google.com") is None
    assert spam_of("") is None


def test_no_spammer_is_a_network_that_links_in_earnest() -> None:
    assert {host for host, _ in known_networks()} & SPAMMERS == set()
