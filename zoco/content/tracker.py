"""Whether the visits of a page are counted here: then it carries the tracker's line."""

from zoco.kit.hosts import plain_host
from zoco.ledger import sitebook


def is_counted(host: str) -> bool:
    """Return whether a counted site has this host name; a simulated one counts nobody."""
    name = plain_host(host)
    return any(name in site.hostnames for site in sitebook.sites() if not site.is_demo)
