"""`zoco site consent`: whether a site asks for consent, and what a browser's wish for privacy means."""

import argparse

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit
from zoco.ledger import sitebook


@COMMANDS.plug
class SiteConsent(Command):
    """Say how a site asks for consent."""

    key = "site consent"
    help = "Show the consent banner or not, and say what Global Privacy Control and Do Not Track mean."
    epilog = """\
examples:
  zoco site consent shop --banner on
  zoco site consent shop --signals nothing     such browsers are not counted at all
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add site and settings."""
        parser.add_argument("site", help="short name of the site")
        parser.add_argument("--banner", choices=("on", "off"), help="whether pages with consent.js ask")
        parser.add_argument(
            "--signals",
            choices=("anonymous", "nothing"),
            help="count browsers that ask for privacy without an id, or not at all",
        )

    def run(self, options: argparse.Namespace) -> Exit:
        """Set what was given."""
        from zoco.sites import services
        from zoco.sites.models import Site

        if not options.banner and not options.signals:
            raise CommandFailed(
                "Say what to set: --banner on|off or --signals anonymous|nothing.", Exit.USAGE
            )
        site = Site.objects.get(pk=sitebook.site(options.site).id)
        services.site_consent_set(
            site=site,
            has_banner=options.banner == "on" if options.banner else site.has_banner,
            privacy_signals=options.signals or site.privacy_signals,
        )
        return Exit.OK
