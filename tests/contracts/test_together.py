"""Two processes share a run of the tests as one process would make it: nothing twice, nothing left out."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.tree import ROOT
from tools.suite import ALONE, SHARED, failures
from tools.together import without_group

TESTS = """
import os, pytest

def note(word):
    with open({notes!r}, "a") as notes:
        print(os.getpid(), word, file=notes)

@pytest.fixture
def transactional_db(): ...

def test_empties_{name}(transactional_db): note("empties {name}")

@pytest.mark.parametrize("address", ["a@b.example", "c"])
def test_reads_{name}(address): note("reads {name}")

@pytest.mark.alone
def test_alone_{name}(): note("alone {name}")

def test_wrong_{name}(): assert "{name}" != "two"
"""


def _run(folder: Path, *arguments: str) -> Path:
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist.plugin", "-p", "tools.together"]
    # Other plug-ins take seconds to import.
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **alone}
    subprocess.run(
        [*command, f"--junit-xml={report}", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    return report


def test_both_parts_together_run_each_test_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = alone: one by one\n")
    for name in ("one", "two", "three", "four"):
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(name=name, notes=str(notes)))

    report = _run(tmp_path, *SHARED, "-m", f"not {ALONE}")

    seen = [line.split() for line in notes.read_text().splitlines()]
    assert sorted(word for _, word, _ in seen) == ["empties"] * 4 + ["reads"] * 8
    # A file's tests are one process's, for the fixtures that they share; both processes have some.
    assert len({(process, name) for process, word, name in seen if word == "reads"}) == 4
    assert len({process for process, *_ in seen}) == 2
    assert failures(report) == ("test_two::test_wrong_two: AssertionError: assert 'two' != 'two'",)
    notes.unlink()
    assert failures(_run(tmp_path, "-m", ALONE)) == ()
    assert notes.read_text().count("alone") == 4


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("test_a@tests/test_a.py", "test_a"),
        ("test_a[x@y]@tests/test_a.py:after", "test_a[x@y]"),
        ("test_a[x@y]", "test_a[x@y]"),
        ("test_a", "test_a"),
    ],
)
def test_a_test_is_named_without_its_group(name: str, written: str) -> None:
    assert without_group(name) == written


def test_files_with_more_time_come_first_and_what_empties_the_database_last_in_its_own_order(
    tmp_path: Path,
) -> None:
    written = "import pytest\npytestmark = pytest.mark.timeout({seconds})\n" + TESTS
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = alone: one by one\n")
    for name, seconds in (("few", 100), ("many", 400)):
        text = written.format(name=name, seconds=seconds, notes="")
        (tmp_path / f"test_{name}.py").write_text(text)

    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "tools.together", "--collect-only"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found = [line.partition("::")[2].partition("[")[0] for line in listed.splitlines() if "::" in line]

    assert list(dict.fromkeys(found)) == [
        *("test_reads_many", "test_alone_many", "test_wrong_many"),
        *("test_reads_few", "test_alone_few", "test_wrong_few"),
        *("test_empties_few", "test_empties_many"),
    ]
