"""`zoco import log`: server logs become facts."""

import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec

from zoco.kit import conf
from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, program
from zoco.sites.published import PublishedSite, SitesUnpublished, read

if TYPE_CHECKING:
    from zoco.collector.logs.running import Run

EPILOG = """\
examples:
  zoco import log /var/log/nginx/access.log
  zoco import log access.log.*.gz access.log.1 access.log
  zoco import log --follow /var/log/apache2/other_vhosts_access.log
  ssh web cat /var/log/caddy/access.json | zoco import log --format json -

A file that was read before goes on where the last import ended; the same lines never count twice.
Exit codes: 0 everything is in, 4 some lines were refused, 1 nothing could be read, 130 stopped.
"""


@COMMANDS.plug
class ImportLog(Command):
    """Reads logs into the ledger and waits until the facts can be queried."""

    key = "import log"
    help = (
        "Read server logs into the ledger (Apache, nginx, Caddy, IIS, Amazon; packed or not, or - for stdin)."
    )
    epilog = EPILOG

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a log; - reads standard input")
        parser.add_argument("--site", default="", metavar="SLUG", help="which site; else the first")
        parser.add_argument("--format", default="", metavar="NAME", help="which format; else it is found")
        parser.add_argument(
            "--follow", action="store_true", help="wait for more lines, also after a rotation"
        )
        parser.add_argument(
            "--from-start", action="store_true", help="forget how far the files were read before"
        )
        parser.add_argument(
            "--any-host", action="store_true", help="take hosts that are not among the site's host names"
        )
        parser.add_argument("--show", type=int, default=10, metavar="N", help="refused lines to show (10)")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def run(self, options: Namespace) -> Exit:
        from zoco.collector.logs import load_formats
        from zoco.collector.logs.base import FORMATS, FormatUnknown
        from zoco.collector.logs.files.reading import LogUnreadable

        load_formats()
        if options.format:
            FORMATS.get(options.format)
        if options.follow and "-" in options.files:
            raise CommandFailed("Standard input is read to its end anyway; leave --follow out.", Exit.USAGE)
        try:
            return self._run(options)
        except (LogUnreadable, FormatUnknown) as error:
            raise CommandFailed(str(error)) from error

    def _run(self, options: Namespace) -> Exit:
        from zoco.collector.logs.importing import Plan
        from zoco.collector.logs.loading import Loader
        from zoco.collector.logs.running import Run
        from zoco.collector.logs.telling.progress import Progress
        from zoco.ledger.spool.instance import instance

        data = conf.DATA()
        plan = Plan(
            site=the_site(data, options.site),
            data=data,
            instance=instance(data),
            received_at=time.time_ns() // 1000,
            format=options.format,
            any_host=options.any_host,
            from_start=options.from_start,
        )
        total = 0 if options.follow else sum(_size(name) for name in options.files)
        run = Run(plan, Loader(plan), Progress(total), shown=options.show)
        with _stoppable(run):
            summary = (run.follow_all if options.follow else run.import_all)(options.files)
        print(msgspec.json.encode(summary.as_json()).decode() if options.json else summary.words())
        sys.stdout.flush()
        return summary.exit()


AGAIN_EPILOG = """\
examples:
  zoco reclassify --dry-run          how many facts would come out otherwise
  zoco reclassify --site shop        work them out again; reports follow at once

First from what was kept: full user agent, client hints, referrer (see EVIDENCE_DAYS). Facts without
evidence stay as they are and are counted. Then visits are judged by what they did. Stopped in the
middle, begin again: what is right is left.
"""


@COMMANDS.plug
class Reclassify(Command):
    """Applies today's lists of bots, browsers and networks to the history."""

    key = "reclassify"
    help = "Work verdict, device, source and channel out again with the rules of today."
    epilog = AGAIN_EPILOG

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default="", metavar="SLUG", help="which site; else the first")
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def run(self, options: Namespace) -> Exit:
        from zoco.collector.again import Again, classify_again
        from zoco.collector.behaviour.passing import history_pass
        from zoco.ledger.store.opening import open_store

        def tell(done: Again, total: int) -> None:
            print(f"{done.facts} of {total} facts, {done.changed} come out otherwise", file=sys.stderr)

        site = the_site(conf.DATA(), options.site)
        store = open_store()
        try:
            done = classify_again(store, site=site, is_trial=options.dry_run, progress=tell)
            if not site.is_demo:
                now = time.time_ns() // 1_000
                done.changed += history_pass(store, site.id, now, is_trial=options.dry_run).changed
        finally:
            store.close()
        verb = "would change" if options.dry_run else "changed"
        counts = {"facts": done.facts, "changed": done.changed, "without_evidence": done.without_evidence}
        print(
            msgspec.json.encode(counts).decode()
            if options.json
            else f"{done.changed} of {done.facts} facts {verb}; {done.without_evidence} had no evidence left."
        )
        return Exit.OK if done.changed else Exit.NOTHING_TO_DO


def the_site(data: Path, slug: str) -> PublishedSite:
    """Return the published site with this slug, or the first. Raises CommandFailed."""
    try:
        known = read(data / "sites.json").sites
    except SitesUnpublished as error:
        raise CommandFailed(str(error)) from error
    if not slug and known and all(site.is_demo for site in known):
        raise CommandFailed(
            "The only site is the simulated company; real visits do not belong there. Make your own: "
            f'{program()} site add "My shop" --host shop.example --counting log',
            Exit.USAGE,
        )
    for site in known:
        if slug in ("", site.slug):
            if not site.import_key:
                raise CommandFailed(f"The site {site.slug} has no key for imports; start `zoco up`.")
            return site
    if not known:
        hint = f'{program()} site add "My shop" --host shop.example --counting log'
        raise CommandFailed(f"There is no site yet; make one: {hint}", Exit.USAGE)
    there = ", ".join(site.slug for site in known)
    raise CommandFailed(f"There is no site {slug!r}; there are: {there}.", Exit.USAGE)


def _size(name: str) -> int:
    try:
        return 0 if name == "-" else Path(name).stat().st_size
    except OSError:
        return 0


@contextmanager
def _stoppable(run: "Run") -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run in order; a second one ends it at once."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        if run.is_stopping:
            raise KeyboardInterrupt
        run.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
