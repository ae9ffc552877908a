"""The supervisor, with children of a few lines."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zoco.project.processes.children import FIRST_PAUSE_SECONDS, Child

RUN = """
import sys
from zoco.project.processes.children import Child
from zoco.project.processes.supervisor import Supervisor
children = [Child(f"child-{number}", ("-c", text)) for number, text in enumerate(sys.argv[1:])]
sys.exit(Supervisor(children, lambda: print("ready", flush=True)).run())
"""
TIED = "from zoco.project.processes import lifeline; lifeline.tie(); lifeline.report_ready(); import time; "


def _run(*children: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *children], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_it_is_ready_when_all_children_are() -> None:
    process = _run(TIED + "time.sleep(60)", TIED + "time.sleep(60)")

    assert _line(process) == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_child_that_cannot_work_ends_everything() -> None:
    process = _run(TIED + "time.sleep(60)", "import sys; print('Too new.', file=sys.stderr); sys.exit(78)")

    _, said = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "Too new.\n" in said
    assert "starting it again" not in said


@pytest.mark.alone
def test_child_that_does_not_listen_is_killed_after_the_grace() -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    process = _run(deaf + TIED + "time.sleep(60)")
    assert _line(process) == "ready\n"

    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(10)

    assert 4.0 < time.monotonic() - started < 9.0


def test_children_end_when_it_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    process = _run(f"import os; open({str(note)!r}, 'w').write(str(os.getpid())); " + TIED + "time.sleep(60)")
    assert _line(process) == "ready\n"
    child = int(note.read_text())

    process.kill()
    process.wait()

    started = time.monotonic()
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() - started < 10
        time.sleep(0.05)


def test_pause_grows_after_failures_and_stays_short_after_kills() -> None:
    failing, killed = Child("a", ()), Child("b", ())
    failing.started_at = killed.started_at = 100.0

    after_failures = [failing.pause_after(1, 101.0) for _ in range(12)]
    after_kills = [killed.pause_after(-9, 101.0) for _ in range(12)]

    assert after_failures[0] == FIRST_PAUSE_SECONDS
    assert after_failures[-1] == 20.0
    assert max(after_kills) == 0.25
    assert failing.pause_after(1, 130.0) == FIRST_PAUSE_SECONDS


def test_tied_process_without_a_supervisor_runs_on() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "ZOCO_LIFELINE"}

    done = subprocess.run(
        [sys.executable, "-c", TIED + "print('on')"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "on\n"
