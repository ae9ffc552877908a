"""LinkedIn: a performance report of the Campaign Manager by day, as CSV (UTF-16 with tabs) or a workbook.

No page of LinkedIn lists the headings of exports; all are inferred from files that other programs read, with
some lines before them. Days are those of UTC and written as in America, and money bears a sign.
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class LinkedIn(CostFormat):
    """LinkedIn Ads."""

    key = "linkedin"
    label = _("LinkedIn Ads")
    source, medium, days = "linkedin", "paid_social", "mdy"
    inferred: ClassVar[Headings] = {
        "on": ("start date (in utc)", "start date"),
        "campaign": ("campaign name", "campaign group name"),
        "creative": ("creative name", "ad name", "ad headline", "ad id"),
        "amount": ("total spent", "amount spent"),
        "impressions": ("impressions",),
        "clicks": ("clicks",),
        "currency": ("currency",),
        "account": ("account name",),
    }
    telling = (
        frozenset({"start date (in utc)", "campaign name", "total spent"}),
        frozenset({"campaign name", "account name", "total spent"}),
    )
