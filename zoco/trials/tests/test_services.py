"""A trial's way, what is refused, and that nothing which makes the figures changes while it runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from zoco.ledger.asking.goals import goal_renamed, goals_of
from zoco.sites import reads
from zoco.trials.deciding import Reason, dealt_arm, decided
from zoco.trials.designs import ArmPlan, DesignWrong, Metric
from zoco.trials.models import Trial
from zoco.trials.services import (
    LayerFull,
    TrialFrozen,
    trial_change,
    trial_conclude,
    trial_delete,
    trial_start,
    trial_stop,
    trials_finish,
)
from zoco.trials.tests.simulated import ARMS, DAY, SIGNED, START, draft, running, site_made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


@pytest.mark.parametrize(
    ("arms", "metrics", "said"),
    [
        (ARMS[:1], [SIGNED], "2 to 6 arms"),
        ([ARMS[0]] * 2, [SIGNED], "the same key"),
        ([ARMS[0], ArmPlan("B b")], [SIGNED], "B b is no key"),
        ([ARMS[0], ArmPlan("b", weight=0)], [SIGNED], "above 0"),
        ([ARMS[0], ArmPlan("b", weight=float("nan"))], [SIGNED], "above 0"),
        (ARMS, [], "1 to 12 metrics"),
        (ARMS, [replace(SIGNED, role="secondary")], "Exactly one metric decides"),
        (ARMS, [SIGNED, replace(SIGNED, role="guard")], "a name of its own"),
        (ARMS, [replace(SIGNED, goal="Nothing")], "needs a goal"),
        (ARMS, [replace(SIGNED, kind="magic")], "none that is known"),
        (ARMS, [replace(SIGNED, window_days=0)], "1 to 90 days"),
        (ARMS, [replace(SIGNED, kind="quantile", share=0.5)], "at the end only"),
        (ARMS, [replace(SIGNED, kind="retention", from_day=3, window_days=2)], "comes back"),
        (ARMS, [replace(SIGNED, kind="revenue", share=1.5)], "between 0 and 1"),
    ],
)
def test_what_cannot_be_counted_is_refused(arms: Any, metrics: Any, said: str) -> None:
    with pytest.raises(DesignWrong, match=said):
        draft(metrics, arms)

    assert not Trial.objects.exists()


def test_a_key_is_of_one_trial() -> None:
    draft()

    with pytest.raises(DesignWrong, match="key headline already"):
        draft()


def test_what_runs_is_not_changed_and_what_is_over_does_not_run_again() -> None:
    trial = draft()
    trial_change(trial=trial.pk, arms=ARMS, metrics=(SIGNED,), share_percent=50)
    trial_start(trial=trial.pk, at=START)

    with pytest.raises(TrialFrozen, match="cannot be changed"):
        trial_change(trial=trial.pk, arms=ARMS, metrics=(SIGNED,), share_percent=90)
    with pytest.raises(TrialFrozen):
        trial_delete(trial=trial.pk)
    with pytest.raises(TrialFrozen):
        trial_conclude(trial=trial.pk, outcome_arm="b", learnt="It is better.")
    trial_stop(trial=trial.pk, at=START + DAY)
    with pytest.raises(TrialFrozen):
        trial_start(trial=trial.pk, at=START + DAY)
    trial.refresh_from_db()
    assert (trial.share_percent, trial.state) == (50, "stopped")


def test_it_goes_into_the_archive_with_what_was_learnt_and_can_be_deleted_then() -> None:
    trial = running()
    trial_stop(trial=trial.pk, at=START + DAY)

    with pytest.raises(DesignWrong, match="Write down"):
        trial_conclude(trial=trial.pk, outcome_arm="", learnt="  ", archive=True)
    with pytest.raises(DesignWrong, match="no arm c"):
        trial_conclude(trial=trial.pk, outcome_arm="c", learnt="x")
    made = trial_conclude(trial=trial.pk, outcome_arm="b", learnt="Shorter.", archive=True)
    assert (made.state, made.outcome_arm, made.learnt) == ("archived", "b", "Shorter.")
    trial_delete(trial=trial.pk)
    assert not Trial.objects.exists()


def test_one_that_is_decided_at_its_end_needs_a_day_that_is_far_enough() -> None:
    trial = draft(decides="fixed")
    with pytest.raises(DesignWrong, match="needs its last day"):
        trial_start(trial=trial.pk, at=START)
    Trial.objects.update(ends_on=START.date(), days_least=7)
    with pytest.raises(DesignWrong, match="before the 7 days"):
        trial_start(trial=trial.pk, at=START)
    Trial.objects.update(ends_on=START.date() + timedelta(days=9_000))
    with pytest.raises(DesignWrong, match="at most"):
        trial_start(trial=trial.pk, at=START)


def test_it_ends_with_its_last_local_day() -> None:
    trial = running(ends_on=date(2026, 3, 4))

    counts = [trials_finish(at=START + DAY * days) for days in (1, 2, 2.6, 2.63, 2.7)]

    trial.refresh_from_db()
    assert trial.ended_at is not None
    assert counts == [0, 0, 0, 1, 0]  # midnight of Madrid is 23:00 UTC
    assert (trial.state, trial.ended_at.isoformat()) == ("finished", "2026-03-04T23:00:00+00:00")


def test_visitors_of_a_day_are_not_counted_longer_than_one() -> None:
    with pytest.raises(DesignWrong, match="known for a day"):
        running([replace(SIGNED, window_days=7)])


def test_trials_of_a_layer_share_nobody_and_its_room() -> None:
    one = running(key="one", layer="home", share_percent=40)
    two = running(key="two", layer="home", share_percent=40)
    free = running(key="free", share_percent=40)
    with pytest.raises(LayerFull, match="no 30 %"):
        running(key="three", layer="home", share_percent=30)
    Trial.objects.filter(key="three").delete()

    people = range(1, 4_001)
    dealt = [{each for each in people if dealt_arm(trial, each)} for trial in (one, two, free)]

    assert not dealt[0] & dealt[1]
    assert all(abs(len(each) - 1_600) < 130 for each in dealt)  # four standard errors
    assert abs(len(dealt[0] & dealt[2]) - 640) < 100
    trial_stop(trial=one.pk, at=START + DAY)
    three = running(key="three", layer="home", share_percent=30)
    assert three.layer_from == 0


def test_the_same_people_are_held_out_of_all_trials() -> None:
    one, two = running(key="one", holdout_percent=10), running(key="two", holdout_percent=20)

    out = [{each for each in range(1, 3_000) if not dealt_arm(trial, each)} for trial in (one, two)]

    assert out[0] < out[1]
    assert abs(len(out[0]) - 300) < 70


def test_the_reason_is_said_in_the_words_of_openfeature() -> None:
    trial = draft(arms=[replace(ARMS[0], value="old"), ARMS[1]])
    assert decided(trial, 5).reason is Reason.DISABLED
    trial = trial_start(trial=trial.pk, at=START)

    told = decided(trial, 5)
    assert (told.reason, told.counts, told.arm) == (Reason.SPLIT, True, dealt_arm(trial, 5))
    nobody = decided(trial, 0)
    assert (nobody.reason, nobody.counts, nobody.arm, nobody.value) == (Reason.DEFAULT, False, "a", "old")
    trial = trial_stop(trial=trial.pk, at=START + DAY)
    assert decided(trial, 5).reason is Reason.DISABLED
    trial = trial_conclude(trial=trial.pk, outcome_arm="b", learnt="")
    assert (decided(trial, 5).reason, decided(trial, 5).value) == (Reason.STATIC, "b")


def test_a_goal_that_went_meanwhile_keeps_a_draft_from_running() -> None:
    from zoco.monitor.models import Goal

    trial = draft([Metric("Orders", "mean", "primary", "Order")])
    Goal.objects.filter(name="Order").delete()

    with pytest.raises(DesignWrong, match="needs a goal"):
        trial_start(trial=trial.pk, at=START)


def test_what_goals_are_is_kept_when_a_trial_begins() -> None:
    from zoco.monitor.models import Goal

    Goal.objects.filter(name="Order").update(
        kind="revenue", amount="12.5", conditions=[["plan", "is", "pro"]]
    )
    trial = running([SIGNED, Metric("Per order", "ratio", "secondary", "order", "Sign up", of_amount=True)])
    before = trial.metrics_planned
    Goal.objects.filter(name="Sign up").update(event="something else")
    Goal.objects.filter(name="Order").delete()
    trial.refresh_from_db()

    assert trial.metrics_planned == before
    signed, per = trial.metrics_planned
    assert signed.goals(goals_of(1))["sign up"].event == "sign up"
    assert per.goals(goals_of(1))["order"].amount == Decimal("12.5")
    assert "order" not in signed.goals(goals_of(1))


def test_drafts_follow_a_goal_to_its_new_name_and_what_runs_keeps_its_own() -> None:
    ratio = Metric("Each", "ratio", "secondary", "Order", "Sign up")
    later, now = draft([SIGNED, ratio]), running(key="now")

    goal_renamed(site=1, was="Sign up", now="Joined")
    goal_renamed(site=2, was="Order", now="Bought")

    later.refresh_from_db()
    now.refresh_from_db()
    assert [(each.goal, each.per) for each in later.metrics_planned] == [("Joined", ""), ("Order", "Joined")]
    assert [each.goal for each in now.metrics_planned] == ["Sign up"]
