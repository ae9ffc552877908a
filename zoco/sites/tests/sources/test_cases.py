"""A table of visits whose origin is known from elsewhere: it checks the lists and the rules independently."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from zoco.kit.lists import rows
from zoco.sites.sources.channels import DIRECT, RULES, UNASSIGNED
from zoco.sites.sources.networks import known_networks
from zoco.sites.sources.origin import origin_of

OWN = ("shop.example", "www.shop.example")
CASES = [
    tuple("" if cell == "-" else cell for cell in row)
    for row in rows(Path(__file__).with_name("cases.tsv"), 6)
]


@pytest.mark.parametrize(("referrer", "query", "source", "medium", "channel", "why"), CASES)
def test_visit_is_told_from_what_the_platforms_document(
    referrer: str, query: str, source: str, medium: str, channel: str, why: str
) -> None:
    touch = origin_of(referrer, query, OWN).touch

    assert (touch.source, touch.medium, touch.channel) == (source, medium, channel), why


def test_table_is_large_and_reaches_every_channel() -> None:
    distinct = {(referrer, query) for referrer, query, *_ in CASES}
    reasons = {why for *_, why in CASES}
    counts = Counter(channel for *_, channel, _ in CASES)
    channels = {rule.channel for rule in RULES} | {UNASSIGNED}
    few = {channel for channel in channels if counts[channel] < (3 if channel == DIRECT else 5)}

    assert len(distinct) >= 300
    assert len(distinct) == len(reasons) == len(CASES)
    assert not few


def test_name_of_a_network_belongs_to_one_category() -> None:
    categories = defaultdict(set)
    for _host, network in known_networks():
        categories[network.name].add(network.category)

    assert not {name: found for name, found in categories.items() if len(found) > 1}
