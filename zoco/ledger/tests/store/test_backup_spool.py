"""A backup of the spool while its segments change hands: nothing acknowledged is in no copy."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from zoco.ledger.spool import SpoolFolder, SpoolWriter
from zoco.ledger.spool.segment import Segment
from zoco.ledger.store.duckdb.backup import copy_spool
from zoco.ledger.tests.store.leading import fact


class Busy(SpoolFolder):
    """A folder in which something happens just after it was first looked at."""

    def __init__(self, path: Path, happens: Callable[[], object]) -> None:
        super().__init__(path)
        self._happens: list[Callable[[], object]] = [happens]

    def closed(self) -> list[Path]:
        return self._then(super().closed())

    def unfinished(self) -> list[Path]:
        return self._then(super().unfinished())

    def _then(self, found: list[Path]) -> list[Path]:
        if self._happens:
            self._happens.pop()()
        return found


def lines_in(folder: Path) -> set[bytes]:
    return {line for path in folder.glob("*.ndjson") for line in path.read_bytes().splitlines()}


def test_a_segment_that_is_closed_between_two_looks_is_copied(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path / "spool", "writer")
    writer.append([fact(1), fact(2)])

    copies = copy_spool(Busy(tmp_path / "spool", writer.close), tmp_path / "copy")

    assert len(lines_in(tmp_path / "copy")) == 2
    assert sorted(set(copies)) == copies


def test_a_segment_that_is_adopted_between_two_looks_is_copied(tmp_path: Path) -> None:
    spool = SpoolFolder(tmp_path / "spool")
    dead = Segment(spool.path, "dead")
    dead.append(b'{"id":"1"}\n{"id":"2"}\n{"to')
    os.close(dead._file)

    copies = copy_spool(Busy(spool.path, spool.adopt), tmp_path / "copy")

    assert lines_in(tmp_path / "copy") == {b'{"id":"1"}', b'{"id":"2"}'}
    assert sorted(set(copies)) == copies


@pytest.mark.parametrize("count", [0, 3])
def test_every_closed_segment_is_copied_once(tmp_path: Path, count: int) -> None:
    writer = SpoolWriter(tmp_path / "spool", "writer")
    for number in range(count):
        writer.append([fact(number)])
        writer.close()

    assert len(copy_spool(SpoolFolder(tmp_path / "spool"), tmp_path / "copy")) == count
    assert len(lines_in(tmp_path / "copy")) == count
