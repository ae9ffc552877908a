"""Settings of the sites."""

from pathlib import Path

from zoco.kit import conf

TRUSTED_PROXIES: conf.Setting[list[str]] = conf.declare(
    "TRUSTED_PROXIES", [], conf.names, "Networks (CIDR) whose X-Forwarded-For header is believed."
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
