"""`zoco restore`: bring a backup back."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.kit.conf import DATA


@COMMANDS.plug
class Restore(Command):
    """Put a backup in the place of the data; erase again who was erased since."""

    key = "restore"
    help = "Bring back a backup; what is there now is put aside, and who was erased stays erased."
    needs_database = False
    epilog = """\
examples:
  zoco restore data/backups/zoco-20260501T030000Z

Stop `zoco up` first. The present data are moved into DATA/aside-…, delete that when all is well.
A PostgreSQL database is brought back with pg_restore, before this.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which."""
        parser.add_argument("folder", type=Path, help="the folder of one backup")
        parser.add_argument("--yes", action="store_true", help="do not ask; needed outside a terminal")

    def run(self, options: argparse.Namespace) -> Exit:
        """Restore, erase again, say where the earlier data are."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
        from zoco.ledger.backups.databases import databases, media_folder
        from zoco.ledger.backups.restoring import backup_restore

        if not options.yes:
            _ask(options.folder)
        DATA().parent.mkdir(parents=True, exist_ok=True)
        os.umask(0o077)  # what comes back is its user's alone, as it was
        DATA().mkdir(exist_ok=True)
        done = backup_restore(
            options.folder.absolute(),
            data=DATA(),
            databases=databases(),
            media=media_folder(),
            at=datetime.now(UTC),
        )
        gone = _erase_again()
        print(f"Restored the backup of {done.made_at}. The earlier data are in {done.aside}.")
        if gone:
            print(f"{gone} rows of people erased since then were erased again.")
        for alias in done.elsewhere:
            print(
                f"The database {alias!r} was not in the backup; bring it back from your dump.",
                file=sys.stderr,
            )
        return Exit.OK


def _ask(folder: Path) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("This replaces the present data; add --yes outside a terminal.", Exit.USAGE)
    print(f"Replace the data in {DATA()} by {folder}? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise CommandFailed("Nothing was changed.", Exit.STOPPED)


def _erase_again() -> int:
    """Open the store, whose leader erases again, then bring the database up to date and do it there."""
    import django
    from django.core.management import call_command
    from django.db import connections

    from zoco.ledger.erasing import facts_erase_again
    from zoco.ledger.store import opening
    from zoco.ledger.store.erasures import book

    opening.open_store(lead=True).close()
    django.setup()
    connections.close_all()
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    return sum(facts_erase_again(book=book(DATA())).rows.values())
