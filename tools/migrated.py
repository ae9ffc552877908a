"""pytest plug-in of this repository: databases of tests are copies of one whose tables were made once.

To make them costs 11 s of one core. `make test` does it beside its checks, anew each time, and removes them
at its end. Whoever starts pytest by hand makes the tables in each process, and loses nothing but time.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
FILE = "ZOCO_TESTS_MIGRATED"
"""The environment's name for a file of SQLite with all tables."""
TEMPLATE = "ZOCO_TESTS_TEMPLATE"
"""The same for a database of PostgreSQL; in force where DATABASE_URL is of its server."""
SERVER = "ZOCO_TESTS_SERVER"
"""The address of that server, for tests that need a database of PostgreSQL whatever the run is on."""
MIGRATE = "from zoco.project import ready; ready.django(); ready.migrate()"
_NAME = "zoco_migrated"


class Making:
    """Tables that are made while something else goes on."""

    def __init__(self, made: "Mapping[str, Future[str]]", address: str = "") -> None:
        self._made, self._address = made, address

    def environment(self) -> dict[str, str]:
        """Wait for them; return what tests must find in their environment."""
        found = {name: each.result() for name, each in self._made.items() if each.result()}
        return found | ({SERVER: self._address} if TEMPLATE in found else {})


@contextmanager
def making(address: str = "") -> Iterator[Making]:
    """Make tables in a file and, where an address is given, in a database of that PostgreSQL.

    What fails is left out: the tests will say why, for they make the tables themselves then.
    """
    with TemporaryDirectory(prefix="zoco-migrated-") as name, ThreadPoolExecutor(1) as pool:
        folder = Path(name)
        made = {FILE: pool.submit(_file, folder / "sqlite")}
        if address:
            made[TEMPLATE] = pool.submit(_database, folder / "postgres", address)
        yield Making(made, address)


def _file(data: Path) -> str:
    if not _migrate(data, ""):
        return ""
    made = data / "zoco.sqlite3"
    # What a process wrote last may lie beside the file when it has ended.
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return str(made)


def _database(data: Path, address: str) -> str:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_NAME}")
    return _NAME if _migrate(data, f"{address.rpartition('/')[0]}/{_NAME}") else ""


def _migrate(data: Path, address: str) -> bool:
    told = {
        "ZOCO_DATA": str(data),
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "zoco.project.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        cwd=ROOT,
        env={**os.environ, **told},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"The tables could not be made beforehand:\n{done.stdout[-2000:]}", flush=True)
    return done.returncode == 0


def put(target: Path) -> None:
    """Copy the file to where a database shall be, if there is one."""
    if source := os.environ.get(FILE):
        shutil.copyfile(source, target)


@contextmanager
def database() -> Iterator[str]:
    """Give the address of a database of PostgreSQL: a copy of the one with all tables, else an empty one."""
    server, template = os.environ.get(SERVER), os.environ.get(TEMPLATE)
    if not server or not template:
        with postgres() as address:
            yield address
        return
    import psycopg

    name = f"zoco_copied_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def pytest_configure() -> None:
    from django.db.backends.sqlite3.creation import DatabaseCreation

    creation: Any = DatabaseCreation
    made = creation._create_test_db

    def copied(self: Any, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = made(self, verbosity, autoclobber, keepdb)
        if not keepdb and not self.is_in_memory_db(name):
            put(Path(name))
        return name

    creation._create_test_db = copied
