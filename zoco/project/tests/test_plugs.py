"""Plugs of others: every process knows them from its start; one that is broken stops it with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zoco.ledger.asking.others import PlugBroken, load_plugs

ROOT = Path(__file__).parents[3]
PLUG = """
from zoco.channels.contract import CHANNELS, Channel
from zoco.channels.models import Account


@CHANNELS.plug
class Pigeon(Channel):
    key, label = "pigeon", "Pigeons"


assert Account
"""
PROCESS = """
from zoco.project import ready
from zoco.kit.commands import CommandFailed
try:
    ready.django()
except CommandFailed as failed:
    raise SystemExit(str(failed))
from zoco.channels.contract import CHANNELS
print(*CHANNELS.keys())
"""


def _run(tmp_path: Path, *program: str) -> "subprocess.CompletedProcess[str]":
    given = os.environ | {
        "ZOCO_PLUGS": "my_pigeons",
        "ZOCO_DATA": str(tmp_path / "data"),
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "zoco.project.settings",
    }
    return subprocess.run(
        [sys.executable, *program], env=given, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.timeout(300)
def test_process_knows_an_adapter_of_others_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "my_pigeons.py").write_text(PLUG)

    process = _run(tmp_path, "-c", PROCESS)
    command = _run(tmp_path, "-m", "zoco.project.cli", "--version")

    assert (process.returncode, "pigeon" in process.stdout.split()) == (0, True), process.stderr
    assert command.returncode == 0, command.stderr  # it gets Django before it imports what needs models


@pytest.mark.timeout(300)
def test_broken_plug_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "my_pigeons.py").write_text("import nothing_of_that_name")

    process = _run(tmp_path, "-c", PROCESS)
    managed = _run(tmp_path, str(ROOT / "manage.py"), "check")

    words = (
        "The plug my_pigeons cannot be imported (ModuleNotFoundError: No module named "
        "'nothing_of_that_name'); "
        "mend it, or take it out of ZOCO_PLUGS.\n"
    )
    assert (process.returncode, process.stderr) == (1, words)
    assert (managed.returncode, managed.stderr) == (1, words)


def test_what_is_wrong_in_a_plug_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torn_of_a_test.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(PlugBroken, match=r"torn_of_a_test cannot be imported \(ZeroDivisionError: division"):
        load_plugs(["torn_of_a_test"])
