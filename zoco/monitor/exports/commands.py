"""`zoco export`: facts of a site and a period as files."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit

EPILOG = """\
examples:
  zoco export                                       yesterday, as Parquet
  zoco export --period 2026-11-01..2026-11-30 --format csv
  zoco export --site shop --to /srv/exports
  zoco export --to "s3://facts/zoco?endpoint=https://s3.example.org"

One file for each site, day and part. A day that is there as the ledger has it is skipped, any other replaced.
Without --to files go where ZOCO_EXPORTS says, else into the folder exports of the data folder. Keys of a
bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
Whoever is erased later goes out of these files too, as long as they can be reached under that name.
Exit codes: 0 written, 1 failed, 2 wrong usage, 3 all was there already.
"""


@COMMANDS.plug
class Export(Command):
    """Write facts of a site and a period as files."""

    key = "export"
    help = "Write the facts of a site and a period as Parquet or CSV into a folder or a bucket."
    epilog = EPILOG
    needs_database = True

    def arguments(self, parser: ArgumentParser) -> None:
        """Say what, and where to."""
        parser.add_argument("--site", default="", metavar="SLUG", help="which site; else the first")
        parser.add_argument("--period", default="", metavar="DAYS",
                            help="2026-11-01..2026-11-30, or one day; else the day that is over")  # fmt: skip
        parser.add_argument("--format", default="parquet", choices=("parquet", "csv"), help="else parquet")
        parser.add_argument(
            "--to", metavar="PLACE", help="a folder that is there, or s3://bucket/folder?endpoint=…"
        )

    def run(self, options: Namespace) -> Exit:
        """Write each day; say how far it is."""
        from zoco.kit.periods import Period, PeriodUnreadable
        from zoco.ledger import sitebook
        from zoco.monitor.exports import services
        from zoco.monitor.exports.models import ExportRun
        from zoco.monitor.exports.targets import place_read

        try:
            site = sitebook.site(options.site)
            over = services.day_over(site.zone, datetime.now(UTC), after=timedelta())
            period = Period.parse(options.period or str(over), site.zone)
            place = None if options.to is None else place_read(options.to)
        except (PeriodUnreadable, ValueError, LookupError) as error:
            raise CommandFailed(str(error), Exit.USAGE) from error
        try:
            run = services.run_now(
                site=site.id, first=period.first, last=period.last, format=options.format, place=place
            )
        except services.ExportWrong as error:
            raise CommandFailed(str(error)) from error
        except KeyboardInterrupt:
            raise CommandFailed(
                "Stopped; what is written stays. The same command goes on.", Exit.STOPPED
            ) from None
        if run.state != ExportRun.State.DONE:
            raise CommandFailed(run.said or "It was stopped.")
        print(f"{run.written} of {run.total} days written, {run.rows} facts in all of them.")
        return Exit.OK if run.written else Exit.NOTHING_TO_DO
