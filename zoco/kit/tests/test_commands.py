"""Hints name the program so that it can be typed."""

import sys
from pathlib import Path

import pytest

from zoco.kit.commands import program, typed


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an environment with python and zoco in it, which is on no PATH."""
    folder = tmp_path / "checkout" / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "zoco").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    return folder


def test_checkout_is_named_from_where_one_stands(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bin_folder.parent.parent)

    assert program() == ".venv/bin/zoco"


def test_elsewhere_it_is_named_by_its_whole_path(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")

    assert program() == str(bin_folder / "zoco")


def test_name_is_enough_where_a_shell_finds_it(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bin_folder))

    assert program() == "zoco"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("start `zoco up` once, or run `zoco sites`.", "start `X up` once, or run `X sites`."),
        ("stop it first (zoco up: Ctrl-C)", "stop it first (X up: Ctrl-C)"),
        (
            "examples:\n  zoco up\n  ZOCO_DATA=/srv/zoco zoco up",
            "examples:\n  X up\n  ZOCO_DATA=/srv/zoco X up",
        ),
        ("cat x | zoco import log -", "cat x | X import log -"),
        (
            "/srv/zoco is full; see zoco.example. Zoco ends.",
            "/srv/zoco is full; see zoco.example. Zoco ends.",
        ),
    ],
)
@pytest.mark.usefixtures("bin_folder")
def test_sentences_name_it_as_it_can_be_typed(written: str, shown: str) -> None:
    assert typed(written) == shown.replace("X", program())
