"""Why a mailbox could not be read, kept as a sentence and its places, and said in the reader's language."""

import json

from django.utils.translation import gettext as _

from zoco.kit.masks import plain_text
from zoco.kit.said import Said

LONGEST = 300


def kept(failed: Said) -> str:
    """Return what is kept of a failure; a place that is too long is cut."""
    places = {name: plain_text(str(value)) for name, value in failed.places.items()}
    while len(found := json.dumps([failed.words, places], ensure_ascii=False)) > LONGEST and any(
        places.values()
    ):
        name = max(places, key=lambda each: len(places[each]))
        places[name] = places[name][: max(len(places[name]) - (len(found) - LONGEST), 0)]
    return found


def said(failure: str) -> str:
    """Say a failure that is kept; what was kept as finished words before is said as it is."""
    try:
        words, places = json.loads(failure)
    except ValueError:
        return failure
    return str(_(words) % places)
