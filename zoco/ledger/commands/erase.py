"""`zoco erase`: forget a visitor or a person."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.kit.conf import DATA


@COMMANDS.plug
class Erase(Command):
    """Erase from the ledger, the spool and the outbox, and rewrite the files."""

    key = "erase"
    help = "Erase all facts of a visitor or a person, so that nothing of them is left on the disk."
    epilog = """\
examples:
  zoco erase --visitor 5577006791947779410
  zoco erase --person 42 --person 43 --yes
  zoco erase --visitor 5577006791947779410 --site shop

What comes later (a late segment, an import, an older backup) is erased when it comes.
Backups made before keep what was erased; delete them, or restore and they are erased then.
Exit codes: 0 erased, 1 failed, 2 wrong usage, 3 there was nothing of them.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say whom."""
        parser.add_argument("--visitor", type=_number, action="append", default=[], metavar="N",
                            help="number of a visitor; may be given several times")  # fmt: skip
        parser.add_argument("--person", type=_number, action="append", default=[], metavar="N",
                            help="number of a person; may be given several times")  # fmt: skip
        parser.add_argument("--site", default="", help="short name of a site; all sites if left out")
        parser.add_argument("--yes", action="store_true", help="do not ask; needed outside a terminal")

    def run(self, options: argparse.Namespace) -> Exit:
        """Ask, erase, say how many rows went."""
        from zoco.ledger import sitebook
        from zoco.ledger.erasing import facts_erase
        from zoco.ledger.store.opening import store

        if not options.visitor and not options.person:
            raise CommandFailed("Say whom to erase: --visitor N or --person N.", Exit.USAGE)
        site = sitebook.site(options.site).id if options.site else 0
        if not options.yes and not _is_wanted(options):
            return Exit.STOPPED
        gone = facts_erase(
            store=store(),
            visitors=options.visitor,
            persons=options.person,
            site=site,
            at=datetime.now(UTC),
        )
        print(f"{gone.facts} facts erased.")
        for label, rows in gone.rows.items():
            print(f"{rows} {label} erased.")
        _warn(DATA())
        return Exit.OK if gone.facts or any(gone.rows.values()) else Exit.NOTHING_TO_DO


def _number(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 63:
        raise ValueError("out of range")
    return number


def _is_wanted(options: argparse.Namespace) -> bool:
    if not sys.stdin.isatty():
        raise CommandFailed("This erases for good; add --yes outside a terminal.", Exit.USAGE)
    whom = [f"visitor {number}" for number in options.visitor] + [
        f"person {number}" for number in options.person
    ]
    print(f"Erase {', '.join(whom)} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _warn(data: Path) -> None:
    """Name the folders in which older bytes may still lie."""
    held = sorted([*data.glob("aside-*"), *data.glob("backups/zoco-*")])
    if held:
        print(
            f"Older copies are not touched: {', '.join(str(path) for path in held)}. "
            "Delete those that you no longer need.",
            file=sys.stderr,
        )
