"""`zoco site person-key`, `zoco person token`: what a site's own server says about who somebody is."""

import argparse
import time

from zoco.kit import noting
from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.kit.signing import SECONDS_MOST, sign
from zoco.ledger import sitebook

DAY = 86_400


def _key_name(slug: str) -> str:
    from zoco.sites.models import Site

    return str(Site.objects.get(pk=sitebook.site(slug).id).key_name)


@COMMANDS.plug
class SitePersonKey(Command):
    """Print the key of a site's persons."""

    key = "site person-key"
    help = "Print the key with which a site's server signs who is logged in; in hexadecimal."
    epilog = """\
examples:
  zoco site person-key shop
  zoco site person-key shop --renew      somebody else knows it; all tokens of before are void

The guide on identity says how a token is made.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the site."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("--renew", action="store_true", help="make another one in its place")

    def run(self, options: argparse.Namespace) -> Exit:
        """Print it, publishing a new one."""
        from zoco.sites import salts, services

        name = _key_name(options.site)
        if options.renew:
            salts.person_key_renew(name)
            services.sites_publish()
            told = {"person_key": [None, "•••"]}
            noting.note(action="changed", kind="zoco_sites.site", name=options.site, details=told)
        print(salts.person_key(name))
        return Exit.OK


@COMMANDS.plug
class PersonToken(Command):
    """Print a signed token."""

    key = "person token"
    help = "Print a token that proves who somebody is, for a link (?zt=TOKEN) or to try a site's own."
    epilog = """\
examples:
  zoco person token shop 42 --days 30           for a link that goes to person 42 alone
  zoco person token shop 42 --use login         for zoco.person(), one day
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say for whom, for what and how long."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("person", type=int, help="number of the person")
        parser.add_argument("--use", choices=tuple(SECONDS_MOST), default="click", help="click if left out")
        parser.add_argument("--days", type=int, default=1, help="how long it holds; one day if left out")

    def run(self, options: argparse.Namespace) -> Exit:
        """Print it."""
        from zoco.sites import salts

        most = SECONDS_MOST[options.use] // DAY
        if not 1 <= options.days <= most or not 0 < options.person < 1 << 63:
            raise CommandFailed(
                f"A token for {options.use} holds 1 to {most} days, and a person's number is positive.",
                Exit.USAGE,
            )
        key = bytes.fromhex(salts.person_key(_key_name(options.site)))
        expires = int(time.time()) + options.days * DAY
        print(sign(use=options.use, person=options.person, expires=expires, key=key))
        return Exit.OK
