"""`zoco backup`: a consistent copy of everything while it runs."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from zoco.kit.commands import COMMANDS, Command, Exit
from zoco.kit.conf import DATA


@COMMANDS.plug
class Backup(Command):
    """Copy ledger, spool, database and media into a new folder."""

    key = "backup"
    help = "Copy everything into a new folder, consistent while running; print the folder."
    epilog = """\
examples:
  zoco backup                   into DATA/backups
  zoco backup /mnt/backups      into a folder of your own

Each backup is a folder of its own, with a manifest; bring it back with `zoco restore`.
Keys, salts, sessions and the list of who was erased are not in it: keep a copy of DATA/keys elsewhere.
A PostgreSQL database is not in it: use pg_dump, just before.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say where to."""
        parser.add_argument("folder", nargs="?", type=Path, help="where to put the backup (DATA/backups)")

    def run(self, options: argparse.Namespace) -> Exit:
        """Make the backup."""
        from zoco.ledger.backups.databases import databases, media_folder
        from zoco.ledger.backups.making import backup_make
        from zoco.ledger.store.opening import store

        known = databases()
        for database in known:
            if database.path is None:
                print(
                    f"The database {database.alias!r} is {database.vendor} and not in this backup; "
                    "dump it with pg_dump.",
                    file=sys.stderr,
                )
        made = backup_make(
            (options.folder or DATA() / "backups").absolute(),
            store=store(),
            databases=known,
            media=media_folder(),
            at=datetime.now(UTC),
        )
        print(made)
        return Exit.OK
