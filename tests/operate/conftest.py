"""Data folders that were started once, and copies of them that run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operate.running import Running, copied, with_tables

Start = Callable[..., Running]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """Return the first start on an empty folder, stopped again; the folder is as it left it."""
    return _stopped(tmp_path_factory.mktemp("first") / "data")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that was started once, with tables that the run made: half a minute less."""
    return _stopped(with_tables(tmp_path_factory.mktemp("begun") / "data")).folder


def _stopped(folder: Path) -> Running:
    running = Running(folder)
    try:
        running.wait_ready()
        running.first_page = running.get("/admin/login/")
    finally:
        running.stop()
    return running


@pytest.fixture
def folder(begun: Path, tmp_path: Path) -> Path:
    """Return a data folder of one's own that was started once."""
    return copied(begun, tmp_path / "data")


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Return what starts `zoco up` on the folder; everything is stopped afterwards."""
    started: list[Running] = []

    def run(*arguments: str, port: int = 0, ready: bool = True, at: Path = folder) -> Running:
        running = Running(at, *arguments, port=port)
        started.append(running)
        if ready:
            running.wait_ready()
        return running

    yield run
    for running in started:
        running.stop()
