"""A part held against the others: found though days differ, and no part falls where another one rises."""

from datetime import datetime

import numpy as np
import pytest

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import Finding, look
from zoco.monitor.alarms.usual import rule_of
from zoco.monitor.alarms.watched import measure_named

DAYS, PARTS = 50, ("", "ES", "FR", "MX")
SHARES = (0.0, 0.55, 0.38, 0.07)


def cube(last: dict[str, float], seed: int) -> Cube:
    """Make some 330 visits a day, of days that differ by a third; of the last two such shares of parts."""
    rng = np.random.default_rng(seed)
    means = np.outer(SHARES, np.repeat(14.0 * rng.lognormal(0.0, 0.33, DAYS), 24))
    for name, share in last.items():
        means[PARTS.index(name), -48:] *= share
    counts = rng.poisson(means).astype(float)
    first = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
    total = Cut.of(("",), counts.sum(0, keepdims=True))
    return Cube(measure_named("visits"), first, total, {"country": Cut.of(PARTS, counts)})


def found(last: dict[str, float], seed: int) -> tuple[str, ...]:
    """Return the country that is told to have fallen, where one is."""
    rule = rule_of("fall")
    assert rule is not None
    seen = look(cube(last, seed), DAYS * 24, rule)
    return seen.cause.values if isinstance(seen, Finding) and seen.cause else ()


def test_a_small_country_that_fell_is_found_on_days_that_differ() -> None:
    told = [found({"MX": 0.15}, seed) for seed in range(20)]

    # Of 46 visits in two days 7 are left; days alone vary so much that its own past would tell few of them.
    assert sum(each == ("MX",) for each in told) >= 16


@pytest.mark.parametrize("last", [{}, {"ES": 2.5}])
def test_nothing_falls_on_quiet_days_nor_where_another_country_rises(last: dict[str, float]) -> None:
    assert [found(last, seed) for seed in range(20)].count(()) >= 19
