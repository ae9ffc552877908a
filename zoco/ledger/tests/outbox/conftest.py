"""What the outbox is tried with: no subscribers but a test's own, and two databases."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from zoco.ledger.outbox import SUBSCRIBERS
from zoco.ledger.spool import SpoolWriter

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(autouse=True)
def own_subscribers() -> Iterator[None]:
    kept = list(SUBSCRIBERS)
    for subscriber in kept:
        SUBSCRIBERS.remove(subscriber.key)
    yield
    for subscriber in SUBSCRIBERS:
        SUBSCRIBERS.remove(subscriber.key)
    for subscriber in kept:
        SUBSCRIBERS.add(subscriber)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[SpoolWriter]:
    writer = SpoolWriter(tmp_path / "spool", "test")
    yield writer
    writer.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Settings of a real, empty database that other processes can open."""
    if request.param == "postgres":
        with fresh_postgres(request.getfixturevalue("postgres_url")) as made:
            yield made
        return
    yield {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "outbox.sqlite3"),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


@contextmanager
def fresh_postgres(url: str) -> Iterator[dict[str, Any]]:
    """Make a database beside the one at this address, for one test."""
    name = f"outbox_{secrets.token_hex(4)}"
    parts = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "USER": parts.username,
                "PASSWORD": parts.password or "",
                "HOST": parts.hostname,
                "PORT": str(parts.port or ""),
            }
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def start(database: dict[str, Any]) -> Iterator[Start]:
    """Start a process of `host` on the database; whatever still runs at the end is killed."""
    environment = os.environ | {"OUTBOX_DATABASE": json.dumps(database)}
    started: list[subprocess.Popen[bytes]] = []

    def run(*words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "zoco.ledger.tests.outbox.host", *map(str, words)]
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    assert run("migrate").wait(60) == 0
    yield run
    for process in started:
        process.kill()
        process.wait()
