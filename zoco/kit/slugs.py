"""Short names out of names in any script: Моя лавка 🛒 gives moya-lavka."""

import secrets
import unicodedata

from anyascii import anyascii
from django.utils.text import slugify


def slug_of(name: str, *, longest: int = 50) -> str:
    """Return a short name of letters, digits and hyphens; one by chance where nothing can be said.

    Signs and pictures are left out as long as letters stay without them.
    """
    letters = "".join(" " if unicodedata.category(each)[0] in "SC" else each for each in name)
    for text in (letters, name):
        # A hyphen is what ends a word here; pictures have names with underscores and colons.
        slug = slugify(anyascii(text).replace("_", "-").replace(":", " ")).strip("-_")
        if slug:
            return slug[:longest].strip("-_")
    return secrets.token_hex(4)
