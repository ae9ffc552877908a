"""Figures of trials out of facts, on both engines, against sums that are made here the long way."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import load
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.trials.live import looked
from zoco.stats.trials.metrics import proportion
from zoco.trials.analysis.concluding import is_end
from zoco.trials.designs import Metric
from zoco.trials.services import trial_stop, trials_finish
from zoco.trials.tests.simulated import (
    DAY,
    SIGNED,
    START,
    Visits,
    running,
    simulated,
    site_made,
)
from zoco.trials.tests.worked import put, store_of, worked_out

pytestmark = [pytest.mark.django_db, pytest.mark.figures]


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


def test_figures_of_a_whole_trial_are_those_of_the_sums_by_hand(store: Store, tmp_path: Path) -> None:
    trial = running(units_planned=2_000)
    facts = simulated(trial, 2_000, {"a": 0.10, "b": 0.25})
    load(tmp_path, facts)
    store.drain()

    result = worked_out(trial, store, START + 9 * DAY)

    arms = {fact.visitor: fact.props["arm"] for fact in facts if fact.props}
    n = Counter(arms.values())
    done = Counter(arms[fact.visitor] for fact in facts if fact.subject == "sign up")
    figure = looked(proportion(done["a"], n["a"]), proportion(done["b"], n["b"]), planned=2_000)
    found = result["metrics"][0]["figures"]["b"]
    assert result["exposed"] == dict(n) == result["dealt"]
    assert found["difference"] == pytest.approx(figure.difference, abs=1e-12)
    assert found["interval"] == pytest.approx(figure.interval, abs=1e-12)
    assert found["p"] == pytest.approx(figure.p, rel=1e-9)
    assert found["is_live"]
    assert result["verdict"] == {
        "word": "winner", "winner": "b", "blocked_by": [], "worse": [], "unknown": []
    }  # fmt: skip


def test_a_worse_guard_rail_and_too_few_days_hold_the_word_back(tmp_path: Path) -> None:
    store = DuckStore(tmp_path, lead=True)
    trial = running([SIGNED, Metric("Left", "proportion", "guard", "Order", is_higher_better=False)])
    made = Visits(trial)
    made.facts = simulated(trial, 3_000, {"a": 0.1, "b": 0.3})
    for fact in list(made.facts):
        if fact.props and fact.props["arm"] == "b" and fact.visitor % 3 == 0:
            made.event(START + 8 * DAY - timedelta(hours=1), fact.visitor, "order")
            made.facts[-1].occurred_at = fact.occurred_at + 1_000_000
    put(store, tmp_path, made)

    guarded = worked_out(trial, store, START + 9 * DAY)
    trial.days_least = 30
    early = worked_out(trial, store, START + 9 * DAY)
    store.close()

    assert guarded["verdict"] == {"word": "guarded", "winner": None, "blocked_by": [], "worse": ["Left"]}
    assert early["verdict"]["word"] == "early"


def test_the_least_days_are_local_ones_so_that_the_shortest_end_names_a_winner(tmp_path: Path) -> None:
    store = DuckStore(tmp_path, lead=True)
    trial = running(days_least=7, ends_on=(START + 6 * DAY).date())  # Monday at nine to Sunday
    load(tmp_path, simulated(trial, 1_600, {"a": 0.2, "b": 0.4}, days=6))
    store.drain()

    early = worked_out(trial, store, START + 6 * DAY)
    assert trials_finish(at=START + 7 * DAY) == 1
    trial.refresh_from_db()
    end = worked_out(trial, store, START + 9 * DAY)
    store.close()

    assert early["verdict"]["word"] == "early"
    assert end["verdict"]["winner"] == "b"


def test_the_one_look_at_the_end_stays_when_the_site_moves_to_another_zone() -> None:
    trial = running(decides="fixed", ends_on=(START + 6 * DAY).date())
    trials_finish(at=START + 8 * DAY)
    Site.objects.update(zone="Asia/Tokyo")
    reads.forget()
    trial.refresh_from_db()

    assert is_end(trial, START + 9 * DAY)


def test_a_trial_decided_at_its_end_says_nothing_before_and_one_figure_then(tmp_path: Path) -> None:
    store = DuckStore(tmp_path, lead=True)
    paid = Metric("Median order", "quantile", "secondary", "Order", share=0.5)
    trial = running([SIGNED, paid], decides="fixed", ends_on=(START + 6 * DAY).date())
    made = Visits(trial)
    made.facts = simulated(trial, 1_600, {"a": 0.2, "b": 0.35}, days=6)
    for number, fact in enumerate(list(made.facts)):
        if fact.subject == "sign up":
            made.event(START, fact.visitor, "order", str(Decimal(number % 50) + 1))
            made.facts[-1].occurred_at = fact.occurred_at + 1
    put(store, tmp_path, made)

    before = worked_out(trial, store, START + 5 * DAY)
    assert trials_finish(at=START + 6 * DAY) == 0
    assert trials_finish(at=START + 8 * DAY) == 1
    trial.refresh_from_db()
    early = worked_out(trial, store, START + 7 * DAY)
    end = worked_out(trial, store, START + 9 * DAY)
    store.close()

    assert before["verdict"]["word"] == early["verdict"]["word"] == "running"
    assert before["metrics"][0]["figures"]["b"]["is_live"]
    assert before["metrics"][1]["why"] == {"b": "at_end"}
    assert end["is_end"]
    assert not end["metrics"][0]["figures"]["b"]["is_live"]
    assert end["verdict"]["winner"] == "b"
    assert end["metrics"][1]["figures"]["b"]["p"] > 0.001


def test_a_trial_that_was_stopped_by_hand_has_live_figures_alone(tmp_path: Path) -> None:
    store = DuckStore(tmp_path, lead=True)
    trial = running(decides="fixed", ends_on=(START + 20 * DAY).date())
    load(tmp_path, simulated(trial, 600, {"a": 0.1, "b": 0.4}))
    store.drain()
    trial = trial_stop(trial=trial.pk, at=START + 7 * DAY)

    result = worked_out(trial, store, START + 40 * DAY)
    store.close()

    assert result["metrics"][0]["figures"]["b"]["is_live"]
    assert result["verdict"]["word"] == "running"


def test_of_trials_without_effect_hardly_one_is_ever_called(tmp_path: Path) -> None:
    """A/A from end to end: dealt by hash, told to a ledger, looked at each day for two weeks."""
    store = DuckStore(tmp_path, lead=True)
    trials = [running(key=f"aa-{number}", units_planned=1_200) for number in range(12)]
    for number, trial in enumerate(trials):
        load(tmp_path, simulated(trial, 1_200, {"a": 0.2, "b": 0.2}, seed=number, days=14))
    store.drain()

    words: Counter[bool] = Counter()
    for trial in trials:
        looks = {worked_out(trial, store, START + DAY * day)["verdict"]["word"] for day in (4, 7, 10, 13, 16)}
        words["winner" in looks] += 1
        assert looks <= {"too_few", "open", "winner"}, looks
    store.close()

    assert words[True] <= 1
