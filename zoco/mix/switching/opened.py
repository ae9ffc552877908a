"""What a plan of switching and its result open to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.ledger.sitebook import SiteInfo

SOURCE = (
    "R. A. Fisher, The Design of Experiments (1935), section 21; I. Bojinov, D. Simchi-Levi, J. Zhao, "
    "Management Science 69 (2023) 3759–3777"
)


def data(site: SiteInfo, span: str, outcome: str, given: Mapping[str, Any]) -> Pairs:
    """Return what a page stands on; `outcome` is named as the form names it."""
    return [
        (_("Period"), span),
        (_("What is measured"), outcome),
        (_("Outcomes"), _("By day, as the report on traffic counts them.")),
        (_("Weeks of the past to look at"), formats.count(given["past"])),
        (_("Days left out at the start of each block"), formats.count(given["left_out"])),
        (_("Number of the draw"), str(given["draw"])),
        (_("Time zone"), site.zone),
    ]


def plan(about: Pairs) -> Explained:
    """Return what a plan opens to."""
    return Explained(
        _("How small an effect such a test would find, had it been run in windows of the site's own past."),
        [
            (_("Power"), _("windows in which it was found, with the effect put in ÷ windows")),
            (_("False alarms"), _("windows in which something was found, with nothing put in ÷ windows")),
            (_("Least return found"), _("least effect found × what usually comes ÷ money not spent")),
        ],
        SOURCE,
        about,
        " ".join(
            [
                _(
                    "Up to 20 windows that overlap, with ten draws of coins in each: each share is known to "
                    "about a tenth. The future may be less like the past."
                ),
                _(
                    "With more than 13 pairs a fixed sample of the ways in which the coins might have fallen "
                    "tells what is found, and all of them are counted only where it is close."
                ),
            ]
        ),
    )


def result(about: Pairs) -> Explained:
    """Return what a result opens to."""
    return Explained(
        _("What came in blocks in which the channel was on, less what came in those in which it was off."),
        [
            (_("Effect"), "Σᵢ dᵢ, dᵢ = Yᵢ₁ − Yᵢ₀"),
            ("p", "#{s : |Σᵢ sᵢ dᵢ| ≥ |Σᵢ dᵢ|} ÷ 2ⁿ, sᵢ = ±1"),
        ],
        SOURCE,
        about,
        _(
            "The coins of the calendar alone make it right: no trend or season can lean to one side. Bounds "
            "are those effects, the same in each pair, that the coins do not refuse. What the channel does "
            "for longer than the days left out is not in it, so that the effect is rather too small."
        ),
    )
