"""The line that people put into the pages of their site."""

from django.http import HttpRequest
from django.utils.html import escape

from zoco.ledger import sitebook
from zoco.ledger.sitebook import PLAIN_TRACKER, SiteInfo


def tracker_line(request: HttpRequest, site: SiteInfo | None = None) -> str:
    """Return the line, not escaped, with the whole address: it works on pages of any host.

    It is that of the site, or of the first that is no demo.
    """
    known = [site] if site else [each for each in sitebook.sites() if not each.is_demo]
    path = known[0].tracker if known else PLAIN_TRACKER
    return f'<script defer src="{escape(request.build_absolute_uri(path))}"></script>'
