"""Settings of the sites."""

import ipaddress
import re
from hashlib import blake2b
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


JOIN_LOGINS = conf.declare(
    "JOIN_LOGINS",
    False,
    conf.flag,
    "Join whoever consented to the person of the Django user as whom he logs in on a counted site. The "
    "person's number is the user's key. Staff is never joined.",
)


_WORD = re.compile(r"(?=.*\d)[a-z0-9-]{6,40}")


def tracker_word(text: str) -> str:
    """Read the word under which the tracker is served. Raises ValueError."""
    if text and not _WORD.fullmatch(text):
        raise ValueError("write 6 to 40 of a-z, 0-9 and -, at least one of them a digit")
    return text


TRACKER_PATH = conf.declare(
    "TRACKER_PATH",
    "",
    tracker_word,
    "A word under which the tracker is served: /WORD.js, its facts go to /WORD. Lists of blockers do not "
    "know it. Empty: each site has a random word of its own, which is served in any case.",
)


def tracker_words(key_name: str) -> tuple[str, ...]:
    """Return under which words a site's tracker is served, the one to tell first.

    A site's own word never changes: it comes from what names the site's keys, which backups hold.
    """
    own = blake2b(key_name.encode(), person=b"zoco-tracker", digest_size=5).hexdigest()
    given = tracker_word(TRACKER_PATH())
    # One that is all letters would break the rule of words.
    return tuple(dict.fromkeys(word for word in (given, f"{own}7") if word))


def published_path() -> Path:
    """Return the file in which sites are published."""
    return conf.DATA() / "sites.json"


def keys_path() -> Path:
    """Return the folder of the sites' keys and salts; it is in no backup."""
    return conf.DATA() / "keys" / "sites"


def split(text: str) -> list[str]:
    """Read a list parted by commas or spaces."""
    return conf.names(text)
