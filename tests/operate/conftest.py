"""A data folder that was started once, and copies of it that run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operate.running import Running, copied

Start = Callable[..., Running]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """Return a first start that has been stopped again; its folder is as it left it."""
    running = Running(tmp_path_factory.mktemp("first") / "data")
    try:
        running.wait_ready()
        running.first_page = running.get("/admin/login/")
    finally:
        running.stop()
    return running


@pytest.fixture
def folder(first_start: Running, tmp_path: Path) -> Path:
    """Return a data folder of one's own that was started once."""
    return copied(first_start.folder, tmp_path / "data")


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
