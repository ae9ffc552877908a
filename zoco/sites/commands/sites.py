"""`zoco sites`, `zoco site add`, `zoco site count`: sites on the command line."""

import argparse
import json
from datetime import date

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook


@COMMANDS.plug
class Sites(Command):
    """List the sites."""

    key = "sites"
    help = "List the sites, the default one first."
    epilog = """\
examples:
  zoco sites
  zoco sites --format json     an array of objects: slug, name, hostnames, zone, currency, counting, is_demo
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the format."""
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def run(self, options: argparse.Namespace) -> Exit:
        """Print them."""
        infos = sitebook.sites()
        if options.format == "json":
            print(json.dumps([_record(info) for info in infos], indent=2, ensure_ascii=False))
            return Exit.OK
        for info in infos:
            demo = "  demo data" if info.is_demo else ""
            hosts = ", ".join(info.hostnames) or "no host name"
            print(f"{info.slug:<20} {info.name:<24} {info.zone:<20} {info.counting:<8} {hosts}{demo}")
        return Exit.OK if infos else Exit.NOTHING_TO_DO


def _record(info: sitebook.SiteInfo) -> dict[str, object]:
    return {
        "slug": info.slug,
        "name": info.name,
        "hostnames": list(info.hostnames),
        "zone": info.zone,
        "currency": info.currency,
        "counting": info.counting,
        "is_demo": info.is_demo,
    }


@COMMANDS.plug
class SiteAdd(Command):
    """Make a site."""

    key = "site add"
    help = "Make a site."
    epilog = """\
examples:
  zoco site add "My shop" --host shop.example --host www.shop.example --zone Europe/Madrid
  zoco site add Blog --counting log        page views come from the server's log
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the parts of a site."""
        parser.add_argument("name", help="what people call it")
        parser.add_argument(
            "--slug", default="", help="short name for addresses and commands (from the name)"
        )
        parser.add_argument(
            "--host", action="append", default=[], metavar="HOST", help="a host name; repeat it"
        )
        parser.add_argument("--zone", default="UTC", help="time zone of its days (%(default)s)")
        parser.add_argument("--currency", default="EUR", help="ISO 4217 (%(default)s)")
        parser.add_argument(
            "--counting",
            choices=("tracker", "log"),
            default="tracker",
            help="whose page views count (%(default)s)",
        )

    def run(self, options: argparse.Namespace) -> Exit:
        """Make it and print its short name."""
        from zoco.sites import services

        try:
            site = services.site_create(
                name=options.name,
                slug=options.slug,
                hostnames=options.host,
                zone=options.zone,
                currency=options.currency,
                counting=options.counting,
            )
        except services.SiteWrong as wrong:
            raise CommandFailed(str(wrong), Exit.USAGE) from wrong
        print(site.slug)
        return Exit.OK


@COMMANDS.plug
class SiteCount(Command):
    """Change whose page views count."""

    key = "site count"
    help = "Say whose page views count from a day on: the tracker's or the log's."
    epilog = """\
examples:
  zoco site count shop log --since 2026-05-01
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add site, origin and day."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("origin", choices=("tracker", "log"))
        parser.add_argument("--since", type=date.fromisoformat, required=True, metavar="DAY")

    def run(self, options: argparse.Namespace) -> Exit:
        """Set it."""
        from zoco.sites import services
        from zoco.sites.models import Site

        info = sitebook.site(options.site)
        services.site_counting_set(
            site=Site.objects.get(pk=info.id), origin=options.origin, since=options.since
        )
        return Exit.OK
