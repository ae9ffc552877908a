"""Units of trials and what they did, on both engines, against sums that are made here by hand."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from zoco.ledger import sitebook
from zoco.ledger.store.base import Store
from zoco.ledger.store.joins import MERGED
from zoco.monitor.models import Goal
from zoco.sites import reads
from zoco.trials.analysis.figures import scope_of
from zoco.trials.analysis.units import exposed_read
from zoco.trials.deciding import dealt_arm
from zoco.trials.designs import Metric
from zoco.trials.tests.simulated import (
    DAY,
    EACH,
    MONEY,
    ORDERS,
    SIGNED,
    START,
    Visits,
    running,
    site_made,
)
from zoco.trials.tests.worked import of_arm, put, store_of, worked_out

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["duckdb", "clickhouse"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = store_of(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def test_each_kind_of_metric_counts_what_was_done_after_exposure(store: Store, tmp_path: Path) -> None:
    back = Metric("Came back", "retention", "secondary", window_days=1, from_day=0)
    trial = running([SIGNED, ORDERS, EACH, MONEY, back])
    (one, two, three), (four, five) = of_arm(trial, "a", 3), of_arm(trial, "b", 2)
    made, hour = Visits(trial), timedelta(hours=1)
    made.event(START - hour, one, "sign up")  # before the trial
    for visitor, arm in ((one, "a"), (two, "a"), (three, "a"), (four, "b"), (five, "b")):
        made.view(START + hour, visitor)
        made.shown(START + 2 * hour, visitor, arm)
        made.shown(START + 3 * hour, visitor, arm)
    made.event(START + hour, two, "sign up")  # before exposure
    made.event(START + 4 * hour, one, "sign up")
    made.event(START + 5 * hour, one, "sign up")
    made.event(START + 6 * hour, one, "order", "30.50")
    made.event(START + 7 * hour, four, "order", "10")
    made.event(START + 8 * hour, four, "order", "20")
    made.event(START + 8 * hour, four, "sign up")
    made.event(START + 27 * hour, five, "order", "99")  # later than a day
    made.view(START + 3 * hour, five)
    put(store, tmp_path, made)
    Goal.objects.filter(name="Sign up").update(name="Signed up", event="other")  # frozen all the same
    Goal.objects.filter(name="Order").delete()

    result = worked_out(trial, store, START + 3 * DAY)

    assert result["exposed"] == {"a": 3, "b": 2}
    values = [
        {arm: round(each["value"], 6) for arm, each in metric["arms"].items()} for metric in result["metrics"]
    ]
    assert values == [
        {"a": round(1 / 3, 6), "b": 0.5},
        {"a": round(1 / 3, 6), "b": 1.0},
        {"a": round(30.5 / 2, 6), "b": 30.0},
        {"a": round(30.5 / 3, 6), "b": 15.0},
        {"a": 0.0, "b": 0.5},
    ]
    assert all(metric["why"] == {"b": "too_few"} for metric in result["metrics"])
    assert result["verdict"]["word"] == "too_few"


def test_money_is_counted_before_refunds_with_a_goal_and_without(store: Store, tmp_path: Path) -> None:
    whole = Metric("All", "revenue", "secondary", share=0.99)
    of_goal = Metric("Of goal", "revenue", "secondary", "Order", share=0.99)
    summed = Metric("Summed", "mean", "secondary", "Order", of_amount=True)
    trial = running([SIGNED, whole, of_goal, summed])
    made = Visits(trial)
    for number, visitor in enumerate(of_arm(trial, "a", 4)):
        made.shown(START, visitor, "a")
        made.event(START + timedelta(hours=1), visitor, "order", "30")
        made.event(START + timedelta(hours=2), visitor, "order", "0")
        if number == 0:
            made.event(START + timedelta(hours=3), visitor, "order", "-30")
    put(store, tmp_path, made)

    result = worked_out(trial, store, START + 3 * DAY)

    assert [each["arms"]["a"]["value"] for each in result["metrics"][1:]] == [30, 30, 30]


def test_units_whose_days_are_not_over_are_left_out(store: Store, tmp_path: Path) -> None:
    trial = running()
    made = Visits(trial)
    for number, visitor in enumerate(of_arm(trial, "a", 4) + of_arm(trial, "b", 4)):
        made.shown(START + DAY * (number % 4), visitor, "a" if number < 4 else "b")
    put(store, tmp_path, made)

    result = worked_out(trial, store, START + 2 * DAY + timedelta(hours=1))

    assert result["exposed"] == {"a": 3, "b": 3}  # the fourth comes later
    assert result["metrics"][0]["left_out"] == 2
    assert {arm: each["n"] for arm, each in result["metrics"][0]["arms"].items()} == {"a": 2, "b": 2}


def test_who_says_an_arm_of_his_own_or_sees_two_is_left_out_and_blocks(store: Store, tmp_path: Path) -> None:
    trial = running()
    made = Visits(trial)
    own, both, good = of_arm(trial, "a", 3)
    made.shown(START, own, "b")
    made.shown(START, both, "a")
    made.shown(START + DAY, both, "b")
    made.shown(START, good, "a")
    made.shown(START, of_arm(trial, "b", 1)[0], "'; drop table facts --")
    made.shown(START, of_arm(trial, "b", 2)[1], "b", verdict="bot")
    put(store, tmp_path, made)

    result = worked_out(trial, store, START + 5 * DAY)

    assert result["exposed"] == {"a": 1, "b": 0}
    assert result["crossed"] == 3
    assert result["verdict"]["blocked_by"] == ["crossover"]


def test_persons_who_are_merged_keep_the_arm_of_the_number_that_was_told(
    store: Store, tmp_path: Path
) -> None:
    trial = running([replace(SIGNED, window_days=2)], unit="person")
    (one, two, other), (whole,) = of_arm(trial, "a", 3), of_arm(trial, "b", 1)
    made = Visits(trial)
    server: dict[str, Any] = {"origin": "server", "verdict": "server"}
    for person, arm in ((one, "a"), (two, "a"), (other, "b")):
        made.shown(START, 0, arm, person=person, **server)
    made.shown(START, 9, "b", known=99)  # a page may say what it likes: nobody told of that person
    merged = {"subject_kind": "person", "subject": str(whole), **server}
    made.fact(MERGED, START + DAY, 0, person=one, **merged | {"site": 0})
    made.event(START + 1.5 * DAY, 0, "sign up", person=whole, **server)
    put(store, tmp_path, made)

    site = next(each for each in sitebook.sites() if each.id == 1)
    exposed = exposed_read(scope_of(trial, site, START + 3 * DAY), store)
    result = worked_out(trial, store, START + 3 * DAY)

    assert dict(zip(exposed.told_as.tolist(), exposed.unit.tolist(), strict=True)) == {
        one: whole, two: two, other: other
    }  # fmt: skip
    assert (result["exposed"], result["crossed"]) == ({"a": 2, "b": 0}, 1)
    assert result["metrics"][0]["arms"]["a"]["value"] == 0.5


def test_what_units_did_before_takes_noise_away(store: Store, tmp_path: Path) -> None:
    trial = running([Metric("Orders", "mean", "primary", "Order")], unit="browser")
    made, rng = Visits(trial), random.Random(5)
    for number in range(600):
        known = rng.getrandbits(60) + 1
        arm = dealt_arm(trial, known)
        assert arm is not None
        usual = rng.choice((0, 1, 4))
        for _each in range(usual):
            made.event(START - 3 * DAY, number + 1, "order", known=known)
        made.shown(START + DAY, number + 1, arm, known=known)
        for _each in range(usual + (rng.random() < 0.3)):
            made.event(START + DAY + timedelta(hours=1), number + 900, "order", known=known)
    put(store, tmp_path, made)

    result = worked_out(trial, store, START + 4 * DAY)

    assert sum(result["exposed"].values()) == 600
    assert result["metrics"][0]["kept_share"] < 0.1
    assert result["metrics"][0]["figures"]["b"]["interval"][1] < 0.5
