"""The pace of requests: a minute for each who asks; being many gets round neither memory nor limit."""

import time
import tracemalloc

import pytest

from zoco.kit.floods import pacing
from zoco.kit.floods.lines import line_wait, network, provider
from zoco.kit.floods.pacing import Pace


def waits(pace: Pace, count: int, limit: int = 1, within: str = "") -> list[int]:
    """Ask once for each of so many who were never there."""
    return [pace.wait(f"{within} new {number}", limit, within=within) for number in range(count)]


def test_each_may_ask_so_often_in_a_minute_that_begins_with_his_first_request() -> None:
    now = 100.0
    pace = Pace(clock=lambda: now)

    first = [pace.wait("a", 2) for _each in range(3)]
    now = 130.5
    later = pace.wait("a", 2), pace.wait("b", 2)
    now = 160.0

    assert (first, later) == ([0, 0, 60], (30, 0))
    assert [pace.wait("a", 2) for _each in range(3)] == [0, 0, 60]
    assert [pace.wait("b", 2) for _each in range(2)] == [0, 31]


def test_who_comes_as_more_than_are_remembered_shares_what_one_may(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    pace = Pace(clock=lambda: now)
    monkeypatch.setattr(pacing, "WHO_MOST", 4)
    pace.wait("known", 5)

    flood = waits(pace, 100, limit=5, within="2001:db8::/32")
    known = [pace.wait("known", 5) for _each in range(5)]
    others = [pace.wait(f"other {each}", 5, within=f"other {each}") for each in range(20)]

    assert flood.count(0) == 3 + 5, "three were remembered, and all the others are as one"
    assert known == [0, 0, 0, 0, 60], "who was there before them has his own"
    assert others.count(0) >= 18, "of other networks one in 4,096 meets them"
    now = pacing.WINDOW_SECONDS
    assert waits(pace, 5, within="2001:db8::/32") == [0, 0, 0, 0, 0], "and a minute later all begins anew"


def test_who_is_within_nothing_that_is_known_is_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "WHO_MOST", 0)
    monkeypatch.setattr(pacing, "SHARED_MOST", 16)

    assert waits(Pace(clock=lambda: 0.0), 1_000).count(0) == 16


def test_somebody_with_a_large_network_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "WHO_MOST", pacing.WHO_MOST // 20)
    pace = Pace(clock=lambda: 0.0)

    tracemalloc.start()
    for number in range(2 * pacing.WHO_MOST):
        within = f"form 1 2001:{number:x}::/32"
        pace.wait(f"form 1 2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64", 10, within=within)
    used, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used * 20 < 40_000_000


def test_a_flood_costs_no_more_for_each_request_than_one_who_asks() -> None:
    def seconds(pace: Pace) -> float:
        began = time.process_time()
        waits(pace, 300)
        return time.process_time() - began

    full = Pace()
    waits(full, pacing.WHO_MOST, within="a")

    assert seconds(full) < 30 * seconds(Pace())


def test_a_line_is_a_network_of_ipv6_and_comes_from_its_provider() -> None:
    addresses = ("2001:db8:1:2:3::4", "fe80::1%eth0", "192.0.2.7", "::ffff:192.0.2.7", "unknown")

    assert [network(each) for each in addresses] == [
        "2001:db8:1:2::/64", "fe80::/64", "192.0.2.7", "192.0.2.7", "unknown",
    ]  # fmt: skip
    assert [provider(each) for each in addresses] == [
        "2001:db8::/32", "fe80::/32", "192.0.0.0/16", "192.0.0.0/16", "unknown",
    ]  # fmt: skip


def test_who_has_a_large_network_uses_up_the_limit_of_his_provider_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "WHO_MOST", 0)
    pace = Pace(clock=lambda: 0.0)

    mine = [line_wait(pace, f"2001:db8:{number:x}::1", "form 1", 2) for number in range(10)]

    assert mine == [0, 0] + [60] * 8
    assert [line_wait(pace, "2001:db9::1", "form 1", 2), line_wait(pace, "2001:db8::1", "form 2", 2)] == [
        0,
        0,
    ]
