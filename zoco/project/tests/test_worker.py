"""The worker: claiming, dying, trying again; periodic work by turns."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from zoco.kit.periodic import Periodic
from zoco.project.models import Turn, Worker
from zoco.project.tests import work
from zoco.project.worker import beats, tasks, turns

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def _run_all(worker: str = "w") -> int:
    count = 0
    while (claimed := tasks.claim(worker, at=timezone.now())) is not None:
        tasks.run(claimed)
        count += 1
    return count


def test_task_is_run_once_and_its_value_kept(tmp_path: Path) -> None:
    result = work.note.enqueue(path=str(tmp_path / "notes"), text="hello")

    assert _run_all() == 1
    assert _run_all() == 0

    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == 5
    assert (tmp_path / "notes").read_text() == "hello\n"


def test_failure_is_kept_with_its_exception() -> None:
    result = work.fail.enqueue()

    _run_all()

    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.errors[0].exception_class is ValueError
    assert result.attempts == 1


def test_task_that_asks_for_it_is_tried_again() -> None:
    result = work.heal.enqueue(at=3)

    for _ in range(3):
        _run_all()
        time.sleep(0.02)

    result.refresh()
    assert result.return_value == 3


def test_task_that_never_heals_fails_after_six_attempts() -> None:
    result = work.heal.enqueue(at=99)

    for _ in range(8):
        _run_all()
        time.sleep(0.02)

    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.attempts == 6


def test_what_a_dead_worker_was_running_is_ready_again_and_given_up_after_three() -> None:
    result = work.fail.enqueue()

    for death in range(1, 4):
        assert tasks.claim(f"dead-{death}", at=timezone.now()) is not None
        assert tasks.reap({"alive"}) == 1
        result.refresh()
        assert result.status == (TaskResultStatus.FAILED if death == 3 else TaskResultStatus.READY)

    assert tasks.claim("alive", at=timezone.now()) is None


def test_attempts_that_asked_for_another_are_no_deaths() -> None:
    result = work.heal.enqueue(at=4)
    for _ in range(2):
        claimed = tasks.claim("w", at=timezone.now())
        assert claimed is not None
        tasks.run(claimed)
        time.sleep(0.02)

    assert tasks.claim("dead", at=timezone.now()) is not None
    assert tasks.reap({"alive"}) == 1

    result.refresh()
    assert (result.status, result.attempts) == (TaskResultStatus.READY, 3)
    assert _run_all() == 1
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 4)


def test_what_a_living_worker_runs_is_left_alone() -> None:
    work.fail.enqueue()
    tasks.claim("alive", at=timezone.now())

    assert tasks.reap({"alive"}) == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_outcome_of_a_task_that_was_taken_away_is_dropped(tmp_path: Path) -> None:
    work.note.enqueue(path=str(tmp_path / "notes"), text="twice")
    first = tasks.claim("paused", at=NOW)
    assert first is not None
    tasks.reap(set())
    second = tasks.claim("other", at=NOW + timedelta(seconds=1))
    assert second is not None

    tasks.run(first)
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING

    tasks.run(second)
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_worker_is_dead_when_its_process_is_gone_here_or_it_is_silent_elsewhere() -> None:
    beats.beat("me", at=NOW)
    gone = {"place": beats.place(), "pid": 999_999_999, "pid_started": "1", "started_at": NOW}
    away = {"place": "elsewhere", "pid": 1, "pid_started": "1", "started_at": NOW}
    Worker.objects.create(id="gone", beat_at=NOW, **gone)
    Worker.objects.create(id="silent", beat_at=NOW - timedelta(seconds=16), **away)
    Worker.objects.create(id="distant", beat_at=NOW - timedelta(seconds=14), **away)

    assert beats.living(at=NOW) == {"me", "distant"}
    assert set(Worker.objects.values_list("id", flat=True)) == {"me", "distant"}


def test_process_id_in_use_again_is_not_the_same_worker() -> None:
    Worker.objects.create(
        id="old", place=beats.place(), pid=os.getpid(), pid_started="1", started_at=NOW, beat_at=NOW
    )

    assert beats.living(at=NOW) == set()


def test_periodic_work_runs_when_it_is_due_and_not_before() -> None:
    ran: list[int] = []
    one = Periodic("test.one", 600, lambda: ran.append(1))

    assert turns.run_due([one], "w", at=timezone.now()) == 1
    assert turns.run_due([one], "w", at=timezone.now()) == 0
    assert turns.run_due([one], "w", at=timezone.now() + timedelta(seconds=601)) == 1

    assert ran == [1, 1]


def test_turn_that_another_worker_has_is_not_taken() -> None:
    Turn.objects.create(key="test.one", next_at=NOW, worker="other")

    assert turns.run_due([Periodic("test.one", 600, lambda: None)], "w", at=NOW) == 0
    assert turns.reap({"w"}) == 1
    assert turns.run_due([Periodic("test.one", 600, lambda: None)], "w", at=NOW) == 1


def test_failure_of_periodic_work_is_noted_and_the_next_turn_kept() -> None:
    def fail() -> None:
        raise ValueError("on purpose")

    turns.run_due([Periodic("test.one", 600, fail)], "w", at=timezone.now())

    turn = Turn.objects.get()
    assert (turn.failure, turn.worker) == ("ValueError: on purpose", "")
    assert turn.next_at > timezone.now() + timedelta(seconds=590)


def test_task_in_a_worker_that_must_end_is_put_back_without_counting(tmp_path: Path) -> None:
    work.note.enqueue(path=str(tmp_path), text="a folder cannot be written")
    claimed = tasks.claim("ending", at=timezone.now())
    assert claimed is not None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", _stopped)
        with pytest.raises(tasks.Stopped):
            tasks.run(claimed)

    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == (TaskResultStatus.READY, [])


def _stopped(*_: object, **__: object) -> None:
    raise tasks.Stopped


def test_turn_of_a_clock_that_was_a_day_ahead_is_due_when_it_is_set_back() -> None:
    one = Periodic("test.one", 600, lambda: None)
    Turn.objects.create(key="test.one", next_at=NOW + timedelta(days=1, seconds=600))

    assert turns.run_due([one], "w", at=NOW) == 1
    assert Turn.objects.get().next_at < timezone.now() + timedelta(seconds=601)

    Turn.objects.update(next_at=NOW + timedelta(seconds=630))
    assert turns.run_due([one], "w", at=NOW) == 0


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(hours=-1)])
def test_worker_elsewhere_lives_by_its_beats_whatever_our_clock_says(jump: timedelta) -> None:
    seconds = [100.0]
    watch = beats.Watch(lambda: seconds[0])
    away = {"place": "elsewhere", "pid": 1, "pid_started": "1", "started_at": NOW}
    Worker.objects.create(id="lively", beat_at=NOW, **away)
    Worker.objects.create(id="silent", beat_at=NOW, **away)
    assert beats.living(at=NOW, watch=watch) == {"lively", "silent"}

    seconds[0] += 14
    Worker.objects.filter(id="lively").update(beat_at=NOW + timedelta(seconds=12))
    assert beats.living(at=NOW + jump, watch=watch) == {"lively", "silent"}
    seconds[0] += 2

    assert beats.living(at=NOW + jump, watch=watch) == {"lively"}
