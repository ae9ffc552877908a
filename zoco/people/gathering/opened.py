"""What the number of people in an audience, and its sizes over time, open to."""

from __future__ import annotations

from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import moments
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import COUNTED, Explained
from zoco.people.audiences.models import Audience


def audience(found: Audience, words: str) -> Explained:
    """Return what the figures of an audience open to."""
    return Explained(
        _(
            "How many known people the rules find, or were put in by hand, each once; the curve has the "
            "size at the end of each day."
        ),
        [
            (_("Size"), "|A|"),
            (_("Entered"), "|A(t) \\ A(t − 1)|"),
            (_("Left"), "|A(t − 1) \\ A(t)|"),
        ],
        str(COUNTED),
        [
            (_("Rules"), words or _("put in by hand")),
            (_("As of"), moments.said(found.counted_at)),
            (_("Time zone"), str(moments.zone())),
        ],
        _(
            "None from sampling: everybody who is known was looked at. Between two counts somebody may "
            "have come or gone; of whoever was erased only the number is known."
        ),
    )


def drawings(picture: SafeString | None, name: str, opens: Explained) -> list[Drawing]:
    """Return the picture of sizes, where there are any."""
    if not picture:
        return []
    return [Drawing("sizes", _("Size of %(name)s") % {"name": name}, "", partial(stood.one, picture), opens)]
