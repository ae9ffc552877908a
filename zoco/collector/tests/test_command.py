"""`zoco import log` with a real ledger behind it."""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zoco.collector.commands import ImportLog
from zoco.collector.tests.conftest import REAL_LOG, line
from zoco.kit.commands import CommandFailed, Exit
from zoco.ledger.store import opening
from zoco.sites.published import Published, PublishedSite, write


@pytest.fixture
def data(tmp_path: Path, site: PublishedSite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    write(folder / "sites.json", Published(sites=(site,)))
    monkeypatch.setenv("ZOCO_DATA", str(folder))
    monkeypatch.setenv("ZOCO_MEMORY", "200MB")
    monkeypatch.setenv("ZOCO_THREADS", "1")
    monkeypatch.delenv("ZOCO_EVENTS_URL", raising=False)
    yield folder
    opening.close()


def zoco_import(*words: str) -> Exit:
    parser, command = ArgumentParser(), ImportLog()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def summary(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(capsys.readouterr().out)
    return found


def count() -> int:
    return int(opening.store().query("SELECT count(*) AS n FROM facts").column("n")[0].as_py())


@pytest.mark.skipif(not REAL_LOG.exists(), reason="real data is not on this machine")
@pytest.mark.usefixtures("data")
def test_real_log_twice_and_in_two_halves_is_in_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = REAL_LOG.read_bytes().splitlines(keepends=True)
    (tmp_path / "late.log").write_bytes(b"".join(lines[5_000:]))
    (tmp_path / "early.log").write_bytes(b"".join(lines[:5_000]))

    codes = [zoco_import("--json", str(tmp_path / "late.log"), str(tmp_path / "early.log"))]
    halves = summary(capsys)
    codes.append(zoco_import("--json", str(REAL_LOG)))
    whole = summary(capsys)
    codes.append(zoco_import("--json", "--from-start", str(REAL_LOG)))
    again = summary(capsys)

    assert codes == [Exit.OK] * 3
    assert (halves["lines"], halves["added"], halves["already_there"]) == (10_000, 10_000, 0)
    assert (whole["lines"], whole["added"], whole["already_there"]) == (10_000, 0, 10_000)
    assert (again["lines"], again["added"], again["already_there"]) == (10_000, 0, 10_000)
    assert count() == 10_000


def test_refused_lines_are_shown_counted_and_listed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\nbad \x1b[31m\n" + line(1) + b"\nworse\nworst\n")

    code = zoco_import("--format", "combined", "--show", "2", str(log))

    out, err = capsys.readouterr()
    assert code == Exit.PARTLY
    assert f"{log}:2: The line does not have the shape of the format. bad .[31m" in err
    assert f"{log}:4:" in err
    assert f"{log}:5:" not in err
    assert "3 refused: The line does not have the shape of the format." in out
    listed = Path(out.split(f"All refusals of {log}: ")[1].splitlines()[0])
    assert listed.read_text() == "2\tunreadable\n4\tunreadable\n5\tunreadable\n"
    assert data in listed.parents


@pytest.mark.usefixtures("data")
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = tmp_path / "strange"
    strange.write_bytes(b"hello\nworld\n")

    assert zoco_import("--json", str(tmp_path / "missing")) == Exit.FAILED
    assert "cannot be read" in summary(capsys)["files"][0]["problem"]
    assert zoco_import("--json", str(strange)) == Exit.FAILED
    assert "name one with --format" in summary(capsys)["files"][0]["problem"]
    with pytest.raises(CommandFailed, match="There is no site 'nobody'; there are: shop"):
        zoco_import("--site", "nobody", str(strange))
    with pytest.raises(CommandFailed, match="leave --follow out"):
        zoco_import("--follow", "-")


def test_without_published_sites_it_says_what_to_do(data: Path, tmp_path: Path) -> None:
    (data / "sites.json").unlink()

    with pytest.raises(CommandFailed, match="zoco"):
        zoco_import(str(tmp_path / "log"))


RUN = """
import sys
from argparse import ArgumentParser
from zoco.collector.commands import ImportLog
parser, command = ArgumentParser(), ImportLog()
command.arguments(parser)
sys.exit(command.run(parser.parse_args(sys.argv[1:])))
"""


def test_standard_input_is_a_log_too(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--json", "-"],
        input=line() + b"\n" + line(1) + b"\n",
        capture_output=True,
        env={**os.environ, "ZOCO_DATA": str(data)},
        timeout=100,
        check=False,
    )

    found = msgspec.json.decode(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (found["files"][0]["file"], found["lines"], found["added"]) == ("-", 2, 2)


def test_following_ends_at_a_signal_with_everything_in(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\n")
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "--json", "--follow", str(log)],
        env={**os.environ, "ZOCO_DATA": str(data)},
        stdout=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while not list((data / "imports").glob("*.json")) and time.monotonic() < until:
        time.sleep(0.1)

    with log.open("ab") as file:
        file.write(line(1) + b"\n")
    time.sleep(1.5)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)

    found = msgspec.json.decode(out)
    assert process.returncode == Exit.STOPPED
    assert (found["lines"], found["added"], found["stopped"]) == (2, 2, True)
