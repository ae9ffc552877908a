"""Background work through kills, and commands beside a running `zoco up`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operate.conftest import Start
from tests.operate.running import environment, until, zoco

pytestmark = [pytest.mark.timeout(600), pytest.mark.crash]

PLUG = """
import time
from pathlib import Path
from django_tasks import task

@task()
def slow(*, note, seconds):
    is_first = not Path(note).exists()
    with Path(note).open("a") as file:
        file.write("begun\\n")
    time.sleep(seconds if is_first else 0)
    with Path(note).open("a") as file:
        file.write("done\\n")
"""
ENQUEUE = """
import sys
sys.path.insert(0, sys.argv[1])
from zoco.project import ready
ready.django()
import slowwork
slowwork.slow.enqueue(note=sys.argv[2], seconds=float(sys.argv[3]))
"""


def _enqueue(folder: Path, note: Path, seconds: float) -> None:
    (note.parent / "slowwork.py").write_text(PLUG)
    subprocess.run(
        [sys.executable, "-c", ENQUEUE, str(note.parent), str(note), str(seconds)],
        env=environment(folder),
        check=True,
        timeout=280,
    )


def test_task_of_a_killed_worker_is_run_again(
    folder: Path, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    note = tmp_path / "note"
    running = start()
    _enqueue(folder, note, 60.0)
    until(note.exists)

    os.kill(running.child("worker"), signal.SIGKILL)
    until(lambda: note.read_text() == "begun\nbegun\ndone\n")

    assert running.get() == 200


def test_task_that_runs_at_the_stop_is_put_back_and_done_later(
    folder: Path, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    note = tmp_path / "note"
    running = start()
    _enqueue(folder, note, 60.0)
    until(note.exists)

    seconds = running.stop()
    start()
    until(lambda: note.read_text() == "begun\nbegun\ndone\n")

    assert seconds < 9


def test_commands_work_beside_a_running_zoco(folder: Path, start: Start) -> None:
    start()

    added = zoco(folder, "site", "add", "My shop", "--host", "shop.example")
    checked = zoco(folder, "check", "--format", "json")

    assert (added.returncode, added.stdout) == (0, "my-shop\n")
    found = {finding["check"]: finding for finding in json.loads(checked.stdout)}
    assert {name for name, finding in found.items() if finding["level"] != "ok"} == set()
    assert found["ledger"]["message"].startswith("0 facts, answered by duckdb")
    assert checked.returncode == 0
