"""`zoco visitor export`, `zoco visitor erase`: what there is of a browser that consented, and its end."""

import argparse
import sys
from datetime import UTC, datetime

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook


def _whom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="short name of the site")
    said = "the id that the visitor's browser shows (zoco.id(), data-zoco-id); or his number (known) in the "
    parser.add_argument("id", help=f"{said}installation that the site came from")


def _known(options: argparse.Namespace) -> int:
    from zoco.sites.consenting.visitors import IdWrong, is_numbered_elsewhere, visitor_meant

    site = sitebook.site(options.site)
    try:
        known = visitor_meant(site=site.id, who=options.id)
    except IdWrong as wrong:
        raise CommandFailed(str(wrong), Exit.USAGE) from wrong
    if str(known) != options.id and is_numbered_elsewhere(site.id):
        print(
            f"{site.slug} came out of an archive: what came along is not found by an id. Run `zoco visitor "
            "export` in the installation that it came from, and name the number that it prints as known.",
            file=sys.stderr,
        )
    return known


def _noted(site: int, what: str, facts: int) -> None:
    """Keep that it was answered, and not whom; it goes to the log of changes by itself."""
    from zoco.sites.consenting.models import VisitorRequest

    VisitorRequest.objects.create(site_id=site, what=what, facts=facts, at=datetime.now(UTC))


@COMMANDS.plug
class VisitorExport(Command):
    """Print all facts of a visitor."""

    key = "visitor export"
    help = "Print everything that there is of a visitor who consented, one JSON object a line."
    epilog = """\
examples:
  zoco visitor export shop 0b9c6f3e-5a0e-4c6b-9e0a-2f5d1c7b8a90 > visitor.ndjson

Exit codes: 0 printed, 1 failed, 2 wrong usage, 3 there is nothing of it.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say whose."""
        _whom(parser)

    def run(self, options: argparse.Namespace) -> Exit:
        """Print them, the oldest first."""
        from zoco.ledger.erasing import copies_held
        from zoco.ledger.store.opening import store
        from zoco.sites.consenting.visitors import visitor_lines, visitor_rows

        site, known = sitebook.site(options.site).id, _known(options)
        rows = visitor_rows(store=store(), site=site, known=known)
        print(visitor_lines(rows), end="")
        _noted(site, "exported", len(rows))
        for copy in copies_held(visitors=[known, *{row["visitor"] for row in rows}], site=site):
            print(f"The same facts also lie in {copy}", file=sys.stderr)
        return Exit.OK if rows else Exit.NOTHING_TO_DO


@COMMANDS.plug
class VisitorErase(Command):
    """Erase a visitor."""

    key = "visitor erase"
    help = "Erase everything that there is of a visitor who consented, so that nothing is left on the disk."
    epilog = """\
examples:
  zoco visitor erase shop 0b9c6f3e-5a0e-4c6b-9e0a-2f5d1c7b8a90 --yes

The pseudonyms that this browser had on its days with consent go too.
What comes later is erased when it comes.
Exit codes: 0 erased, 1 failed, 2 wrong usage, 3 there was nothing of it.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say whom."""
        _whom(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask; needed outside a terminal")

    def run(self, options: argparse.Namespace) -> Exit:
        """Ask, erase, say how many rows went."""
        from zoco.ledger.store.opening import store
        from zoco.sites.consenting.visitors import visitor_erase

        known = _known(options)
        if not options.yes and not _is_wanted(options):
            return Exit.STOPPED
        site = sitebook.site(options.site).id
        gone = visitor_erase(store=store(), site=site, known=known, at=datetime.now(UTC))
        _noted(site, "erased", gone.facts + sum(gone.rows.values()))
        print(f"{gone.facts} facts erased.")
        for label, rows in gone.rows.items():
            print(f"{rows} {label} erased.")
        return Exit.OK if gone.facts or any(gone.rows.values()) else Exit.NOTHING_TO_DO


def _is_wanted(options: argparse.Namespace) -> bool:
    if not sys.stdin.isatty():
        raise CommandFailed("This erases for good; add --yes outside a terminal.", Exit.USAGE)
    print(f"Erase the visitor {options.id} for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
