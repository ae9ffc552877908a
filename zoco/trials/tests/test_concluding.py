"""The one word of a trial from figures that are written here: ends, least days, guard-rails, corrections."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zoco.sites import reads
from zoco.stats.trials import fixed
from zoco.stats.trials.live import looked
from zoco.stats.trials.moments import Estimate
from zoco.trials.analysis.concluding import compare_of, concluded, full_at, is_end
from zoco.trials.designs import ArmPlan, Metric
from zoco.trials.models import Trial
from zoco.trials.tests.simulated import ARMS, DAY, MONEY, ORDERS, SIGNED, START, running, site_made

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)
LEFT = Metric("Left", "proportion", "guard", "Order", is_higher_better=False)
LATE = START + 40 * DAY
MIDNIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""In Madrid, when the day of the start is over."""


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def arm(value: float, n: int = 4_000) -> dict[str, Any]:
    return {"n": n, "value": value, "variance": value * (1 - value), "events": round(n * value)}


def figures(p: float, low: float, high: float) -> dict[str, Any]:
    return {"figures": {"b": {"p": p, "interval": [low, high]}}}


def of_primary(p: float = 0.0001, better: float = 0.3) -> dict[str, Any]:
    return {"arms": {"a": arm(0.2), "b": arm(better)}} | figures(p, 0.05, 0.15)


def said(trial: Trial, *metrics: dict[str, Any], until: datetime = LATE, **more: Any) -> dict[str, Any]:
    return concluded(trial, {"metrics": list(metrics), "checks": []} | more, until)


def test_all_is_in_when_the_longest_days_of_a_metric_are_over() -> None:
    trial = running(
        [SIGNED, Metric("Late", "proportion", goal="Order", window_days=3)],
        decides="fixed",
        unit="browser",
        ends_on=(START + 5 * DAY).date(),
    )

    assert full_at(trial) is None
    trial.ends_on, trial.ended_at, trial.state = START.date(), START + 6 * DAY, Trial.State.FINISHED
    assert full_at(trial) == START + 9 * DAY
    assert [is_end(trial, START + 9 * DAY - MICRO), is_end(trial, START + 9 * DAY)] == [False, True]
    trial.decides = "live"
    assert not is_end(trial, LATE)
    trial.decides, trial.state = "fixed", Trial.State.STOPPED
    assert not is_end(trial, LATE)
    trial.state, trial.ends_on, trial.ended_at = Trial.State.ARCHIVED, START.date(), MIDNIGHT
    assert is_end(trial, LATE)
    trial.ended_at = MIDNIGHT - MICRO
    assert not is_end(trial, LATE), "it was ended by hand"


def test_a_look_plans_with_two_arms_of_all_that_are_planned() -> None:
    trial = running(arms=(*ARMS, ArmPlan("c", "Longer")), units_planned=3_000)
    control, other = Estimate(400, 0.2, 0.16, 80), Estimate(400, 0.25, 0.1875, 100)

    live, ended = compare_of(trial, False)(control, other), compare_of(trial, True)(control, other)

    assert live == looked(control, other, planned=2_000)
    assert live.p != looked(control, other, planned=3_000).p
    assert ended == fixed.ended(control, other, planned=800)


def test_what_decides_is_corrected_over_arms_and_the_rest_over_all_of_it() -> None:
    trial = running([SIGNED, ORDERS, MONEY, Metric("Again", "mean", "secondary", "Order")])
    rows = [of_primary(0.03), figures(0.01, 0, 1), figures(0.5, -1, 1), figures(0.04, 0, 1)]

    found = said(trial, *rows)["metrics"]

    # Benjamini and Hochberg over 0.01 and 0.04; the guard-rail is in neither.
    corrected = [each["figures"]["b"].get("p_corrected") for each in found]
    assert corrected == [0.03, pytest.approx(0.02), None, pytest.approx(0.04)]


@pytest.mark.parametrize(
    ("money", "left", "worse"),
    [
        ((-1, -0.01), (-1, 1), ["Revenue"]),
        ((-1, 0), (-1, 0), []),
        ((0.1, 1), (0.01, 1), ["Left"]),
        ((-1, -0.01), (0.01, 1), ["Revenue", "Left"]),
    ],
)
def test_a_guard_rail_that_surely_got_worse_holds_the_winner_back(
    money: tuple[float, float], left: tuple[float, float], worse: list[str]
) -> None:
    trial = running([SIGNED, MONEY, LEFT, ORDERS])
    rows = [of_primary(), figures(0.5, *money), figures(0.5, *left), figures(0.5, -2, -1)]

    verdict = said(trial, *rows)["verdict"]

    assert verdict["worse"] == worse
    assert (verdict["word"], verdict["winner"]) == (("guarded", None) if worse else ("winner", "b"))


def test_a_guard_rail_without_a_figure_is_named_beside_the_winner() -> None:
    trial = running([SIGNED, MONEY, LEFT, ORDERS])

    verdict = said(trial, of_primary(), {"figures": {}}, figures(1, -1, 1), {"figures": {}})["verdict"]

    assert (verdict["word"], verdict["unknown"]) == ("winner", ["Revenue"])


def test_the_word_comes_with_the_last_of_the_least_local_days() -> None:
    trial = running(days_least=7)
    midnight = datetime(2026, 3, 8, 23, tzinfo=UTC)  # in Madrid, seven days from Monday on

    early, late = (said(trial, of_primary(), until=each)["verdict"] for each in (midnight - MICRO, midnight))
    trial.ended_at, trial.state = midnight - MICRO, Trial.State.STOPPED
    stopped = said(trial, of_primary())["verdict"]
    trial.state = Trial.State.FINISHED
    ended = said(trial, of_primary())["verdict"]

    assert [each["word"] for each in (early, late, stopped, ended)] == ["early", "winner", "early", "winner"]
    assert (early["winner"], late["winner"]) == (None, "b")


def test_no_difference_is_open_and_an_arm_without_figures_too_few() -> None:
    trial = running()

    assert said(trial, of_primary(better=0.2))["verdict"]["word"] == "open"
    few = {"arms": {"a": arm(0.2)}, "figures": {}}
    assert said(trial, few)["verdict"] == {"word": "too_few", "winner": None, "blocked_by": [], "worse": []}
    broken = {"guard": "sample_ratio", "value": 0.0, "limit": 0.001, "is_kept": False}
    for row in (few, of_primary()):
        verdict = said(trial, row, checks=[broken])["verdict"]
        assert (verdict["word"], verdict["winner"], verdict["blocked_by"]) == (
            "blocked",
            None,
            ["sample_ratio"],
        )


def test_a_quantile_says_nothing_before_its_end() -> None:
    median = Metric("Median order", "quantile", "primary", "Order", share=0.5)
    trial = running([ORDERS, median], decides="fixed", ends_on=(START + 5 * DAY).date())
    mean = figures(0.5, -1, 1) | {"arms": {"a": arm(0.2)}}

    assert said(trial, mean, of_primary())["verdict"]["word"] == "too_few"
    trial.ended_at, trial.state = START + 6 * DAY, Trial.State.FINISHED
    assert said(trial, mean, of_primary())["verdict"]["winner"] == "b"
