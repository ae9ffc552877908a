"""`zoco site reset`, `zoco site export`, `zoco site import`: sites that begin anew or move."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit

if TYPE_CHECKING:
    from zoco.moving.models import SiteMove
    from zoco.sites.models import Site


@COMMANDS.plug
class SiteReset(Command):
    """Erase what was counted of a site."""

    key = "site reset"
    help = "Erase everything that was counted of a site; its settings stay."
    epilog = """\
examples:
  zoco site reset shop --yes "My shop"       the name of the site, written out, says that you mean it

Goes: facts with their evidence, imported sums, incidents, exported files, uploads. Stays: the site, its
hosts, goals, segments, alarms, schedules, campaigns, links, annotations. What is in backups stays there.
Cut off, the same command goes on with what is left. Where the page of the site has told it as failed
meanwhile, it begins anew, and erases what was counted until then.
"""
    needs_database = True

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which, and that it is meant."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("--yes", default="", metavar="NAME", help="the name of the site, written out")

    def run(self, options: argparse.Namespace) -> Exit:
        """Erase, and say how much it was."""
        from django.utils import timezone

        from zoco.ledger import sitebook
        from zoco.ledger.store import opening
        from zoco.moving import resetting

        try:
            info = sitebook.site(options.site)
        except LookupError as error:
            raise CommandFailed(str(error), Exit.USAGE) from error
        if options.yes.strip() != info.name:
            said = f"This erases everything counted of {info.slug}. To go on: --yes {info.name!r}"
            raise CommandFailed(said, Exit.USAGE)
        reset = resetting.reset_begin(site=info.id, by=None, at=timezone.now(), is_background=False)
        try:
            done = resetting.reset_through(key=reset.pk, store=opening.store())
        except KeyboardInterrupt:
            raise CommandFailed("Stopped; the same command goes on.", Exit.STOPPED) from None
        if done is not None and done.is_open:
            raise CommandFailed(f"A reset of {info.slug} is under way; wait for it.")
        if done is not None and done.state == done.State.FAILED:
            raise CommandFailed(done.said)
        print(f"{done.facts if done else 0} facts erased.")
        return Exit.OK


@COMMANDS.plug
class SiteExport(Command):
    """Write a site into an archive."""

    key = "site export"
    help = "Write a site with its facts and settings into one file, for another installation."
    epilog = """\
examples:
  zoco site export shop /srv/shop.zoco.zip

Not in it: keys, salts, accounts, shared links, web hooks, receivers, incidents. See docs/guide/moving.md.
"""
    needs_database = True

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which, and where to."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the archive; one that is there is replaced"
        )

    def run(self, options: argparse.Namespace) -> Exit:
        """Write it, and say what is in it."""
        from zoco.moving.exporting import export_begin

        site = _site(options.site)
        target = options.file.absolute()
        if not target.parent.is_dir() or target.is_dir():
            raise CommandFailed(
                f"{options.file} can be no file; name one in a folder that is there.", Exit.USAGE
            )
        move = _through(export_begin(site=site, by=None, path=str(target)).pk)
        print(f"{move.facts} facts, {move.size} bytes: {options.file}")
        return Exit.OK


@COMMANDS.plug
class SiteImport(Command):
    """Take a site out of an archive."""

    key = "site import"
    help = "Take a site out of an archive that another installation wrote; a second time adds nothing."
    epilog = """\
examples:
  zoco site import /srv/shop.zoco.zip
  zoco site import /srv/shop.zoco.zip --into shop     into a site that is here, without being asked

All of it is checked before anything is written. An archive of a site that is here goes into it when you
have typed its short name, or given it with --into. Cut off, the same command goes on.
Exit codes: 0 taken in, 1 failed, 3 all was there already, 4 taken in but for some settings.
"""
    needs_database = True

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say which file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the archive")
        parser.add_argument(
            "--into", default="", metavar="SITE", help="short name of the site here that it belongs to"
        )

    def run(self, options: argparse.Namespace) -> Exit:
        """Take it in, and say what was new."""
        from zoco.moving.moving import import_begin

        path = options.file.absolute()
        if not path.is_file():
            raise CommandFailed(f"There is no file {options.file}.", Exit.USAGE)
        move = import_begin(name=path.name, size=path.stat().st_size, by=None, path=str(path))
        if options.into and move.site is None:
            move.target, move.is_sure = _site(options.into), True
            move.save(update_fields=["target", "is_sure"])  # another process may be at the rest of it
        move = _through(move.pk)
        if move.state == move.State.ASKING:
            _confirm(move, options.into)
            move = _through(move.pk)
        print(
            f"{move.site.slug if move.site else ''}: {move.added} new facts of {move.facts} in the archive."
        )
        print(f"{move.found.get('settings', 0)} settings taken in.")
        for line in move.found.get("refused", []):
            print(f"Left out: {line}")
        if move.found.get("refused"):
            return Exit.PARTLY
        return Exit.OK if move.added or move.is_fresh else Exit.NOTHING_TO_DO


def _through(key: int) -> "SiteMove":
    from zoco.moving import moving

    try:
        move = moving.through(key=key)
    except KeyboardInterrupt:
        raise CommandFailed("Stopped; what is done stays, the same command goes on.", Exit.STOPPED) from None
    if move is not None and move.is_open:
        raise CommandFailed("Another process is at it; wait for it.")
    if move is not None and move.state == move.State.STOPPED:
        raise CommandFailed("Stopped; what is done stays, the same command goes on.", Exit.STOPPED)
    if move is None or move.state not in (move.State.DONE, move.State.ASKING):
        raise CommandFailed(move.said if move else "The site is gone.")
    return move


def _site(slug: str) -> "Site":
    from zoco.ledger import sitebook
    from zoco.sites.models import Site

    try:
        return Site.objects.get(pk=sitebook.site(slug).id)
    except LookupError as error:
        raise CommandFailed(str(error), Exit.USAGE) from error


def _confirm(move: "SiteMove", into: str) -> None:
    """Ask whether the site that is here is the right one. Raises CommandFailed for any other answer."""
    from zoco.ledger.store import opening
    from zoco.moving.targets import standing, target_confirm

    site = move.target
    if site is None:
        raise CommandFailed("The site that the archive is of has just been deleted; try again.")
    known = standing(opening.store(), site)
    between = f", {known.first:%Y-%m-%d} to {known.last:%Y-%m-%d}" if known.first and known.last else ""
    settings = "its settings become the archive's" if move.is_fresh else "its settings stay as they are"
    print(f"The archive would go into {site.slug}: {site.name}, {known.hosts or 'no host names'}.")
    print(f"It has {known.facts} facts here{between}; {settings}.")
    is_asked = not into and sys.stdin.isatty()
    if not is_asked or input("To go on, type its short name: ").strip() != site.slug:
        move.delete()
        raise CommandFailed(f"Nothing was imported. If this is the site: --into {site.slug}", Exit.USAGE)
    target_confirm(move=move, site=site.pk, is_background=False)
