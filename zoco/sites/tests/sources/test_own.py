"""What a site adds: its rules come first, its networks before the lists; a pattern takes linear time."""

import time

import pytest

from zoco.sites.sources.channels import RULES, judged
from zoco.sites.sources.origin import origin_of
from zoco.sites.sources.own import OwnNetwork, OwnRule, OwnSources, matches

HOSTS = ("shop.example",)
OWN = OwnSources(
    (
        OwnRule("Partners", source="partner-*"),
        OwnRule("paid_social", medium="boost", referrer="*.facebook.com"),
        OwnRule("Fairs", campaign="*fair*2026"),
    ),
    (OwnNetwork("forum.example", "the forum", "social"), OwnNetwork("blog.google.com", "blog", "none")),
)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("a*", "ab", True),
        ("*b", "ab", True),
        ("a*b", "ab", True),
        ("a*a", "a", False),
        ("*mid*", "amidst", True),
        ("*x*y*", "..x..y..", True),
        ("*x*y*", "..y..x..", False),
        ("ab*ba", "aba", False),
        ("*.example", "www.shop.example", True),
        ("[a]?", "[a]?", True),
        ("[a]?", "a1", False),
    ],
)
def test_patterns(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@pytest.mark.alone
def test_a_pattern_of_many_stars_takes_no_time() -> None:
    began = time.process_time()

    assert not matches("*a" * 8 + "*b", "a" * 100_000)

    assert time.process_time() - began < 2


def test_own_rules_come_first_in_their_order() -> None:
    by_source = judged("Partner-7", "cpc", "spring", own=OWN)
    by_both = judged("facebook", "boost", "", "m.facebook.com", OWN)
    not_both = judged("facebook", "boost", "", "t.example", OWN)
    by_campaign = judged("x", "cpc", "Fair of Linz 2026", own=OWN)

    assert (by_source.channel, by_source.own) == ("Partners", 0)
    assert (by_both.channel, by_both.own) == ("paid_social", 1)
    assert (not_both.channel, not_both.own) == ("organic_social", None)
    assert (by_campaign.channel, by_campaign.own) == ("Fairs", 2)


def test_a_rule_without_patterns_fits_nothing() -> None:
    assert judged("google", "organic", own=OwnSources((OwnRule("All"),))).channel == "organic_search"


def test_own_networks_come_before_the_lists() -> None:
    forum = origin_of("https://www.forum.example/t/1", "", HOSTS, OWN).touch
    named = origin_of("", "utm_source=The+Forum", HOSTS, OWN).touch
    blog = origin_of("https://blog.google.com/", "", HOSTS, OWN).touch
    google = origin_of("https://www.google.com/", "", HOSTS, OWN).touch

    assert forum[:2] == ("the forum", "social")
    assert forum.channel == named.channel == "organic_social"
    assert blog[:2] == ("blog", "referral")
    assert blog.channel == "referral"
    assert google.channel == "organic_search"


def test_the_reason_is_the_rule_that_fits() -> None:
    paid, unknown = judged("google", "cpc"), judged("flyer", "print")

    assert paid.rule is not None
    assert RULES[paid.rule].channel == paid.channel == "paid_search"
    assert paid.network is not None
    assert paid.network.name == "google"
    assert (unknown.channel, unknown.own, unknown.rule) == ("unassigned", None, None)
