"""Links of a batch: kept once, and led through us. Where a link leads is read from our own table only.

An address that is different for each reader is left as it is, and is not counted: what we would have to lead
to then would come out of the letter, and anybody could write there what he likes.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from zoco.campaigns.tags import tagged
from zoco.consent.public.tokens import Links
from zoco.kit.hosts import is_own, plain_host
from zoco.kit.said import Said
from zoco.mail.counting.conf import COUNT_CLICKS, COUNT_OPENS
from zoco.mail.counting.models import ADDRESS_LONGEST, LetterLink
from zoco.mail.counting.tokens import Tokens
from zoco.people.models import Person

TRAP = 0
"""The number of the link that no person sees."""
PLACE = "{{ links.token }}"
"""What stands in a compiled letter for the token of each message."""
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?")
_WRITTEN = re.compile(r"\{\{|\{%|\{#")
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;overflow:hidden"


def home() -> str:
    """Return the address of this installation, without a slash at its end."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def letter_links(ways: Links, tokens: Tokens, *, person: Person, topic: str, message: UUID) -> dict[str, str]:
    """Return the links of one reader's letter: ways out, itself in the browser, and what counts them."""
    return {
        "token": tokens.counted,
        "unsubscribe": ways.unsubscribe(person=person, topic=topic, message=str(message)),
        "preferences": ways.preferences(person=person, message=str(message)),
        "online": f"{home()}/m/{tokens.online}/online",
    }


class LinksChanged(Said, ValueError):
    """Links of a batch lead elsewhere than before; the message says which."""


class LinkMeant(NamedTuple):
    """One link of a batch."""

    batch: int
    language: str
    number: int


@dataclass(slots=True)
class Rewriter:
    """Gives links of one language of a batch other addresses; `compiled()` calls it, then call `keep()`.

    `home` is the address of this installation, `https://` and host. `tags` (source, medium, campaign …) are
    put on links to `hostnames`, with or without www; those that a link has already stay.
    """

    batch: int
    language: str
    home: str
    tags: dict[str, str] = field(default_factory=dict)
    hostnames: tuple[str, ...] = ()
    leads: dict[int, str] = field(default_factory=dict, init=False)
    bare: dict[int, str] = field(default_factory=dict, init=False)
    """Where the links led as they were written, without tags."""

    def __call__(self, address: str, place: int) -> str:
        """Return what stands in the letter for an address at a place, counted from 0."""
        if _WRITTEN.search(address):
            return address
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return address
        bare = address
        if self.tags and is_own(plain_host(parts.netloc), self.hostnames):
            address = tagged(address, self.tags) if "utm_" not in parts.query else address
        if not COUNT_CLICKS() or len(address) > ADDRESS_LONGEST:
            return address
        number = place + 1
        self.leads[number], self.bare[number] = address, bare
        return f"{self.home}/m/{PLACE}/{self.language}/{number}"

    def keep(self) -> None:
        """Write down where the links lead; as often as you like. Raises LinksChanged.

        Hostnames of the site that came or went since only change tags: links lead where they led at first.
        """
        pairs = {number: {to, tagged(to, self.tags)} for number, to in self.bare.items() if self.tags}
        alike = {number: pair for number, pair in pairs.items() if self.leads[number] in pair}
        links_keep(batch=self.batch, language=self.language, leads=self.leads, alike=alike)

    def foot(self) -> str:
        """Return what stands at the end of the HTML: the link that no person sees, and the image."""
        found = ""
        if COUNT_CLICKS() and self.leads:
            trap = f"{self.home}/m/{PLACE}/{self.language}/{TRAP}"
            hidden = f'<a href="{trap}" tabindex="-1" rel="nofollow">&#8203;</a>'
            found += f'<div style="{_HIDDEN}" aria-hidden="true">{hidden}</div>'
        if COUNT_OPENS():
            found += f'<img src="{self.home}/m/{PLACE}.gif" width="1" height="1" alt="">'
        return found


def rewriter(
    *,
    batch: int,
    language: str,
    home: str,
    tags: dict[str, str] | None = None,
    hostnames: Sequence[str] = (),
) -> Rewriter:
    """Return what rewrites the links of one language of a batch. Raises ValueError for no language's code."""
    if not LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is no code of a language.")
    return Rewriter(batch, language, home.rstrip("/"), tags or {}, tuple(hostnames))


def links_keep(
    *, batch: int, language: str, leads: dict[int, str], alike: Mapping[int, Set[str]] | None = None
) -> None:
    """Keep where links of a batch lead. Several processes may do so at once. Raises LinksChanged.

    `alike` are addresses of a link that may stand for one another. Where clicks are counted no more, what
    was kept stays for the letters that left.
    """
    rows = [LetterLink(batch=batch, language=language, number=n, address=to) for n, to in leads.items()]
    LetterLink.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    kept = LetterLink.objects.filter(batch=batch, language=language).values_list("number", "address")
    held, same = dict(kept), alike or {}
    changed = any(held[number] not in {to, *same.get(number, ())} for number, to in leads.items())
    if changed or (leads and len(held) != len(leads)):
        words = gettext_noop(
            "Links of this letter were changed after its sending began; send what is left as a letter of "
            "its own."
        )
        raise LinksChanged(words)


@lru_cache(maxsize=20_000)
def leads_to(link: LinkMeant) -> str:
    """Return where a link leads. Kept in the process, as it never changes. Raises LetterLink.DoesNotExist."""
    found: str = LetterLink.objects.values_list("address", flat=True).get(
        batch=link.batch, language=link.language, number=link.number
    )
    return found
