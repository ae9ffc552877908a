"""Following a log through everything that happens to one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zoco.collector.logs.files.reading import LogUnreadable
from zoco.collector.logs.following import Follower
from zoco.collector.logs.importing import Plan
from zoco.collector.logs.quick import Refusal
from zoco.collector.tests.conftest import line
from zoco.ledger.schema import Fact


def follower(plan: Plan, log: Path) -> Follower:
    return Follower(plan, str(log), lambda: None, lambda name, refusal: None)


def append(log: Path, *lines: bytes) -> None:
    with log.open("ab") as file:
        file.write(b"".join(lines))


def paths(spooled: Callable[[], list[Fact]]) -> list[str]:
    return [fact.path for fact in spooled()]


def test_new_lines_are_taken_and_a_half_line_waits(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    append(log, line(path="/1") + b"\n")
    following = follower(plan, log)

    following.poll()
    append(log, line(path="/2") + b"\n" + line(path="/3")[:30])
    following.poll()
    following.poll()
    half = paths(spooled)
    append(log, line(path="/3")[30:] + b"\n")
    following.poll()

    assert half == ["/1", "/2"]
    assert paths(spooled) == ["/1", "/2", "/3"]


def test_rotation_by_renaming_reads_the_old_file_to_its_end(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    append(log, line(path="/1") + b"\n")
    following = follower(plan, log)
    following.poll()

    append(log, line(path="/2") + b"\n")
    log.rename(tmp_path / "log.1")
    following.poll()
    append(tmp_path / "log.1", line(path="/3") + b"\n")
    append(log, line(path="/4") + b"\n")
    following.poll()
    append(log, line(path="/5") + b"\n")
    following.poll()

    assert paths(spooled) == ["/1", "/2", "/3", "/4", "/5"]
    assert sum(counts.facts for counts in following.counts()) == 5


def test_truncation_in_place_begins_again(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    append(log, line(path="/1") + b"\n", line(path="/2") + b"\n")
    following = follower(plan, log)
    following.poll()

    log.write_bytes(line(path="/3") + b"\n")
    following.poll()
    log.write_bytes(line(path="/4") + b"\n" + line(path="/5") + b"\n" + line(path="/6") + b"\n")
    following.poll()

    assert paths(spooled) == ["/1", "/2", "/3", "/4", "/5", "/6"]


def test_following_goes_on_where_it_was_stopped(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log = tmp_path / "log"
    append(log, line(path="/1") + b"\n" + line(path="/2")[:20])
    first = follower(plan, log)
    first.poll()
    first.close()

    append(log, line(path="/2")[20:] + b"\n")
    second = follower(plan, log)
    second.poll()
    second.close()

    assert paths(spooled) == ["/1", "/2"]
    assert second.current.lines_before == 1


def test_an_empty_file_may_fill_later_and_refusals_are_told(
    plan: Plan, tmp_path: Path, spooled: Callable[[], list[Fact]]
) -> None:
    log, told = tmp_path / "log", list[Refusal]()
    log.touch()
    following = Follower(plan, str(log), lambda: None, lambda name, refusal: told.append(refusal))

    following.poll()
    append(log, line(path="/1") + b"\nbad\n")
    following.poll()

    assert paths(spooled) == ["/1"]
    assert [refusal.number for refusal in told] == [2]


def test_a_compressed_or_missing_log_cannot_be_followed(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "log.gz").write_bytes(b"\x1f\x8b\x08\x00")

    with pytest.raises(LogUnreadable, match="is compressed"):
        follower(plan, tmp_path / "log.gz")
    with pytest.raises(LogUnreadable, match="cannot be read"):
        follower(plan, tmp_path / "missing")
