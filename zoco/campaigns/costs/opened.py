"""What spending beside its outcome, and plans with their forecasts, open to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zoco.ledger.pictures.explained import Explained
from zoco.ledger.sitebook import SiteInfo

FORECAST = (
    "G. E. P. Box, G. M. Jenkins, Time Series Analysis (1970), section 3.2; F. E. Satterthwaite, Biometrics "
    "Bulletin 2 (1946) 110–114"
)


def spending(site: SiteInfo) -> Explained:
    """Return what costs against budget open to."""
    return Explained(
        definition=_(
            "Spent is what is written down of a campaign, without VAT. Visitors, conversions and revenue are "
            "of visits that bear its code, in its own days up to today; conversions are those of its goal "
            "where it has one, else of all goals that count. Revenue is what is left after refunds."
        ),
        formula=[
            (_("Of the budget"), _("spent on the campaign's days ÷ budget")),
            (_("Cost per conversion"), _("spent ÷ conversions")),
            (_("Return on ad spend"), _("revenue ÷ spent")),
        ],
        source=_("Counting and adding up; foreign amounts by the exchange rate in force on their day."),
        data=[
            (_("Costs"), _("typed here or read from files; what was stated before is kept beside it")),
            (_("Currency"), site.currency),
            (_("Time zone"), site.zone),
        ],
        uncertainty=_(
            "None from sampling. Whoever sells ads states recent days anew for weeks; import them again. "
            "Visits whose code was lost on the way are missing here. Whether people had come anyway no such "
            "figure says: only a trial, a holdout or a test in regions does."
        ),
    )


def plans(site: SiteInfo) -> Explained:
    """Return what plans, their pace and their forecasts open to."""
    return Explained(
        definition=_(
            "A plan is what is to be spent, and what is to come of it, in some days; actual is what was so "
            "far. The forecast is where it leads in the end if it goes on as it did."
        ),
        formula=[
            (
                _("Forecast"),
                _("what was so far + for each day to come its weekday's mean, leaning on the day before"),
            ),
        ],
        source=FORECAST,
        data=[
            (_("Of costs"), _("the plan's days with known costs, at least 14")),
            (_("Currency"), site.currency),
            (_("Time zone"), site.zone),
        ],
        uncertainty=_(
            "The interval is meant to hold nine times in ten; it held the true sum in 85 to 95 of 100 "
            "simulated campaigns. It knows nothing of budgets that are changed on the way."
        ),
    )
