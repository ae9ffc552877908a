"""Settings of the sites."""

import ipaddress
from pathlib import Path

from zoco.kit import conf


def networks(text: str) -> list[str]:
    """Read networks parted by commas or spaces. Raises ValueError for what is none."""
    found = conf.names(text)
    for each in found:
        ipaddress.ip_network(each, strict=False)
    return found


TRUSTED_PROXIES: conf.Setting[list[str]] = conf.declare(
    "TRUSTED_PROXIES", [], networks, "Networks (CIDR) whose X-Forwarded-For header is believed."
)
EVIDENCE_DAYS = conf.declare(
    "EVIDENCE_DAYS",
    180,
    int,
    "How many days full user agents and referrers are kept beside the facts; 0 keeps them for ever.",
)


def published_path() -> Path:
    """Return the file in which sites are published."""
    return conf.DATA() / "sites.json"


def keys_path() -> Path:
    """Return the folder of the sites' keys and salts; it is in no backup."""
    return conf.DATA() / "keys" / "sites"


def split(text: str) -> list[str]:
    """Read a list parted by commas or spaces."""
    return conf.names(text)
