"""What a place for files answers: English where it is kept, in the reader's language on screens."""

import re
from functools import cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zoco.sites.runs import ENDED, UNANSWERED

AWAY = _("The folder %(folder)s is not there; mount it or make it.")
OTHER = _(
    "The folder %(folder)s is not the one with the exported files: %(mark)s is not in it. Mount its disk; if "
    "you moved the files yourself, make an empty file of that name."
)
UNUSABLE = _("%(folder)s cannot be used: %(why)s.")
NO_EXTRA = _("S3 needs the extra s3; install it: pip install 'zoco[s3]'.")
REFUSED = _("The bucket %(bucket)s answers %(code)s; see to its keys and rights.")
UNREACHED = _(
    "The bucket %(bucket)s cannot be reached (%(error)s); see to its address, its keys and the network."
)
BROKEN = _("The exported file %(file)s cannot be read (%(error)s); export its day again.")
SENTENCES = (AWAY, OTHER, UNUSABLE, NO_EXTRA, REFUSED, UNREACHED, BROKEN, ENDED, UNANSWERED)


def said_here(kept: str) -> str:
    """Return a sentence that was kept in the language in force; what is none of ours as it is."""
    for words, shape in _shapes():
        if found := shape.fullmatch(kept):
            places = found.groupdict()
            return gettext(words) % places if places else gettext(words)
    return kept


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    place = re.compile(r"%\\?\(([a-z]+)\\?\)s")
    return tuple(
        (words, re.compile(place.sub(r"(?P<\1>.+)", re.escape(words).replace("%\\(", "%(")), re.DOTALL))
        for words in SENTENCES
    )
