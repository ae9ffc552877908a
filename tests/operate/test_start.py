"""Start and stop."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tests.operate.conftest import Start
from tests.operate.running import Running, children, environment, is_alive, memory_kb, until, zoco
from zoco.kit.commands import program

pytestmark = pytest.mark.timeout(300)


def test_first_start_makes_an_owner_and_says_how_to_begin(first_start: Running) -> None:
    said = first_start.output

    assert first_start.first_page == 200
    assert "Traceback" not in said
    assert "The nursery is not alone" not in said
    kept = first_start.folder / "first-password"  # no terminal: what is said is a log
    assert re.search(rf"name +owner\n +password +in the file {re.escape(str(kept))}\n", said)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}\n", kept.read_text())
    assert kept.read_text().strip() not in said
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"http://127.0.0.1:{first_start.port}/admin/" in said
    assert "zoco demo " in said
    assert "--counting log" in said
    assert "Zoco has stopped." in said
    assert first_start.process.returncode == 0


def test_keys_are_private(first_start: Running) -> None:
    keys = first_start.folder / "keys"

    assert keys.stat().st_mode & 0o777 == 0o700
    assert (keys / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (first_start.folder / "sites.json").stat().st_mode & 0o777 == 0o600


def test_second_start_keeps_everything_and_makes_no_account(folder: Path, start: Start) -> None:
    key = (folder / "keys" / "secret_key").read_text()

    running = start()

    assert running.get() == 200
    assert running.get("/admin/login/") == 200
    assert "password" not in running.output
    assert (folder / "keys" / "secret_key").read_text() == key


def test_pages_and_their_static_files_are_served(start: Start) -> None:
    running = start()
    connection = http.client.HTTPConnection("127.0.0.1", running.port)

    connection.request("GET", "/admin/login/")
    page = connection.getresponse().read().decode()
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    answers = []
    for name in names:
        connection.request("GET", name, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        answers.append((answer.status, answer.headers["Cache-Control"]))

    assert names
    assert set(answers) == {(200, "public, max-age=31536000, immutable")}


def test_supervisor_is_small_and_has_a_nursery_one_worker_and_the_web_processes(start: Start) -> None:
    running = start("--web", "2")

    names = sorted(name for _, name in children(running.process.pid))

    assert names == ["nursery", "web-1", "web-2", "worker"]
    assert memory_kb(running.process.pid) < 20_000


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_everything_within_five_seconds(start: Start, number: signal.Signals) -> None:
    running = start()
    pids = [pid for pid, _ in children(running.process.pid)]

    seconds = running.stop(number)

    assert running.process.returncode == 0
    assert seconds < 8
    assert [pid for pid in pids if is_alive(pid)] == []


def test_second_up_on_the_same_folder_says_so(folder: Path, start: Start) -> None:
    running = start()

    second = zoco(folder, "up", "--port", "0")

    assert second.returncode == 1
    assert second.stderr == (
        f"Zoco is already running on {folder} (process {running.process.pid}); "
        "stop it first, or set ZOCO_DATA to another folder.\n"
    )
    assert running.get() == 200


def test_taken_port_is_one_sentence(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        done = zoco(folder, "up", "--port", str(port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 is taken by another program; stop it, "
        f"or choose another port: {program()} up --port {port + 1}\n"
    )


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    powerless = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

    done = subprocess.run(
        [*powerless, sys.executable, "-m", "zoco.project.cli", "up", "--port", "0"],
        env=environment(closed / "data"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"The data folder {closed / 'data'} cannot be written (Permission denied); "
        "give this user the right to write there, or set ZOCO_DATA to another folder.\n"
    )


def test_database_of_a_newer_version_is_one_sentence(folder: Path) -> None:
    with sqlite3.connect(folder / "zoco.sqlite3") as database:
        database.execute(
            "insert into django_migrations (app, name, applied)"
            " values ('zoco_sites', '9999_later', '2030-01-01')"
        )

    done = zoco(folder, "up", "--port", "0")

    assert done.returncode == 1
    assert done.stderr == (
        "The database was written by a newer Zoco (zoco_sites.9999_later is unknown here); "
        "install that version again, or restore a backup of this one.\n"
    )


def test_ledger_of_a_newer_version_is_one_sentence(folder: Path, start: Start) -> None:
    with duckdb.connect(str(folder / "ledger.duckdb")) as ledger:
        ledger.execute("update meta set value = '999' where key = 'schema'")

    running = start()
    running.process.wait(60)

    assert running.process.returncode == 1
    assert "The ledger is of version 999, this program knows " in running.output
    assert "Traceback" not in running.output


def test_killed_supervisor_takes_its_children_along_and_starts_again(start: Start) -> None:
    running = start()
    pids = [pid for pid, _ in children(running.process.pid)]

    running.process.kill()
    seconds = until(lambda: not any(is_alive(pid) for pid in pids), 10)
    again = start(port=running.port)

    assert seconds < 9
    assert again.get() == 200


def test_killed_child_is_back_and_a_killed_nursery_takes_nobody_along(start: Start) -> None:
    running = start()
    before = {name: pid for pid, name in children(running.process.pid)}

    for name in ("web-1", "worker", "nursery"):
        os.kill(before[name], signal.SIGKILL)
        until(partial(_is_new, running, name, before[name]), 5)
        until(lambda: running.get(seconds=2) == 200, 5)
    web, worker = running.child("web-1"), running.child("worker")
    os.kill(web, signal.SIGKILL)
    until(lambda: running.child("web-1") not in {0, web})

    for name in ("web-1", "worker", "nursery"):
        assert f"{name} ended (killed by SIGKILL); starting it again." in running.output
    assert running.child("worker") == worker
    assert running.get() == 200


def _is_new(running: Running, name: str, before: int) -> bool:
    return running.child(name) not in {0, before}
