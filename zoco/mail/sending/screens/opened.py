"""What figures of letters and of journeys open to."""

from __future__ import annotations

from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import COUNTED, Explained, Pairs

WILSON = "E. B. Wilson, J. Amer. Stat. Assoc. 22 (1927) 209–212"
NEWCOMBE = "R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10"


def letters(data: Pairs) -> Explained:
    """Return what a report of letters opens to."""
    return Explained(
        _(
            "Letters count once, whatever they were opened or clicked; looks of programs are left out. "
            "What somebody did afterwards counts for the last letter in which he followed a link within "
            "the days chosen."
        ),
        [
            (_("Delivered"), _("sent − came back, or what the provider tells")),
            (_("Opened by people"), _("letters opened by people, or with a link followed ÷ delivered")),
            (_("Followed a link"), _("letters in which people followed a link ÷ delivered")),
            (_("Between (95 %)"), "(p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1.96"),
        ],
        WILSON,
        data,
        _(
            "Counts are full. Bounds of shares would hold the true one about 95 times of 100, if readers "
            "are independent of each other. Who reads without pictures is not seen to open; mail programs "
            "that open by themselves are told apart as far as they can be."
        ),
    )


def effect(data: Pairs) -> Explained:
    """Return what the effect of a journey opens to."""
    return Explained(
        _(
            "Of those who came in, by chance some are held out and get nothing; the effect is how many "
            "more of the others reach the goal within 30 days."
        ),
        [
            (_("Effect"), "d = p − p₀"),
            (_("Between (95 %)"), "d − √((p − l)² + (u₀ − p₀)²) … d + √((u − p)² + (p₀ − l₀)²)"),
        ],
        f"{NEWCOMBE}; {WILSON}",
        data,
        _(
            "An interval of 95%, of one look: who looks every day until it leaves out 0 is wrong more "
            "often. Who came in within the last 30 days may reach the goal still."
        ),
    )


def growth(name: str, days: int) -> Explained:
    """Return what the growth of a list opens to."""
    return Explained(
        _(
            "Who is on the list at the end of each day or week, and who joined and left in it: of a topic "
            "by what people agreed to and took back, of an audience by who entered and left."
        ),
        [(_("Size"), _("size before + joined − left"))],
        str(COUNTED),
        [
            (_("List"), name),
            (_("Days"), formats.count(days)),
            (_("Time zone"), str(moments.zone())),
        ],
        _("None from sampling: everybody was counted. Of whoever was erased only the number is known."),
    )


def growth_drawings(picture: SafeString | None, name: str, opens: Explained) -> list[Drawing]:
    """Return the picture of a list's sizes, where there is one."""
    if not picture:
        return []
    return [Drawing("sizes", _("Size of %(name)s") % {"name": name}, "", partial(stood.one, picture), opens)]
