"""Where detection begins and ends, on counts that are the same every hour: forecasts of them go by hand.

Of n past windows of c each the level is c, all factors are 1 and phi is 1, so that the variance is c + c² ×
(1 / Σ w c + 1 / (Σ w c of the weekday + 6)), with weights that halve in 21 days.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from scipy.stats import nbinom

from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import (
    Finding,
    Rule,
    Unknown,
    history_days,
    hours_of,
    look,
    looks,
    parts_found,
    suspects,
)
from zoco.monitor.alarms.further.finding import further
from zoco.monitor.alarms.watched import measure_named
from zoco.monitor.alarms.windows import Lookout

DAYS, RATES = 42, {"": 1.0, "ES": 30.0, "FR": 20.0, "MX": 10.0}
END = DAYS * 24
FALL, RISE = Rule(is_fall=True, share=0.25), Rule(is_fall=False, share=1.0)
Last = Mapping[str, list[float]]
"""Counts of the last hours of a part, the newest at the end."""


def cube(last: Last | None = None, rates: Mapping[str, float] = RATES, quiet: int = 0) -> Cube:
    """Return visits by country, the same each hour but the last ones, and none in the first `quiet` hours."""
    counts = np.repeat(np.array(list(rates.values()))[:, None], END, axis=1)
    counts[:, :quiet] = 0
    for name, hours in (last or {}).items():
        counts[list(rates).index(name), END - len(hours) :] = hours
    first = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
    total = Cut.of(("",), counts.sum(0, keepdims=True))
    return Cube(measure_named("visits"), first, total, {"country": Cut.of(tuple(rates), counts)})


def whole(last: list[float]) -> Cube:
    """Return a measure without parts of 50 each hour."""
    return cube({"": last}, {"": 50.0})


def variance(mean: float, hours: int) -> float:
    back = np.arange(DAYS, -(-hours // 24) - 1, -1)
    back = back[24 * (DAYS - back) >= hours]
    weights = 0.5 ** ((back - back.min()) / 21)
    in_all, of_day = weights.sum() * mean, weights[back % 7 == 0].sum() * mean
    return float(mean + mean**2 * (1 / in_all + 1 / (of_day + 6)))


def law(mean: float, spread: float) -> Any:
    return nbinom(mean**2 / (spread - mean), mean / spread)


def at_hours(made: Cube, rule: Rule, hours: int, given: Cube | None = None) -> list[Finding | None]:
    """Return what is found in windows of so many hours: of the whole, and of a fall of the surest part."""
    seen = looks(Lookout(made, given), END, DAYS, rule)
    return [found for found, window, _expected in seen if window.hours == hours]


def test_days_of_history_are_whole_days_since_the_first_count() -> None:
    late = cube(quiet=END - 14 * 24)

    assert history_days(cube(), END) == DAYS
    assert history_days(late, END) == 14
    assert history_days(late, END - 1) == 13
    assert history_days(cube(quiet=END), END) == 0
    assert look(late, END, FALL) is None
    assert look(late, END - 1, FALL) == Unknown(13, 14)


def test_a_window_is_looked_at_where_its_own_week_is_known() -> None:
    assert hours_of(FALL, 14) == [1, 3, 6, 24, 48, 72, 168]
    assert hours_of(FALL, 13) == [1, 3, 6, 24, 48, 72]
    assert hours_of(FALL, 8) == [1, 3, 6, 24]
    assert hours_of(FALL, 7) == []
    assert hours_of(RISE, 14) == [1, 3, 6, 24]


def test_a_fall_has_the_figures_of_its_law() -> None:
    found = look(whole([30.0] * 24), END, FALL)

    assert isinstance(found, Finding)
    spread = variance(1200, 24)
    expected = law(1200, spread)
    assert (found.measure, found.is_fall, found.hours, found.days) == ("visits", True, 24, DAYS)
    assert (found.seen, found.expected, found.dispersion) == pytest.approx((720, 1200, 1))
    assert (found.low, found.high) == (expected.ppf(0.025), expected.ppf(0.975))
    assert found.odds == pytest.approx(expected.cdf(720), rel=1e-6)
    assert (found.part, found.cause) == (None, None)


def test_a_rise_has_the_odds_of_so_many_or_more() -> None:
    found = look(whole([110.0] * 6), END, RISE)

    assert isinstance(found, Finding)
    assert (found.is_fall, found.hours, found.seen) == (False, 6, 660)
    assert found.expected == pytest.approx(300)
    assert found.odds == pytest.approx(law(300, variance(300, 6)).sf(659), rel=1e-5)


@pytest.mark.parametrize(("each", "is_told"), [(37.5, True), (37.6, False)])
def test_a_fall_is_told_from_its_share_on(each: float, is_told: bool) -> None:
    [found, _part] = at_hours(whole([each] * 24), FALL, 24)

    assert (found is not None) == is_told


@pytest.mark.parametrize(("each", "is_told"), [(100.0, True), (99.9, False)])
def test_a_rise_is_told_from_its_share_on(each: float, is_told: bool) -> None:
    [found] = at_hours(whole([each] * 6), RISE, 6)

    assert (found is not None) == is_told


def test_what_is_rare_enough_is_told_and_longer_windows_may_be_likelier() -> None:
    made = whole([30.0] * 48)
    for hours, fewer in ((6, 1.0), (24, 4.0), (48, 8.0)):
        [found, _part] = at_hours(made, FALL, hours)
        assert found is not None

        assert at_hours(made, replace(FALL, odds=found.odds / fewer * 1.001), hours)[0] == found
        assert at_hours(made, replace(FALL, odds=found.odds / fewer * 0.999), hours)[0] is None


def test_a_rise_of_few_is_none() -> None:
    made = whole([120.0] * 6)

    assert at_hours(made, replace(RISE, least=720.0), 6)[0] is not None
    assert at_hours(made, replace(RISE, least=721.0), 6) == [None]


@pytest.mark.parametrize(("newest", "is_told"), [(43.7, True), (43.8, False)])
def test_a_fall_is_told_while_its_newest_third_is_half_as_low(newest: float, is_told: bool) -> None:
    # 43.75 are 50 less an eighth; all of the day are 30 % fewer.
    before = (24 * 35 - 8 * newest) / 16
    [found, _part] = at_hours(whole([before] * 16 + [newest] * 8), FALL, 24)

    assert (found is not None) == is_told


@pytest.mark.parametrize(("newest", "is_told"), [(75.0, True), (74.9, False)])
def test_a_rise_is_told_while_its_newest_third_is_half_as_high(newest: float, is_told: bool) -> None:
    [found] = at_hours(whole([130.0] * 4 + [newest] * 2), RISE, 6)

    assert (found is not None) == is_told


def test_a_rate_falls_only_as_far_as_what_it_is_of_did_not() -> None:
    half, fewer = whole([25.0] * 24), whole([20.0] * 24)

    assert look(half, END, FALL, half) is None
    assert look(fewer, END, FALL, half) is None
    assert look(whole([90.0] * 6), END, RISE, half) is None, "what rises is held against its own past"
    found = look(whole([10.0] * 24), END, FALL, half)
    risen = look(half, END, FALL, whole([100.0] * 24))

    assert isinstance(found, Finding)
    # The level's own variance goes down by the square, that of counts as they do.
    spread = 600 + (variance(1200, 24) - 1200) / 4
    assert (found.seen, found.expected) == pytest.approx((240, 600))
    assert found.odds == pytest.approx(law(600, spread).cdf(240), rel=1e-6)
    assert isinstance(risen, Finding)
    assert risen.expected == pytest.approx(1200)


def test_too_little_is_said_to_be_too_little_for_a_fall_alone() -> None:
    def rare(each: float) -> Cube:
        return cube(rates={"": each})

    # 168 hours of it are expected to be 5.9.
    little = look(rare(0.035), END, FALL)
    assert isinstance(little, Unknown)
    assert little.has == DAYS
    assert little.expected == pytest.approx(5.88)
    assert look(rare(0.036), END, FALL) is None
    assert look(rare(0.01), END, RISE) is None


def test_a_part_has_the_figures_of_its_past_beside_the_others() -> None:
    found = look(cube({"MX": [2.0] * 24}), END, FALL)

    assert isinstance(found, Finding)
    assert found.part == ("country", "MX")
    assert (found.hours, found.seen) == (24, 48)
    assert found.expected == pytest.approx(240)
    # By its own past, and the noise of the 51 others an hour.
    spread = variance(240, 24) + 240**2 / (24 * 51)
    assert found.odds == pytest.approx(law(240, spread).cdf(48), rel=1e-6)
    assert (found.low, found.high) == tuple(law(240, spread).ppf([0.025, 0.975]))
    assert found.cause is not None
    assert (found.cause.dimension, found.cause.values) == ("country", ("MX",))


def test_what_fell_with_all_others_is_no_part() -> None:
    made = cube({name: [each * 0.6] * 24 for name, each in RATES.items()})

    assert at_hours(made, FALL, 24)[1] is None
    found = look(made, END, FALL)
    assert isinstance(found, Finding)
    assert (found.part, found.cause) == (None, None)


def test_a_part_is_told_by_its_odds_and_the_surest_first() -> None:
    made = cube({"MX": [3.0] * 24, "FR": [8.0] * 24})
    [window] = [each for _f, each, _e in looks(Lookout(made), END, DAYS, FALL) if each.hours == 24][:1]
    found = list(parts_found(window, FALL, None))

    assert [each.part for each in found] == [("country", "FR"), ("country", "MX")]
    assert found[0].odds < found[1].odds
    for share, kept in ((0.2501, 2), (0.2499, 1)):
        rule = replace(FALL, part_odds=found[1].odds * share)
        assert list(parts_found(window, rule, None)) == found[:kept]


def test_a_part_of_a_rate_falls_only_as_far_as_its_own_base_did_not() -> None:
    fell = cube({"MX": [2.0] * 24})

    alike = at_hours(fell, FALL, 24, cube({"MX": [2.0] * 24}))[1]
    beside = at_hours(fell, FALL, 24, cube({"FR": [4.0] * 24}))[1]
    less = at_hours(fell, FALL, 24, cube({"MX": [5.0] * 24}))[1]

    assert alike is None
    assert beside is not None
    assert beside.part == ("country", "MX")
    assert beside.expected == pytest.approx(240)
    assert less is not None
    assert less.expected == pytest.approx(120)


def test_a_part_is_gone_where_next_to_nothing_is_left_and_others_are_not_looked_at() -> None:
    gone = replace(FALL, is_gone=True, part_odds=1e-3)
    one_left, two_left = cube({"MX": [0.5] * 24}), cube({"MX": [0.51] * 24})

    # 12 of 240 are one in twenty.
    assert at_hours(one_left, gone, 24)[1] is not None
    assert at_hours(two_left, gone, 24)[1] is None
    assert look(one_left, END, replace(gone, only=("path",))) is None
    assert isinstance(look(one_left, END, replace(gone, only=("country",))), Finding)
    # A rule of parts never tells of the whole.
    assert at_hours(whole([5.0] * 24), replace(FALL, only=("country",)), 24)[0] is None


def test_what_is_not_named_or_too_small_is_no_part() -> None:
    rates = {"": 40.0, "ES": 40.0, "FR": 0.262, "MX": 0.259}
    made = cube({name: [0.0] * 24 for name in ("", "FR", "MX")}, rates)
    window, _other = Lookout(made).windows(END, 24, DAYS)

    rows = suspects(window, FALL)

    # Nothing is left of 6.29, two and a half standard deviations, and of 6.22, which are not.
    assert [made.parts.names[row] for row in rows] == [("country", "FR")]


def test_a_part_fell_later_where_it_was_as_usual_for_an_hour_at_least() -> None:
    made, spain = Lookout(cube({"MX": [2.0] * 24})), [("country", "ES")]

    def told(
        began: int, since: int = END - 24, parts: list[tuple[str, str]] = spain
    ) -> tuple[str, str] | None:
        found = further(made, END, FALL, told=parts, began=began, since=since)
        return found.found.part if found else None

    # Of the hour before ten are expected, and there were ten; of the day 240, and there were 48.
    assert told(END - 25) == ("country", "MX")
    assert told(END - 24) is None, "it fell together with what was told"
    assert told(END - 25, END - 23) is None, "it began before what was told last"
    assert told(END - 25, parts=[*spain, ("country", "MX")]) is None
