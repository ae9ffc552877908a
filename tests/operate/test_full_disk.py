"""A disk that is full while facts arrive: each sender is told, and nothing that was taken is lost."""

import csv
import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.load import AGENT, HOST, body
from tests.operate.conftest import Start
from tests.operate.running import copied, until, zoco

SIZE = "160m"


@pytest.fixture
def small_disk(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of a data folder on a small disk of its own; only root may mount one."""
    if os.geteuid():
        pytest.skip("Only root may mount a small disk.")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "zoco-test", disk], check=True)
    try:
        yield copied(folder, disk / "data")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def answer(port: int, number: int) -> tuple[int, str, str]:
    """Send a fact; return status, body and Retry-After."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/e", body(number), {"user-agent": AGENT})
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers.get("Retry-After", "")
    finally:
        connection.close()


def fill(path: Path) -> None:
    """Write a file until there is no byte left on its disk."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def viewed(folder: Path) -> dict[str, int]:
    """Return how often each page was viewed."""
    asked = zoco(folder, "report", "pages", "--period", "2d", "--format", "csv")
    return {row["path"]: int(row["page_views"]) for row in csv.DictReader(asked.stdout.splitlines())}


def test_full_disk_is_told_and_what_was_taken_stays(small_disk: Path, start: Start) -> None:
    running = start(at=small_disk)
    made = zoco(small_disk, "site", "add", "Shop", "--host", HOST)
    before = [answer(running.port, number)[0] for number in range(5)]

    fill(small_disk.parent / "filler")
    refused = [answer(running.port, number) for number in range(5, 10)]
    (small_disk.parent / "filler").unlink()
    until(lambda: answer(running.port, 5)[0] < 300, 20)
    after = [answer(running.port, number)[0] for number in range(10)]

    assert made.returncode == 0, made.stderr
    assert {*before, *after} <= {200, 202, 204}
    assert [status for status, _body, _wait in refused] == [503] * 5
    told = [json.loads(text)["refused"][0] for _status, text, _wait in refused]
    assert {each["reason"] for each in told} == {"not_written"}
    assert all("the disk is full" in each["detail"] for each in told)
    assert all(int(wait) > 0 for _status, _body, wait in refused)
    assert running.get("/admin/login/") == 200
    until(lambda: viewed(small_disk) == {f"/live/{number}": 1 for number in range(10)}, 20)
