"""`zoco check`: what is wrong, and how to mend it."""

import argparse
import json
import sys
from dataclasses import asdict, replace

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, typed

MARKS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


@COMMANDS.plug
class Check(Command):
    """Look at everything once."""

    key = "check"
    help = "Say what is wrong with this installation and how to mend it."
    needs_database = False
    epilog = """\
examples:
  zoco check
  zoco check --format json      an array of objects: check, level (ok, warning, error), message, mend

Exit codes: 0 nothing is wrong, 4 there are warnings, 1 there are errors.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the format."""
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def run(self, options: argparse.Namespace) -> Exit:
        """Run all checks."""
        from zoco.project import ready

        try:
            ready.django()
        except CommandFailed as failed:
            print(typed(str(failed)), file=sys.stderr)
            return Exit.FAILED
        from django.utils import translation

        with translation.override("en"):
            return self._told(options)

    def _told(self, options: argparse.Namespace) -> Exit:
        from zoco.project.health import checks

        found = []
        for one in checks.findings():
            finding = replace(one, message=typed(one.message), mend=typed(one.mend))
            found.append(finding)
            if options.format == "text":
                mend = f" To mend it: {finding.mend}." if finding.mend else ""
                print(f"{MARKS[finding.level]}  {finding.check:<12} {finding.message}{mend}", flush=True)
        if options.format == "json":
            print(json.dumps([asdict(finding) for finding in found], indent=2))
        levels = {finding.level for finding in found}
        return Exit.FAILED if "error" in levels else Exit.PARTLY if "warning" in levels else Exit.OK
