"""`zoco import plausible FILE` and its like, one for each importer."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.monitor.imports.base import BUILT_IN

EPILOG = """\
examples:
  zoco import plausible export.zip --dry-run    what it holds; nothing is imported
  zoco import plausible export.zip
  zoco import umami dump.sql.gz --website 4fb7fa4c-5b46-438d-94b3-3a8fb9bc2e8b
  zoco import undo 3

The same export twice changes nothing. Days that another import holds are left out; on days on which the site
has page views of its own those count, whatever an import says.
Exit codes: 0 imported, 3 nothing new in it, 4 some rows were refused, 1 the file cannot be read.
"""


class ImportExport(Command):
    """Import another program's export as daily sums."""

    kind = ""
    epilog = EPILOG
    needs_database = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the export")
        parser.add_argument("--site", default="", metavar="SLUG", help="which site; else the first")
        parser.add_argument("--website", default="", metavar="ID", help="which website of a dump of several")
        parser.add_argument("--dry-run", action="store_true", help="read and tell, import nothing")

    def run(self, options: Namespace) -> Exit:
        from zoco.ledger import sitebook
        from zoco.monitor.imports import services
        from zoco.monitor.imports.models import ImportRun

        try:
            site = sitebook.site(options.site)
            size = options.file.stat().st_size
            run = services.run_begin(
                site=site.id,
                kind=self.kind,
                name=options.file.name,
                size=size,
                website=options.website,
                by=None,
            )
            with options.file.open("rb") as file:
                services.file_take(run=run, pieces=lambda: file.read(1 << 20))
        except OSError as error:
            raise CommandFailed(f"{options.file} cannot be read: {error.strerror}.") from error
        except (ValueError, LookupError) as error:
            raise CommandFailed(str(error)) from error
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.READING)
        run = services.read_through(key=run.pk)
        if run.state != ImportRun.State.READY:
            services.run_undo(run=run)
            raise CommandFailed(run.said)
        if options.dry_run:
            _tell(run)
            services.run_undo(run=run)
            return Exit.OK
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.IMPORTING)
        run = services.put_through(key=run.pk)
        _tell(run)
        if run.state == ImportRun.State.REPEATED:
            return Exit.NOTHING_TO_DO
        return Exit.PARTLY if run.refused else Exit.OK


for _key in BUILT_IN:
    _words = f"Import an export of {_key} as daily sums"
    _given = {"__doc__": f"{_words}.", "key": f"import {_key}", "kind": _key}
    COMMANDS.plug(
        type(f"Import_{_key}", (ImportExport,), {**_given, "help": f"{_words}: zoco import {_key} FILE."})
    )


@COMMANDS.plug
class ImportUndo(Command):
    """Takes an import out again."""

    key = "import undo"
    help = "Take an import of another program's export out again: zoco import undo 3."
    needs_database = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, help="the import's number, as it was told")

    def run(self, options: Namespace) -> Exit:
        from zoco.monitor.imports import services
        from zoco.monitor.imports.models import ImportRun

        run = ImportRun.objects.filter(pk=options.number).first()
        if run is None:
            raise CommandFailed(f"There is no import {options.number}.", Exit.USAGE)
        try:
            services.run_undo(run=run)
        except services.ImportWrong as error:
            raise CommandFailed(str(error)) from error
        print(f"Import {options.number} is undone.")
        return Exit.OK


def _tell(run: object) -> None:
    from zoco.monitor.imports.models import ImportRun
    from zoco.monitor.imports.said import plain_words

    assert isinstance(run, ImportRun)  # noqa: S101 - for the checker
    print("\n".join(plain_words(run)))
    sys.stdout.flush()
