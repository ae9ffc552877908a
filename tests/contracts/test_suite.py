"""What `make test` says last names every test that failed or was left out, and why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import suite
from tools.suite import failed, failures, slowest

RED = """
import pytest

@pytest.fixture
def torn():
    yield
    raise OSError("left open")

def test_wrong():
    assert 1 == 2

def test_left(torn):
    pass

def test_right():
    pass

@pytest.mark.skip(reason="no browser")
def test_out():
    pass
"""


def test_failures_and_errors_are_named_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "test_red.py").write_text(RED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout
    assert failures(report) == (
        "test_red::test_wrong: assert 1 == 2",
        'test_red::test_left: failed on teardown with "OSError: left open"',
        "test_red::test_out: no browser",
    )
    (file, seconds), *others = slowest(report)
    assert (file, others) == ("test_red", [])
    assert 0 <= seconds < 60


UNSTEADY = """
from pathlib import Path

def test_first_time_wrong():
    there = Path(__file__).with_name("was-here")
    was_here = there.exists()
    there.touch()
    assert was_here

def test_right():
    pass
"""


def test_what_failed_beside_others_is_judged_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "ROOT", tmp_path)
    monkeypatch.setattr(suite, "SHARED", ())
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take seconds to import
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  alone: by itself\n")
    (tmp_path / "test_red.py").write_text(UNSTEADY)

    between: list[str] = []
    shared, alone = suite.both_parts("a database", [], database="", between=lambda: between.append("told"))

    assert between == ["told"]
    assert alone.code == 0
    assert shared.code == 0
    assert [line.partition(":")[0] for line in shared.unsteady] == ["test_red"]

    (tmp_path / "test_red.py").write_text(RED)
    shared, _alone = suite.both_parts("a database", [], database="")

    assert shared.code == 1
    assert shared.unsteady == ()
    assert shared.failed == ("test_red.py::test_wrong", "test_red.py::test_left")


def test_only_files_with_such_a_test_are_collected_for_the_tests_alone() -> None:
    files = suite.alone_files(["--database-only"])

    assert str(suite.ROOT / "tests" / "crash" / "test_kill.py") in files
    assert str(suite.ROOT / "tests" / "contracts" / "test_sizes.py") not in files
    assert suite.alone_files(["zoco/kit"]) == []


def test_run_that_wrote_no_report_names_nothing(tmp_path: Path) -> None:
    assert failures(tmp_path / "report.xml") == ()
    assert failed(tmp_path / "report.xml") == ()
    assert slowest(tmp_path / "report.xml") == []
