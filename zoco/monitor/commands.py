"""`zoco annotate`: write down what curves should show of a day; imports and exports bring theirs."""

import argparse
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook
from zoco.monitor.exports import commands as _exports  # noqa: F401 - registers its own
from zoco.monitor.imports import commands as _imports  # noqa: F401 - registers its own


@COMMANDS.plug
class Annotate(Command):
    """Write an annotation."""

    key = "annotate"
    help = "Write down what curves should show of a day: a note, or a release."
    epilog = """\
examples:
  zoco annotate "The shop was down until noon" --on 2026-11-02
  zoco annotate --release "2.4.1"             as the last step of a deployment
  zoco annotate --site blog "New design"

The same text on the same day is written once. Without --on it is today in the site's time zone.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the text, the day and the site."""
        parser.add_argument("text", help="one sentence, or the name of the release")
        parser.add_argument("--release", action="store_true", help="it is the name of a release")
        parser.add_argument("--on", type=date.fromisoformat, help="the day, such as 2026-11-02 (today)")
        parser.add_argument("--site", default="", help="short name of the site (the default one)")

    def run(self, options: argparse.Namespace) -> Exit:
        """Write it."""
        from django.core.exceptions import ValidationError

        from zoco.monitor.annotations import annotate

        try:
            site = sitebook.site(options.site)
        except sitebook.SiteUnknown as error:
            raise CommandFailed(str(error), Exit.USAGE) from error
        on = options.on or datetime.now(UTC).astimezone(ZoneInfo(site.zone)).date()
        kind = "release" if options.release else "note"
        try:
            is_new = annotate(site=site.id, on=on, text=options.text, kind=kind)
        except ValidationError as error:
            raise CommandFailed("; ".join(error.messages), Exit.USAGE) from error
        print(f"{on} {options.text}" + ("" if is_new else " (was there already)"))
        return Exit.OK if is_new else Exit.NOTHING_TO_DO
