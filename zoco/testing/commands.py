"""`zoco demo`: load the simulated company, or take it away again."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from datetime import UTC, datetime

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, typed


@COMMANDS.plug
class Demo(Command):
    """Load a year of a small shop as the site `demo`."""

    key = "demo"
    help = "Load the simulated company, a year of a small shop, as the site demo."
    epilog = """\
What is true of it (who came why, what each campaign really brought) is kept in demo-truth.json
in the data folder. A second call adds nothing.

examples:
  zoco demo                                about a million facts, in some minutes
  zoco demo --visitors 2000 --days 60      a small one
  zoco demo --replace                      again, so that it ends today
  zoco demo --remove                       erase it
"""

    def arguments(self, parser: ArgumentParser) -> None:
        """Add how much, and what to do with what is there."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument(
            "--visitors", type=int, default=50_000, metavar="N", help="how many people come (%(default)s)"
        )
        parser.add_argument(
            "--days",
            type=int,
            default=365,
            metavar="N",
            help="how many days, the last is today (%(default)s)",
        )
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="another seed, another company (%(default)s)"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--replace", action="store_true", help="erase the one that is there first")
        what.add_argument("--remove", action="store_true", help="erase it and do nothing else")

    def run(self, options: Namespace) -> Exit:
        """Do it; progress and hints go to stderr, the number of facts to stdout."""
        from zoco.testing import demo

        if options.visitors < 1 or options.days < 1 or options.seed < 0:
            raise CommandFailed("Give at least one visitor, one day, and a seed from 0 on.", Exit.USAGE)
        try:
            if options.remove:
                return self._remove()
            loaded = demo.demo_load(
                visitors=options.visitors,
                days=options.days,
                seed=options.seed,
                replaces=options.replace,
                now=datetime.now(UTC),
                progress=_Progress(options.days),
            )
        except demo.DemoRefused as error:
            raise CommandFailed(str(error)) from error
        if loaded is None:
            _say("The simulated company is there already; --replace makes it anew.")
            return Exit.OK
        print(f"{loaded.facts} facts")
        _say(_club_said(demo.club_size()))
        _say("It is the site demo. Start `zoco up` and open it, or try: zoco reports")
        return Exit.OK

    def _remove(self) -> Exit:
        from zoco.testing import demo

        erased = demo.demo_remove()
        if erased is None:
            _say("There is no simulated company here.")
            return Exit.NOTHING_TO_DO
        print(f"{erased} facts erased")
        return Exit.OK


def _club_said(members: int) -> str:
    if members:
        return f"{members} of its customers signed up and got letters; their mailboxes lead nowhere."
    return "None of its customers signed up: it is too small, or there are people of your own here."


class _Progress:
    """Says how far it is: on one line of a terminal, else once for each tenth."""

    def __init__(self, days: int) -> None:
        self.days = days
        self._tenth = 0

    def __call__(self, done: int, facts: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == self.days else ""
            sys.stderr.write(f"\rday {done} of {self.days}, {facts:,} facts{end}")
            sys.stderr.flush()
        elif done * 10 // self.days > self._tenth:
            self._tenth = done * 10 // self.days
            _say(f"day {done} of {self.days}, {facts:,} facts")


def _say(sentence: str) -> None:
    print(typed(sentence), file=sys.stderr, flush=True)
