"""`zoco site block`: whom a site does not count, and who is of its own staff."""

import argparse
import json
from typing import TYPE_CHECKING

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook
from zoco.sites.blocking.lists import FIELDS

if TYPE_CHECKING:
    from zoco.sites.models import Site


@COMMANDS.plug
class SiteBlock(Command):
    """Show and change the block lists of a site."""

    key = "site block"
    help = "Do not count addresses, countries, pages or host names; or count addresses as own staff."
    epilog = """\
examples:
  zoco site block shop                                  what is on the lists
  zoco site block shop address 192.0.2.0/24 --note "load test"
  zoco site block shop country KP
  zoco site block shop page "/internal/*" "/thanks"
  zoco site block shop host "*.test.example"
  zoco site block shop staff 198.51.100.7               counted, as own staff
  zoco site block shop country KP --remove

What is refused is counted in the report "Not counted, and why". It holds from the next second on and for
logs that are imported afterwards; what is in the ledger stays.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add site, kind and values."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("kind", nargs="?", choices=tuple(FIELDS), help="what is compared")
        parser.add_argument("values", nargs="*", metavar="VALUE", help="which; * stands for any text")
        parser.add_argument("--note", default="", help="why")
        parser.add_argument("--remove", action="store_true", help="take off the list")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def run(self, options: argparse.Namespace) -> Exit:
        """Show the lists, or change one of them: all values or none."""
        from zoco.sites.models import Site

        site = Site.objects.get(pk=sitebook.site(options.site).id)
        if not options.kind:
            return _show(site.slug, options.format)
        if not options.values:
            raise CommandFailed(f"Say which {options.kind}; see `zoco site block --help`.", Exit.USAGE)
        _change(site, options)
        return Exit.OK


def _show(slug: str, shape: str) -> Exit:
    from zoco.sites.models import Exclusion

    lines = [
        {"kind": each.kind, "value": each.value, "note": each.note}
        for each in Exclusion.objects.filter(site__slug=slug)
    ]
    if shape == "json":
        print(json.dumps(lines, indent=2, ensure_ascii=False))
        return Exit.OK
    for line in lines:
        print(f"{line['kind']:<8} {line['value']:<40} {line['note']}".rstrip())
    return Exit.OK if lines else Exit.NOTHING_TO_DO


def _change(site: "Site", options: argparse.Namespace) -> None:
    from django.db import transaction

    from zoco.sites.blocking import services

    try:
        with transaction.atomic():
            for value in options.values:
                if options.remove:
                    services.exclusion_remove(site=site, kind=options.kind, value=value)
                else:
                    services.exclusion_add(site=site, kind=options.kind, value=value, note=options.note)
    except services.ExclusionWrong as wrong:
        raise CommandFailed(str(wrong), Exit.USAGE) from wrong
