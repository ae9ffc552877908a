"""Importing files: all lines once, whatever happens in between."""

import gzip
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from zoco.collector.logs import importing as module
from zoco.collector.logs.files.reading import LogFile
from zoco.collector.logs.importing import LogImport, Plan
from zoco.collector.logs.state import refusals_in
from zoco.collector.reasons import Reason
from zoco.collector.tests.conftest import facts_in, line
from zoco.ledger.schema import Fact
from zoco.sites.published import Published, write


def run(plan: Plan, path: Path, chunks: int = 10**9) -> LogImport:
    importing = LogImport(plan, LogFile(str(path)))
    while chunks and importing.read_on():
        chunks -= 1
    importing.finish()
    return importing


def many(count: int) -> bytes:
    """Return lines of which some are equal, near and far."""
    rng = random.Random(2)
    return b"".join(line(rng.randrange(200), second=rng.randrange(60)) + b"\n" for _ in range(count))


@pytest.fixture
def small_generations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GENERATION", 100)
    monkeypatch.setattr("zoco.collector.logs.importing.CHUNK", 5_000)


def ids(facts: list[Fact]) -> list[str]:
    return [fact.id for fact in facts]


def test_the_second_import_goes_on_behind_the_first(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(many(500))

    run(plan, log)
    again = run(plan, log)
    with log.open("ab") as file:
        file.write(line(0, second=59, path="/new") + b"\n")
    more = run(plan, log)

    assert (again.counts.lines, again.lines_before) == (0, 500)
    assert (more.counts.lines, more.lines_before) == (1, 500)
    assert len(spooled()) == 501
    assert spooled()[-1].path == "/new"


def test_the_same_lines_have_the_same_ids_in_any_file(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    text = many(500)
    (tmp_path / "a.log").write_bytes(text)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(text.replace(b"\n", b"\r\n")))

    for name in ("a.log", "b.log.gz"):
        run(plan, tmp_path / name)

    facts = spooled()
    assert len(facts) == 1000
    assert len(set(ids(facts))) == 500
    assert {fact.origin_key for fact in facts} == {"a.log", "b.log.gz"}


@pytest.mark.usefixtures("small_generations")
@pytest.mark.parametrize("is_packed", [False, True])
def test_an_interrupted_import_gives_the_ids_of_a_whole_one(
    plan: Plan,
    tmp_path: Path,
    spooled: Callable[[], list[Fact]],
    is_packed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = many(1_000)
    log, whole = tmp_path / "log", tmp_path / "whole"
    for path in (log, whole):
        path.write_bytes(gzip.compress(text) if is_packed else text)
    original = LogFile.read
    monkeypatch.setattr(LogFile, "read", lambda self, limit=3_000: original(self, min(limit, 3_000)))
    run(replace(plan, data=tmp_path / "other"), whole)
    wanted = ids(facts_in(tmp_path / "other" / "spool"))

    runs = 0
    while True:
        importing = LogImport(plan, LogFile(str(log)))
        for _ in range(7):
            more = importing.read_on()
        runs += 1
        if not more:
            importing.finish()
            break
        importing.flush()
        for _ in range(2):
            importing.read_on()
        importing.abandon()

    assert runs > 5
    assert ids(spooled()) == wanted


def test_refusals_are_listed_once_however_often_the_import_is_interrupted(plan: Plan, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\nbad\n" + line(1) + b"\n")
    run(plan, log)
    with log.open("ab") as file:
        file.write(b"worse\n")
    broken = LogImport(plan, LogFile(str(log)))
    broken.read_on()
    broken.abandon()

    last = run(plan, log)

    assert refusals_in(last.memory.refused_path) == [(2, Reason.UNREADABLE), (4, Reason.UNREADABLE)]


def test_a_torn_last_line_waits_until_it_is_whole(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log, whole = tmp_path / "log", line(3, path="/whole")
    log.write_bytes(line() + b"\n" + whole[:-20])

    first = run(plan, log)
    log.write_bytes(line() + b"\n" + whole + b"\n")
    second = run(plan, log)

    assert first.counts.refused.as_json() == {"torn": 1}
    assert (second.counts.lines, second.counts.facts) == (1, 1)
    assert [fact.path for fact in spooled()] == ["/", "/whole"]


def test_a_last_line_that_only_lacks_its_end_is_taken(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\n" + line(1))

    run(plan, log)
    with log.open("ab") as file:
        file.write(b"\n" + line(2) + b"\n")
    more = run(plan, log)

    assert len(set(ids(spooled()))) == 3
    assert (more.counts.facts, more.counts.blank, more.counts.refused.total()) == (1, 1, 0)


def test_reading_starts_again_for_another_file_restored_data_and_on_demand(
    plan: Plan, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_bytes(line() + b"\n")
    run(plan, log)

    assert run(plan, log).counts.lines == 0
    assert run(replace(plan, from_start=True), log).counts.lines == 1
    assert run(replace(plan, instance="restored"), log).counts.lines == 1
    assert run(replace(plan, any_host=True), log).counts.lines == 1
    log.write_bytes(line(5) + b"\n")
    assert run(plan, log).counts.lines == 1


def test_line_ends_nul_bytes_and_long_lines_cost_only_themselves(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    bad = [b"\0" * 300 + line(9), b"x" * 70_000, b"\0" * 200_000, b"\xff\xfe"]
    log.write_bytes(b"\r\n".join([line(1), *bad, line(2), b"", line(3)]) + b"\r\n")

    importing = run(plan, log)

    assert len(spooled()) == 3
    assert importing.counts.blank == 1
    assert refusals_in(importing.memory.refused_path) == [
        (2, Reason.UNREADABLE),
        (3, Reason.TOO_LONG),
        (4, Reason.TOO_LONG),
        (5, Reason.UNREADABLE),
    ]


def test_no_file_of_the_memory_holds_an_address(plan: Plan, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(line(address="203.0.113.77") + b"\n203.0.113.77 bad\n")

    run(plan, log)

    for path in plan.data.rglob("*"):
        assert path.is_dir() or b"203.0.113.77" not in path.read_bytes()


KILLED = """
import sys
from zoco.collector.logs import importing
from zoco.collector.logs.loading import Loader
Loader.written = Loader.drain = lambda self: None
Loader.added = lambda self: 0
from zoco.collector.logs.importing import Plan
original = Plan.__init__
def smaller(self, **values):
    original(self, **values, segment_facts=2_000)
Plan.__init__ = smaller
from argparse import ArgumentParser
from zoco.collector.commands import ImportLog
parser, command = ArgumentParser(), ImportLog()
command.arguments(parser)
sys.exit(command.run(parser.parse_args(sys.argv[1:])))
"""


def at(number: int) -> bytes:
    """Return a line whose time goes on with its number."""
    time = b"%02d:%02d" % (number // 3600 % 24, number % 60)
    return line(number % 250, second=number % 60, path=f"/{number // 700}").replace(b"10:05", time)


@pytest.mark.crash
def test_killed_imports_lose_nothing_and_change_no_id(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    text = b"".join(at(n) + b"\n" for n in range(60_000))
    log, whole = tmp_path / "log", tmp_path / "whole"
    log.write_bytes(text)
    whole.write_bytes(text)
    plan.data.mkdir()
    write(plan.data / "sites.json", Published(sites=(plan.site,)))
    environment = {**os.environ, "ZOCO_DATA": str(plan.data)}
    rng, kills = random.Random(4), 0

    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, "--json", str(log)], env=environment, stdout=subprocess.PIPE
        )
        try:
            process.wait(1.0 + rng.random() if kills < 6 else 100)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            continue
        break
    assert process.stdout is not None
    summary = msgspec.json.decode(process.stdout.read())
    process.stdout.close()

    assert process.returncode == 0
    assert summary["lines"] + summary["read_before"] == 60_000
    for left in plan.spool.glob("*.bulk"):
        left.unlink()
    got = set(ids(spooled()))
    run(replace(plan, data=tmp_path / "other", instance="other"), whole)
    assert got == set(ids(facts_in(tmp_path / "other" / "spool")))
