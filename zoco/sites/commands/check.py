"""`zoco site check`: is the tracker in the pages of a site?"""

import argparse
import json

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook


@COMMANDS.plug
class SiteCheck(Command):
    """Look at a page and name what is wrong with the tracker in it."""

    key = "site check"
    help = "Fetch a page of a site and say whether its visits are counted, and if not, why."
    epilog = """\
examples:
  zoco site check shop                     the first page of the first host name
  zoco site check shop https://shop.example/honey/
  zoco site check shop --format json       an object: url, state, findings (key, state, found, mend)

Exit code 0: in order, or only things to look at. 1: visits of the page are not counted rightly.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add site, page and format."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument(
            "url", nargs="?", default="", help="address of a page (the site's first host name)"
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def run(self, options: argparse.Namespace) -> Exit:
        """Check and print."""
        from zoco.sites.installing import said
        from zoco.sites.installing.checking import address_of, site_check

        site = sitebook.site(options.site)
        url = options.url or address_of(site)
        if not url:
            raise CommandFailed("The site has no host name; give the address of a page.", Exit.USAGE)
        checked = site_check(site, sitebook.sites(), url)
        lines = [(each.state, said.line(each)) for each in checked.findings]
        if options.format == "json":
            findings = [
                {"key": each.key, "state": state, "found": each.found, "mend": each.mend}
                for state, each in lines
            ]
            told = {"url": checked.url, "state": checked.state, "findings": findings}
            print(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            print(f"{checked.url}: {said.verdict(checked.state)}")
            for _state, each in lines:
                print(f"\n{each.state}: {each.found}\n  {each.mend}")
        return Exit.FAILED if checked.state == "bad" else Exit.OK
