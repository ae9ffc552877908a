"""`zoco site reset`: sites that begin anew, on the command line."""

import argparse

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit


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
Cut off, the same command goes on with what is left.
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
        print(f"{done.facts if done else 0} facts erased.")
        return Exit.OK
