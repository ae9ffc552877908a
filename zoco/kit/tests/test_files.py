"""Files that are made by whoever asks first."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes

import pytest

from zoco.kit.files import made_once

ASKERS = 8


def test_all_who_ask_at_once_are_told_the_same(tmp_path: Path) -> None:
    start = threading.Barrier(ASKERS)

    def ask(number: int) -> bytes:
        start.wait()
        return made_once(tmp_path / "key", lambda: token_bytes(32))

    with ThreadPoolExecutor(ASKERS) as pool:
        told = set(pool.map(ask, range(ASKERS)))

    assert len(told) == 1
    assert len(told.pop()) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_what_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> bytes:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        made_once(tmp_path / "key", broken)

    assert list(tmp_path.iterdir()) == []
    assert made_once(tmp_path / "key", lambda: b"better") == b"better"
    assert made_once(tmp_path / "key", broken) == b"better"
