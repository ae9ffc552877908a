"""A bare Django process with nothing but the ledger, whose SQLite file lies in ZOCO_DATA.

`python -m zoco.ledger.tests.store.host WORDS…` runs a command as `zoco WORDS…` would;
`… host prepare VISITOR=TEXT…` makes the tables and records a fact of each visitor.
"""

import argparse
import os
import sys
from pathlib import Path

import django
from django.conf import settings

from zoco.kit.commands import COMMANDS, CommandFailed
from zoco.ledger.commands import backup, erase, restore

PLUGS = (backup.Backup, erase.Erase, restore.Restore)


def configure(data: Path) -> None:
    """Set Django up with a database as the project has it."""
    settings.configure(
        SECRET_KEY="only for tests",
        INSTALLED_APPS=["zoco.ledger"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(data / "zoco.sqlite3"),
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON;",
                },
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MEDIA_ROOT=str(data / "media"),
        USE_TZ=True,
    )
    django.setup()


def prepare(records: list[str]) -> None:
    """Make the tables; record facts, which wait in the outbox."""
    from django.core.management import call_command

    from zoco.ledger import services

    call_command("migrate", verbosity=0)
    for said in records:
        visitor, _, text = said.partition("=")
        services.record(name="shop.order.placed", site=1, visitor=int(visitor), props={"note": text})


def run(words: list[str]) -> int:
    """Run a command of the ledger."""
    command = COMMANDS.get(words[0])
    parser = argparse.ArgumentParser(prog=f"zoco {words[0]}")
    command.arguments(parser)
    try:
        return command.run(parser.parse_args(words[1:]))
    except CommandFailed as failed:
        print(failed, file=sys.stderr)
        return failed.code


if __name__ == "__main__":
    configure(Path(os.environ["ZOCO_DATA"]))
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2:])
    else:
        sys.exit(run(sys.argv[1:]))
