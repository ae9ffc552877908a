"""A segment's durable write: one call of the kernel, and what happens where that cannot be."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from zoco.ledger.spool.segment import Segment

LINES = b'{"n":1}\n' * 100


def test_written_whole_whatever_the_kernel_takes_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda file, pieces, *rest: whole(file, [pieces[0][:3]], *rest))
    segment = Segment(tmp_path, "test")
    segment.append(LINES)
    segment.append(b"last\n")

    assert segment.close().read_bytes() == LINES + b"last\n"


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOSYS])
def test_file_system_that_cannot_write_and_sync_at_once_does_both_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    synced: list[int] = []
    sync = os.fdatasync

    def refused(*_: Any) -> int:
        raise OSError(number, os.strerror(number))

    def counted(file: int) -> None:
        synced.append(file)
        sync(file)

    monkeypatch.setattr(os, "pwritev", refused)
    monkeypatch.setattr(os, "fdatasync", counted)
    segment = Segment(tmp_path, "test")
    segment.append(LINES)

    assert len(synced) == 1
    assert segment.close().read_bytes() == LINES


def test_failed_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Segment(tmp_path, "test")
    segment.append(b"first\n")

    def full(file: int, pieces: list[bytes], *_: Any) -> int:
        os.write(file, pieces[0][:5])
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwritev", full)
        with pytest.raises(OSError, match="no space"):
            segment.append(LINES)
    segment.append(b"second\n")

    assert segment.close().read_bytes() == b"first\nsecond\n"
