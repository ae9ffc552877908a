"""`zoco report KEY` and `zoco reports`: the same questions as the page and the API."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit

REPORT_EPILOG = """\
examples:
  zoco report traffic --period 2015-05-17..2015-05-20
  zoco report traffic --period 90d --grain week --compare year
  zoco report pages --filter path^=/blog/ --filter country=ES --filter country=FR --format csv
  zoco report errors --param kind=not_found --verdicts all --format parquet --output errors.parquet

Filters: COLUMN=VALUE is, != is not, ~= contains, !~= does not, ^= starts with, !^= does not.
Periods: 2015-05-17..2015-05-20, one day, today, yesterday, or the last days: 30d. Days are local to the site.
CSV and Parquet hold all rows of the period; JSON holds the comparison, totals and the query as well.
"""


@COMMANDS.plug
class ReportCommand(Command):
    """Answer one report on stdout or into a file."""

    key = "report"
    help = "Answer a report: zoco report traffic --period 2015-05-17..2015-05-20."
    epilog = REPORT_EPILOG
    needs_database = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", metavar="KEY", help="which report; `zoco reports` lists them")
        parser.add_argument("--period", default="30d", help="local days, both included (default: 30d)")
        parser.add_argument("--site", default="", help="slug of the site (default: the default site)")
        parser.add_argument("--filter", action="append", default=[], metavar="COLUMN=VALUE")
        parser.add_argument("--compare", choices=["before", "year", "none"], default="before")
        parser.add_argument(
            "--verdicts", default="people", help="people, bots, all, or verdicts parted by commas"
        )
        parser.add_argument("--grain", choices=["hour", "day", "week", "month"], help="step of a curve")
        parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
        parser.add_argument(
            "--order", default="", help='a column, with "-" before it for descending: -visitors'
        )
        parser.add_argument("--format", choices=["json", "csv", "parquet"], default="json")
        parser.add_argument("--output", type=Path, help="write to this file instead of stdout")

    def run(self, options: Namespace) -> Exit:
        from zoco.ledger import sitebook
        from zoco.ledger.asking.question import Question
        from zoco.ledger.pictures.sheets.export import export
        from zoco.ledger.report import report_named

        sitebook.only(None, asks=True)  # whoever has a shell here sees everything
        report = report_named(options.report)
        try:
            question = Question.from_address(_address(options), report=report)
        except (ValueError, LookupError) as error:
            raise CommandFailed(str(error), Exit.USAGE) from error
        if options.format == "parquet" and options.output is None and sys.stdout.isatty():
            raise CommandFailed("Parquet is not for a terminal; add --output FILE or a pipe.", Exit.USAGE)
        _write(export(report, question, options.format), options.output)
        return Exit.OK


@COMMANDS.plug
class ReportsCommand(Command):
    """List the reports."""

    key = "reports"
    help = "List all reports: key and the question that each answers."
    needs_database = True

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def run(self, options: Namespace) -> Exit:
        import msgspec

        from zoco.ledger.pictures.sheets.export import report_dict
        from zoco.ledger.report import reports_all

        reports = reports_all()
        if options.format == "json":
            _write(
                [msgspec.json.encode({"reports": [report_dict(report) for report in reports]}), b"\n"], None
            )
            return Exit.OK
        width = max((len(report.key) for report in reports), default=0)
        for report in reports:
            print(f"{report.key:<{width}}  {report.question}")
        return Exit.OK


def _address(options: Namespace) -> dict[str, list[str]]:
    address = {
        name: [getattr(options, name)]
        for name in ("period", "site", "compare", "verdicts", "order", "grain")
        if getattr(options, name)
    }
    for text in options.param:
        name, value = _pair(text, "--param")
        address[name] = [value]
    for text in options.filter:
        name, value = _pair(text, "--filter")
        address.setdefault(f"f.{name}", []).append(value)
    return address


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise CommandFailed(
            f"{option} {text!r} has no name and value; write {option} name=value.", Exit.USAGE
        )
    return name, value


def _write(pieces: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        _pour(pieces, sys.stdout.buffer)
        return
    partial = output.with_name(f".{output.name}.partial")
    try:
        with partial.open("wb") as file:
            _pour(pieces, file)
        partial.replace(output)
    except OSError as error:
        raise CommandFailed(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _pour(pieces: Iterable[bytes], file: IO[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()
