"""Letters as whoever sends, shows or checks them gets them."""

from collections.abc import Mapping
from typing import Any

from zoco.consent.models import Topic
from zoco.mail.editing.models import Edition, Letter, Written
from zoco.mail.letters.drafts import Draft, Look
from zoco.sites.models import Site


def letter_drafts(letter: Letter) -> list[Draft]:
    """Return a letter in its languages, the first one first."""
    base = letter_base(letter)
    look = look_read(letter.look)
    editions = Edition.objects.filter(letter=letter).order_by("pk")
    return [draft_of(each, look=look, base=base) for each in editions]


def draft_of(written: Written, *, look: Look, base: str) -> Draft:
    """Return what is kept as what letters are made of."""
    return Draft(
        subject=written.subject,
        language=written.language,
        preview=written.preview,
        kind=written.kind,  # type: ignore[arg-type]
        blocks=written.blocks,
        source=written.source,
        look=look,
        base=base,
    )


def letter_base(letter: Letter) -> str:
    """Return what stands before addresses without a host, empty where no site is chosen."""
    if letter.site is None:
        return ""
    name = letter.site.hostnames.order_by("pk").values_list("name", flat=True).first()
    return f"https://{name}" if name else ""


def look_read(kept: Mapping[str, Any]) -> Look:
    """Return colours that are kept; what is not kept is the usual. Raises LetterWrong."""
    names = ("accent", "ground", "sheet", "ink", "font")
    return Look(**{name: str(kept[name]) for name in names if kept.get(name)})


def topic_usual() -> str:
    """Return the key of the only topic of advertising, "" if there are several or none."""
    keys = list(Topic.objects.order_by("id").values_list("key", flat=True)[:2])
    return keys[0] if len(keys) == 1 else ""


def topic_said(key: str) -> str:
    """Return what a topic is called in the reader's language; one that is gone is called by its key."""
    found = Topic.objects.filter(key=key).first() if key else None
    return str(found.said("label")) if found else key


def site_usual() -> Site | None:
    """Return the site of whoever has one alone: addresses without a host lead there."""
    found = list(Site.objects.filter(is_demo=False).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None
