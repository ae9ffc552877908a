"""Hosts that are sent as referrers by those who never linked to anybody."""

from pathlib import Path

from zoco.kit.lists import rows

SPAMMERS = frozenset(host for (host,) in rows(Path(__file__).with_name("spam.tsv"), 1))


def spammer_of(host: str) -> str:
    """Return the listed host that this one is or lies below; "" for none."""
    while host:
        if host in SPAMMERS:
            return host
        host = host.partition(".")[2]
    return ""
