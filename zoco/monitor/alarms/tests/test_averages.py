"""Averages against averages: by hand, given how many orders there are, and quiet where nothing happened."""

from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import Finding, Unknown
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.others.averages import average_look, averages_of, looked
from zoco.monitor.alarms.others.opened import opened_of
from zoco.monitor.alarms.shown.pictures import average_picture
from zoco.monitor.alarms.usual import rule_of
from zoco.monitor.alarms.watched import measure_named
from zoco.sites.models import Site

FIRST = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
DAYS, PARTS = 40, ("", "ES", "FR")
Floats = NDArray[np.float64]


def cubes(worth: Floats, a_day: float = 24.0, seed: int = 5) -> tuple[Cube, Cube]:
    """Make money and orders by hour, of two countries; `worth` is the mean of an order by country and day."""
    rng = np.random.default_rng(seed)
    orders, money = np.zeros((2, 3, DAYS * 24))
    for hour in range(DAYS * 24):
        for row in (1, 2):
            amounts = rng.lognormal(0.0, 0.5, rng.poisson(a_day / 48)) * worth[row - 1, hour // 24]
            orders[row, hour], money[row, hour] = len(amounts), amounts.sum()
    made = []
    for key, counts in (("order_value", money), ("orders", orders)):
        total = Cut.of(("",), counts.sum(0, keepdims=True))
        made.append(Cube(measure_named(key), FIRST, total, {"country": Cut.of(PARTS, counts)}))
    return made[0], made[1]


def worth(**last: float) -> Floats:
    """Return 50 a day and country, and for the last two days that much of it."""
    found = np.full((2, DAYS), 50.0)
    for row, name in enumerate(PARTS[1:]):
        found[row, -2:] *= last.get(name, 1.0)
    return found


def seen(pair: tuple[Cube, Cube], kind: str = "fall") -> Finding | Unknown | None:
    rule = rule_of(kind)
    assert rule is not None
    return looked(pair[0], DAYS * 24, rule, pair[1])


def test_mean_and_variance_of_an_order_are_those_of_sums_of_days() -> None:
    money = [50.0, 90.0, 0.0, 66.0, 210.0, 110.0, 95.0, 180.0, 64.0, 120.0, 130.0, 75.0]
    orders = [5.0, 10.0, 0.0, 6.0, 20.0, 10.0, 10.0, 20.0, 8.0, 10.0, 12.0, 8.0]

    found = averages_of(np.array(money), np.array(orders))

    each = [
        (0.5 ** ((11 - day) / 21), m, n) for day, (m, n) in enumerate(zip(money, orders, strict=True)) if n
    ]
    mean = sum(w * m for w, m, _ in each) / sum(w * n for w, _, n in each)
    squares = sum(w * n * (m / n - mean) ** 2 for w, m, n in each)
    assert found is not None
    assert found.mean == pytest.approx(mean)
    assert found.variance == pytest.approx(squares / sum(w for w, _, _ in each) / (1 - 1 / 11))
    assert found.orders == pytest.approx(
        sum(w * n for w, _, n in each) ** 2 / sum(w * w * n for w, _, n in each)
    )
    assert averages_of(np.array(money[:10]), np.array(orders[:10])) is None


def test_an_average_that_falls_or_rises_is_found_with_its_part_and_drawn() -> None:
    fell, rose, part = cubes(worth(ES=0.5, FR=0.5)), cubes(worth(ES=1.8, FR=1.8)), cubes(worth(FR=0.35))

    found, up, french = seen(fell), seen(rose, "rise"), seen(part)

    assert isinstance(found, Finding)
    assert (found.measure, found.hours, found.cause) == ("order_value", 48, None)
    assert found.seen < found.low < found.expected == pytest.approx(50 * np.exp(0.125), rel=0.1)
    assert isinstance(up, Finding)
    assert up.seen > up.high
    assert seen(fell, "rise") is None
    assert seen(rose) is None
    assert isinstance(french, Finding)
    assert french.cause is not None
    assert (french.cause.dimension, french.cause.values) == ("country", ("FR",))
    drawn = average_picture(*fell, found, DAYS * 24)
    assert drawn["seen"][-1] == found.seen
    assert len(drawn["days"]) == len(drawn["low"]) == len(drawn["seen"]) > 20


def test_fewer_orders_are_no_fall_of_the_average_and_too_few_say_nothing() -> None:
    money, orders = cubes(worth())
    fewer = []
    for cube in (money, orders):
        counts = np.diff(cube.cuts["country"].summed, axis=1)
        counts[:, -48:][:, ::2] = 0
        total = Cut.of(("",), counts.sum(0, keepdims=True))
        fewer.append(Cube(cube.measure, FIRST, total, {"country": Cut.of(PARTS, counts)}))

    assert seen((fewer[0], fewer[1])) is None
    assert isinstance(seen(cubes(worth(), a_day=0.5)), Unknown)


def test_odds_of_an_average_are_kept() -> None:
    rng, low, looks = np.random.default_rng(2), 0, 3_000
    for _ in range(looks):
        counts = rng.poisson(15, 42)
        sums = np.array([rng.lognormal(3.0, 0.6, n).sum() for n in counts])
        known = averages_of(sums[:-2], counts[:-2].astype(float))
        assert known is not None
        low += known.tails(float(sums[-2:].sum()), float(counts[-2:].sum()))[0] < 0.01

    assert low / looks < 0.015


def test_a_rule_is_asked_of_averages_as_such() -> None:
    pair = cubes(worth(ES=0.5, FR=0.5))
    rule = rule_of("fall")
    assert rule is not None

    assert looked(pair[0], DAYS * 24, rule, pair[1]) == average_look(*pair, DAYS * 24, rule)


def test_an_incident_of_an_average_opens_to_how_averages_are_judged() -> None:
    alarm = Alarm(kind="fall", measure="order_value", site=Site(name="Shop", zone="UTC"))
    found = {"measure": "order_value", "days": 40}

    opened = opened_of(Incident(alarm=alarm, opened_at=datetime(2026, 5, 11, tzinfo=UTC), found=found))

    assert opened is not None
    assert dict(opened.formula)["Expected"] == "μ = Σ w s / Σ w n, w = 2^(−a / 21 d)"
