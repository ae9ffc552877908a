"""Whose visits a page counts: then it carries the tracker of that site."""

from zoco.kit.hosts import plain_host
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.sites import reads


def counted_site(host: str) -> SiteInfo | None:
    """Return the site that counts the visits of this host; a simulated one counts nobody."""
    name = plain_host(host)
    with sitebook.everything():  # a page counts whoever looks at it
        known = (site for site in sitebook.sites() if not site.is_demo and name in site.hostnames)
        return next(known, None)


def asks_consent(host: str) -> bool:
    """Say whether pages of this host ask for consent: then they carry the banner, and a way back to it."""
    site = reads.site_with_host(host)
    return site is not None and site.has_banner
