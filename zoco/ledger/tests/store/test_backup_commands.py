"""The commands backup, restore and erase, run as people run them."""

import argparse
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from zoco.kit.commands import CommandFailed, Exit
from zoco.ledger.commands.erase import Erase
from zoco.ledger.services import record
from zoco.ledger.spool.instance import instance
from zoco.ledger.store import opening
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.store.leading import count, fact, filled, spooled
from zoco.ledger.tests.store.test_erase import ERASED, MARKER, files_with, marked

NOBODY_ELSE = [
    "0 rows of exported files erased.",
    "0 counts of failures erased.",
    "0 sendings that people were in erased.",
    "0 answers to surveys erased.",
    "0 messages to an address erased.",
    "0 units of bandits erased.",
    "0 choices erased.",
    "0 archives of sites erased.",
    "0 audiences that people were in erased.",
    "0 people erased.",
]
"""What erasing says where only facts and rows of the outbox went."""


def zoco(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "zoco.ledger.tests.store.host", *words],
        env={**os.environ, "ZOCO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_whoever_was_erased_is_in_no_file_and_comes_back_with_no_backup(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert zoco(data, "prepare", f"{ERASED}={MARKER}", "7=of another").returncode == 0
    filled(data, [*(fact(number) for number in range(50)), *(marked(100 + number) for number in range(9))])
    spooled(data, [marked(200), fact(300)])
    (data / "media").mkdir()
    (data / "media" / "logo.svg").write_text("<svg/>")
    before = instance(data)

    backup = Path(zoco(data, "backup").stdout.strip())
    assert files_with(backup, MARKER) != []
    erased = zoco(data, "erase", "--visitor", str(ERASED), "--yes")

    assert (erased.returncode, erased.stdout) == (0, "10 facts erased.\n1 rows of the outbox erased.\n")
    assert str(backup) in erased.stderr
    assert {name.split("/")[0] for name in files_with(data, MARKER, str(ERASED))} == {"backups"}

    again = zoco(data, "restore", str(backup), "--yes")

    assert again.returncode == 0, again.stderr
    aside = next(data.glob("aside-*"))
    assert again.stdout.splitlines()[0].endswith(f"The earlier data are in {aside}.")
    assert again.stdout.splitlines()[1] == "1 rows of people erased since then were erased again."
    assert {name.split("/")[0] for name in files_with(data, MARKER, str(ERASED))} == {"backups"}
    assert (data / "media" / "logo.svg").read_text() == "<svg/>"
    assert instance(data) != before
    back = [data / "ledger.duckdb", data / "zoco.sqlite3", *(data / "spool").iterdir()]
    assert [path.name for path in back if path.stat().st_mode & 0o077] == []
    store = DuckStore(data, lead=True)
    store.drain()
    assert count(store) == (51, 51)
    store.close()
    with closing(sqlite3.connect(data / "zoco.sqlite3")) as connection:
        assert connection.execute("SELECT visitor FROM zoco_ledger_outboxrow").fetchall() == [(7,)]


def erase_options(*words: str) -> argparse.Namespace:
    """Read the arguments of the command."""
    parser = argparse.ArgumentParser()
    Erase().arguments(parser)
    return parser.parse_args(words)


def test_erase_asks_for_a_yes_and_for_somebody() -> None:
    with pytest.raises(CommandFailed, match="add --yes outside a terminal") as unsure:
        Erase().run(erase_options("--visitor", "5"))
    with pytest.raises(CommandFailed, match="Say whom to erase") as nobody:
        Erase().run(erase_options("--yes"))
    with pytest.raises(SystemExit):
        erase_options("--visitor", "-5")

    assert (unsure.value.code, nobody.value.code) == (Exit.USAGE, Exit.USAGE)


@pytest.mark.django_db
def test_erase_says_how_many_rows_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    filled(tmp_path, [fact(1, person=42), fact(2, person=42), fact(3)])
    record(name="shop.order.placed", site=1, person=42)

    first = Erase().run(erase_options("--person", "42", "--person", "43", "--yes"))
    second = Erase().run(erase_options("--person", "42", "--yes"))

    assert (first, second) == (Exit.OK, Exit.NOTHING_TO_DO)
    assert capsys.readouterr().out.splitlines() == [
        "2 facts erased.",
        "1 rows of the outbox erased.",
        *NOBODY_ELSE,
        "0 facts erased.",
        "0 rows of the outbox erased.",
        *NOBODY_ELSE,
    ]
    opening.close()
    assert files_with(tmp_path, '"person":42') == []
