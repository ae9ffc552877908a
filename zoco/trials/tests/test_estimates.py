"""From units and their deeds to estimates and batches, on a handful of units that are counted by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zoco.stats.trials import guards
from zoco.stats.trials.guards import Guard
from zoco.stats.trials.moments import Estimate
from zoco.stats.trials.quantiles import quantile
from zoco.trials.analysis import batches, beliefs
from zoco.trials.analysis.estimates import (
    Estimated,
    Sample,
    estimated,
    estimated_quantile,
    local_days,
    places,
)
from zoco.trials.analysis.units import DAY, Deeds, Exposed, held_by
from zoco.trials.designs import Metric
from zoco.trials.shares import SharesSet

MEAN, SHARE = Metric("Orders", "mean"), Metric("Signed up", "proportion")
SCHEDULE = (SharesSet(0, {"a": 0.5, "b": 0.5}), SharesSet(DAY, {"a": 0.2, "b": 0.8}))


def ints(*numbers: int) -> Any:
    return np.array(numbers, dtype=np.int64)


def floats(*numbers: float) -> Any:
    return np.array(numbers, dtype=float)


def deeds(**did: tuple[float, float, float]) -> Deeds:
    """Return by unit what it did above, below and before."""
    unit = ints(*(int(key[1:]) for key in did))
    return Deeds(unit, *(floats(*column) for column in zip(*did.values(), strict=True)))


SAMPLE = Sample(
    ("a", "b"), ints(1, 2, 3, 4, 5, 6), ints(0, 1, 1, 0, 1, 0), ints(1, 2, DAY, DAY + 5, 2 * DAY, DAY - 1)
)
DID = deeds(u2=(3, 0, 0), u3=(1, 0, 0), u4=(10, 0, 0), u5=(7, 0, 0), u9=(5, 0, 0))
MAY = np.array([True, True, True, True, False, True])


def test_units_count_by_the_arm_that_they_saw_if_it_is_one_and_they_may() -> None:
    exposed = Exposed(
        ints(1, 2, 3, 4), ints(1, 2, 3, 4), ints(0, 1, 2, 1), ints(7, 8, 9, 10), MAY[:4], ("b", "x", "a")
    )

    found = Sample.of(exposed, ("a", "b"), np.array([True, True, True, False]), ints(0, 1, 1, 0))

    assert (found.unit.tolist(), found.arm.tolist(), found.at.tolist()) == ([1, 3], [1, 0], [7, 9])
    assert found.batch is not None
    assert found.batch.tolist() == [0, 1]
    assert Sample.of(exposed, ("a", "b"), MAY[:4]).batch is None


def test_deeds_go_to_their_units_and_days_are_over_to_the_microsecond() -> None:
    assert SAMPLE.spread(DID.unit, DID.above).tolist() == [0, 3, 1, 10, 7, 0]
    assert SAMPLE.spread(ints(), floats()).tolist() == [0] * 6
    assert Sample(("a",), ints(), ints(), ints()).spread(ints(3), floats(1)).tolist() == []
    assert SAMPLE.full(2, 3 * DAY).tolist() == [True, True, True, False, False, True]
    assert held_by(ints(1, 5, 9), ints(1, 6, 8)).tolist() == [True, False, False]
    assert held_by(ints(1), ints()).tolist() == [False]


def test_a_batch_is_the_one_that_was_kept_else_by_the_moment() -> None:
    assert places(SCHEDULE, ints(-1, 0, DAY - 1, DAY, 9 * DAY)).tolist() == [0, 0, 0, 1, 1]
    assert SAMPLE.places(SCHEDULE).tolist() == [0, 0, 1, 1, 1, 0]
    assert replace(SAMPLE, batch=ints(1, 1, 1, 0, 0, 0)).places(SCHEDULE).tolist() == [1, 1, 1, 0, 0, 0]


def test_local_days_begin_at_midnight_of_the_zone() -> None:
    midnight = 1_767_204_900_000_000  # 2025-12-31 18:15 UTC, when it is midnight in Kathmandu
    at = ints(midnight, midnight - 1, midnight + DAY - 1, midnight + DAY)

    first = 739_617  # of 1 January 2026
    assert local_days(at, "Asia/Kathmandu").tolist() == [first, first - 1, first, first + 1]


def test_batches_of_means_sum_values_and_squares_by_hand() -> None:
    (first, second), cap, capped = batches.batches_of(SCHEDULE, SAMPLE, MEAN, DID, MAY)

    assert (cap, capped) == (None, 0)
    assert (first.shares, second.shares) == ({"a": 0.5, "b": 0.5}, {"a": 0.2, "b": 0.8})
    assert (first.n, first.totals, first.squares, first.events) == (
        {"a": 2, "b": 1}, {"a": 0, "b": 3}, {"a": 0, "b": 9}, {"a": 0, "b": 1}
    )  # fmt: skip
    assert (second.n, second.totals, second.squares, second.events) == (
        {"a": 1, "b": 1}, {"a": 10, "b": 1}, {"a": 100, "b": 1}, {"a": 1, "b": 1}
    )  # fmt: skip


def test_in_batches_of_shares_whoever_does_it_often_counts_once() -> None:
    (first, second), _cap, _capped = batches.batches_of(SCHEDULE, SAMPLE, SHARE, DID, MAY)

    assert (first.totals, second.totals) == ({"a": 0, "b": 1}, {"a": 1, "b": 1})
    assert (first.squares, first.events) == (None, None)


@pytest.mark.parametrize(("units", "cap", "capped", "total"), [(3, 3, 1, 3), (4, 10, 0, 10), (9, 10, 0, 10)])
def test_revenue_of_a_bandit_is_drawn_in_by_the_first_batches_with_enough_units(
    units: int, cap: float, capped: int, total: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CAP_UNITS", units)
    revenue = Metric("Revenue", "revenue", share=0.99)

    (_first, second), *found = batches.batches_of(SCHEDULE, SAMPLE, revenue, DID, MAY)
    nobody = batches.batches_of(SCHEDULE, SAMPLE, revenue, DID, np.zeros(6, dtype=bool))

    assert found == [cap, capped]
    assert (second.totals, second.squares) == ({"a": total, "b": 1}, {"a": total**2, "b": 1})
    assert nobody[1:] == (None, 0)


def test_a_batch_is_over_with_the_days_of_its_last_unit() -> None:
    every, _cap, _capped = batches.batches_of(SCHEDULE, SAMPLE, MEAN, DID, MAY)

    ends = [batches.over(SCHEDULE, every, MEAN, until, 2 * DAY) for until in (2 * DAY - 1, 2 * DAY, 3 * DAY)]

    assert ends == [0, 1, 2]
    assert batches.over(SCHEDULE, every[:1], MEAN, 9 * DAY, 2 * DAY) == 1
    assert batches.honest(("a", "b"), every[:1], 4).lacking == {"a": "too_few", "b": "too_few"}


def test_guards_of_a_bandit_are_the_least_p_value_times_the_looks_that_are_planned() -> None:
    arm, at = np.repeat([0, 1, 0, 1], [700, 300, 90, 310]), np.repeat([1, DAY], [1_000, 400])
    sample = Sample(("a", "b"), np.arange(1_400), arm, at)
    dealt = (np.repeat([0, 1], [1_230, 400]), np.repeat([0, 1, 0, 1], [700, 530, 90, 310]))

    def values(planned: int, given: Any = dealt) -> dict[Guard, list[float]]:
        found = batches.checks(SCHEDULE, sample, given, planned=planned, limit=0.005)
        return {each.guard: [each.value, each.is_kept] for each in found}

    uneven = guards.sample_ratio_live({"a": 700, "b": 300}, {"a": 0.5, "b": 0.5}).value
    even = guards.sample_ratio_live({"a": 90, "b": 310}, {"a": 0.2, "b": 0.8}).value
    lost = guards.exposure({"a": 700, "b": 530}, {"a": 700, "b": 300}).value
    assert 3 * uneven < even
    is_kept = 3 * uneven >= guards.LIMIT
    assert values(3)[Guard.SAMPLE_RATIO] == pytest.approx([3 * uneven, is_kept], abs=0)
    assert values(1)[Guard.EXPOSURE] == pytest.approx([2 * lost, False], abs=0)  # there are two already
    assert values(10**300)[Guard.SAMPLE_RATIO] == [1, True]
    assert list(values(1, None)) == [Guard.SAMPLE_RATIO]


def full_of(metric: Metric, did: Deeds, **more: Any) -> Estimated:
    """Return estimates when the days of five units are over; those of 5 are not."""
    return estimated(metric, SAMPLE, did, 3 * DAY - 1, **({"is_adjusted": False} | more))


def test_means_shares_and_ratios_are_of_units_whose_days_are_over() -> None:
    did = deeds(u1=(0, 4, 0), u2=(3, 1, 0), u3=(1, 1, 0), u4=(6, 2, 0), u5=(7, 1, 0))

    mean, share = full_of(MEAN, did), full_of(SHARE, did)
    ratio = full_of(Metric("Each", "ratio"), did)

    # a: 0, 6, 0; b: 3, 1.
    assert (mean.arms["a"].value, mean.arms["a"].variance, mean.arms["a"].events) == (2, 12, 1)
    assert (mean.arms["b"].n, mean.arms["b"].value, mean.arms["b"].variance) == (2, 2, 2)
    assert (mean.left_out, mean.cap, mean.capped, mean.kept, mean.strata) == (1, None, 0, 1.0, 0)
    assert (share.arms["a"].n, share.arms["a"].value, share.arms["a"].events) == (3, 1 / 3, 1)
    assert share.arms["a"].variance == pytest.approx(1 / 3)
    assert share.arms["b"].value == 1
    # a: 6 / 6, each unit tells (y - x) / 2: -2, 2, 0; b: 4 / 2, (y - 2 x) / 1: 1, -1.
    assert [ratio.arms["a"].value, ratio.arms["a"].variance] == pytest.approx([1, 4])
    assert [ratio.arms["b"].value, ratio.arms["b"].variance] == pytest.approx([2, 2])


def test_revenue_is_drawn_in_over_both_arms_and_so_is_the_past() -> None:
    did = deeds(u1=(0, 0, 9), u2=(3, 0, 1), u3=(1, 0, 0), u4=(10, 0, 20), u5=(99, 0, 0))

    found = full_of(Metric("Revenue", "revenue", share=0.8), did)

    # 0, 0, 1, 3, 10 of whom is in: four fifths have 3 at most.
    assert (found.cap, found.capped) == (3, 1)
    assert (found.arms["a"].value, found.arms["a"].events, found.arms["b"].value) == (1, 1, 2)


def test_one_unit_of_an_arm_is_too_few_and_says_so() -> None:
    alone = replace(SAMPLE, arm=ints(0, 0, 0, 1, 1, 0))

    found = estimated(MEAN, alone, DID, 3 * DAY - 1, is_adjusted=True)

    assert (list(found.arms), found.lacking) == (["a"], {"b": "too_few"})
    assert (
        estimated(MEAN, replace(alone, arm=ints(0, 0, 0, 1, 0, 1)), DID, 9 * DAY, is_adjusted=False).lacking
        == {}
    )


def test_a_quantile_is_of_the_amounts_of_units_that_count() -> None:
    unit, arm = np.arange(1, 241), np.arange(240) % 2
    sample = Sample(("a", "b"), unit, arm, np.where(unit <= 230, 0, DAY))
    whose, amounts = (
        np.append(np.repeat(unit, 2), [0, 999]),
        np.append(np.arange(480) % 97, [5, 5]).astype(float),
    )

    found = estimated_quantile(Metric("Median", "quantile", share=0.5), sample, whose, amounts, DAY)
    none = estimated_quantile(Metric("Median", "quantile", share=0.5), sample, whose[:0], amounts[:0], DAY)

    counts = (whose >= 1) & (whose <= 230) & (whose % 2 == 1)
    assert found.arms["a"] == quantile(amounts[counts], 0.5, whose[counts])
    assert found.left_out == 10
    assert none.lacking == {"a": "too_few", "b": "too_few"}


@pytest.mark.parametrize(("n", "events", "is_told"), [(100, 20, True), (99, 20, False), (100, 19, False)])
def test_of_means_is_believed_from_a_hundred_units_and_twenty_events_on(
    n: int, events: int, is_told: bool
) -> None:
    plain = {"a": Estimate(n, 2.0, 4.0, events), "b": Estimate(400, 2.1, 4.0, 300)}

    assert ("why" not in beliefs.view(MEAN, plain, ("a", "b"))) == is_told


ARM, STRATUM, PAST = np.arange(160) % 2, np.arange(160) // 2 % 2, (np.arange(160) * 7 % 13).astype(np.float64)
DONE = PAST / 2 + 2 * STRATUM + ARM + np.arange(160) * 5 % 7 / 10
WHOLE = Sample(("a", "b"), np.arange(160), ARM, np.zeros(160, dtype=np.int64))


def theta_of(done: Any, past: Any) -> float:
    """Return the slope of what was done in the past within arms, by least squares."""
    apart = [
        (done[arm == ARM] - done[arm == ARM].mean(), past[arm == ARM] - past[arm == ARM].mean())
        for arm in (0, 1)
    ]
    return float(sum(y @ x for y, x in apart) / sum(x @ x for _y, x in apart))


def of_whole(metric: Metric, done: Any = DONE, **more: Any) -> Estimated:
    did = Deeds(WHOLE.unit, done, np.ones(160), PAST)
    return estimated(metric, WHOLE, did, DAY, **({"is_adjusted": True} | more))


def test_the_past_is_taken_off_and_what_is_left_weighed_by_strata() -> None:
    left = DONE - theta_of(DONE, PAST) * (PAST - PAST.mean())

    adjusted, both = of_whole(MEAN), of_whole(MEAN, strata=STRATUM)

    for arm, key in enumerate("ab"):
        by_stratum = [left[(arm == ARM) & (stratum == STRATUM)] for stratum in (0, 1)]
        assert adjusted.arms[key].value == pytest.approx(left[arm == ARM].mean())
        assert adjusted.plain[key].value == pytest.approx(DONE[arm == ARM].mean())
        assert both.arms[key].value == pytest.approx(sum(each.mean() for each in by_stratum) / 2)
        assert both.arms[key].events == adjusted.arms[key].events == np.count_nonzero(DONE[arm == ARM])
    assert (adjusted.strata, both.strata) == (0, 2)
    assert both.kept < adjusted.kept < 1
    plain = of_whole(MEAN, is_adjusted=False, strata=STRATUM)
    assert plain.arms["b"].value == pytest.approx(DONE[ARM == 1].mean())  # as many of both strata
    assert plain.strata == 2


def test_the_past_of_revenue_is_drawn_in_before_it_is_taken_off() -> None:
    found = of_whole(Metric("Revenue", "revenue", share=0.5))

    assert found.cap is not None
    done, past = np.minimum(DONE, found.cap), np.minimum(PAST, found.cap)
    left = done - theta_of(done, past) * (past - past.mean())
    assert found.arms["a"].value == pytest.approx(left[ARM == 0].mean())


def test_shares_are_told_by_the_rarer_outcome_and_who_came_back_is_never_adjusted() -> None:
    done = (np.arange(160) % 8 < 5).astype(float)
    happened = int(done[ARM == 0].sum())

    share, back = of_whole(SHARE, done), of_whole(Metric("Back", "retention"), done)

    assert happened == 60
    assert share.arms["a"].events == 20
    assert share.kept < 1
    assert (back.kept, back.arms["a"].value) == (1.0, 0.75)


def test_a_ratio_is_not_weighed_by_strata() -> None:
    found = of_whole(Metric("Each", "ratio"), strata=STRATUM)

    assert found.strata == 0
    assert found.plain["a"].value == pytest.approx(DONE[ARM == 0].mean())
