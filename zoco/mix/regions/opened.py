"""What plans and measurements in regions open to, and the picture of a measurement as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from zoco.ledger.pictures.alone import stood
from zoco.ledger.pictures.alone.pages import Drawing
from zoco.ledger.pictures.explained import Explained, Pairs
from zoco.mix.models import RegionalTest

SYNTHETIC = (
    "A. Abadie, A. Diamond, J. Hainmueller, J. Amer. Stat. Assoc. 105 (2010) 493–505; V. Chernozhukov, "
    "K. Wüthrich, Y. Zhu, J. Amer. Stat. Assoc. 116 (2021) 1849–1864"
)
PLANS = "A. Abadie, J. Zhao, Synthetic Controls for Experimental Design, arXiv:2108.02196 (2021), section 4"
Shown = Mapping[str, Any]


def opened(test: RegionalTest, shown: Shown, about: str, zone: str) -> dict[str, Explained]:
    """Return what a plan or a measurement opens to; nothing where it has no result."""
    data = [
        (_("Period"), about),
        (_("Country"), test.country),
        (_("Outcomes"), _("By region and whole week, as the report on outcomes by region counts them.")),
        (_("Time zone"), zone),
        *((_("Left out"), each) for each in shown["notes"]),
    ]
    found = {}
    if "plan" in shown:
        found["plan"] = _plan(data)
    if "lift" in shown:
        found["lift"] = _lift(data)
    return found


def _plan(data: Pairs) -> Explained:
    return Explained(
        _(
            "How small an effect a test in these regions would find, had it been run in windows of their "
            "own past."
        ),
        [
            (_("Power"), _("windows in which it was found, with the effect put in ÷ windows")),
            (
                _("False alarms"),
                _("windows in which something was found, with nothing put in ÷ windows"),
            ),
            (_("Least effect found 4 times of 5"), _("the least effect with a power of 80%")),
        ],
        f"{PLANS}; {SYNTHETIC}",
        data,
        _(
            "Up to 20 windows that overlap: each share is known to about a tenth. The future may be less "
            "like the past."
        ),
    )


def _lift(data: Pairs) -> Explained:
    return Explained(
        _(
            "What the treated regions together had in the weeks of the test, less what the mixture of "
            "other regions that was nearest to them before lets expect."
        ),
        [
            (_("Effect"), "Σₜ (Yₜ − Σⱼ wⱼ Yⱼₜ), wⱼ ≥ 0, Σⱼ wⱼ = 1"),
            (_("Lift"), _("effect ÷ what was expected")),
            (_("Differences in differences"), _("change of the treated − mean change of the others")),
        ],
        SYNTHETIC,
        data,
        _(
            "Bounds and p come from cyclic shifts of what is left over, and are made to hold in 90 of "
            "100 cases. Measured: in simulated regions that wander apart they held the true effect in "
            "86 of 100 worlds."
        ),
    )


def drawings(shown: Shown, opens: Mapping[str, Explained], about: str) -> list[Drawing]:
    """Return the picture of a measurement, if it is one."""
    if "lift" not in opens:
        return []
    title = _("What the treated regions did, and what the others let expect")
    return [Drawing("lift", title, about, partial(stood.one, shown["picture"].wide), opens["lift"])]
