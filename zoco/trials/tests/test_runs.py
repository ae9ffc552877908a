"""Runs of figures: cut off, stopped, gone on with, and when they are asked for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import load
from zoco.sites import leaving, reads
from zoco.trials.analysis import runs
from zoco.trials.analysis.figures import Sampled
from zoco.trials.designs import Metric
from zoco.trials.models import Trial, TrialRun
from zoco.trials.services import TrialFrozen, trial_delete, trial_stop
from zoco.trials.tests.simulated import DAY, ORDERS, SIGNED, START, running, simulated, site_made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    site_made()
    reads.forget()
    yield
    reads.forget()


def test_a_run_goes_on_where_it_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    store = DuckStore(tmp_path, lead=True)
    trial = running([SIGNED, ORDERS])
    load(tmp_path, simulated(trial, 600, {"a": 0.2, "b": 0.2}))
    run = runs.run_begin(trial=trial, at=START + 9 * DAY)
    with pytest.raises(runs.RunWrong):
        runs.run_begin(trial=trial, at=START + 9 * DAY)
    whole = Sampled.metric

    def killed(self: Sampled, metric: Metric) -> Any:
        if metric.name == ORDERS.name:
            raise KeyboardInterrupt
        return whole(self, metric)

    with monkeypatch.context() as patch:
        patch.setattr(Sampled, "metric", killed)
        with pytest.raises(KeyboardInterrupt):
            runs.run_through(key=run.pk, store=store)
    run.refresh_from_db()
    assert (run.state, run.done, len(run.result["metrics"])) == (TrialRun.State.RUNNING, 2, 1)
    runs.run_through(key=run.pk, store=store)
    run.refresh_from_db()
    store.close()

    assert (run.state, run.done, run.total) == (TrialRun.State.DONE, 3, 3)
    assert run.result["verdict"]["word"] == "open"
    assert len(run.result["metrics"]) == 2


def test_a_run_that_is_to_stop_stops_and_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    store = DuckStore(tmp_path, lead=True)
    trial = running([SIGNED, ORDERS])
    run = runs.run_begin(trial=trial, at=START + 9 * DAY)
    TrialRun.objects.filter(pk=run.pk).update(state="running", is_to_stop=True)

    runs.run_through(key=run.pk, store=store)
    run.refresh_from_db()
    assert run.state == TrialRun.State.STOPPED
    runs.run_again(run=run, at=START + 9 * DAY)
    runs.run_through(key=run.pk, store=store)
    run.refresh_from_db()
    store.close()

    assert run.state == TrialRun.State.DONE
    assert run.result["verdict"]["word"] == "too_few"


def test_figures_are_asked_for_once_a_day_and_once_when_all_is_in() -> None:
    trial = running()
    now = START + 2 * DAY

    assert [runs.look(now=now), runs.look(now=now)] == [1, 0]
    TrialRun.objects.update(state="done")
    assert [runs.look(now=now + timedelta(hours=5)), runs.look(now=now + DAY)] == [0, 1]
    TrialRun.objects.update(state="done")
    trial_stop(trial=trial.pk, at=now + DAY)
    assert [runs.look(now=now + 1.5 * DAY), runs.look(now=now + 2 * DAY)] == [0, 1]
    TrialRun.objects.update(state="done")
    assert runs.look(now=now + 9 * DAY) == 0


@pytest.mark.parametrize("what", ["trial", "run"])
def test_what_went_while_it_was_worked_out_stays_away(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    store = DuckStore(tmp_path, lead=True)
    trial = running()
    run = runs.run_begin(trial=trial, at=START + 9 * DAY)
    whole = Sampled.metric

    def gone(self: Sampled, metric: Metric) -> Any:
        (Trial.objects.all() if what == "trial" else TrialRun.objects.all()).delete()
        return whole(self, metric)

    monkeypatch.setattr(Sampled, "metric", gone)
    runs.run_through(key=run.pk, store=store)
    store.close()

    assert not TrialRun.objects.exists()


def test_a_trial_whose_figures_are_worked_out_is_not_deleted() -> None:
    trial = trial_stop(trial=running().pk, at=START + DAY)
    run = runs.run_begin(trial=trial, at=START + 2 * DAY)

    with pytest.raises(TrialFrozen, match="being worked out"):
        trial_delete(trial=trial.pk)
    runs.run_stop(run=run)
    trial_delete(trial=trial.pk)

    assert not TrialRun.objects.exists()


def test_a_run_that_died_has_failed_and_is_begun_anew_an_hour_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    run = runs.run_begin(trial=running(), at=START + 2 * DAY)
    TrialRun.objects.update(state="running", told_at=START + 2 * DAY)

    assert runs.look(now=timezone.now()) == 0
    run.refresh_from_db()
    assert (run.state, run.said) == ("failed", "The process ended.")
    assert runs.look(now=timezone.now() + timedelta(minutes=61)) == 1


def test_figures_go_with_the_facts_of_a_site_that_begins_anew() -> None:
    run = runs.run_begin(trial=running(), at=START + 2 * DAY)

    leaving.FORGET["trials"](2, timezone.now())
    leaving.FORGET["trials"](1, run.created_at - DAY)
    assert TrialRun.objects.get() == run
    for _each in range(2):
        leaving.FORGET["trials"](1, timezone.now())

    assert not TrialRun.objects.exists()
    assert Trial.objects.exists()
