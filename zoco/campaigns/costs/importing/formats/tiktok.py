"""TikTok: a report of the Ads Manager by day, as CSV or a workbook.

No page of TikTok lists the headings of exports; all are inferred from files that other programs read. The
sums stand in a last row that begins with "Total".
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class TikTok(CostFormat):
    """TikTok Ads."""

    key = "tiktok"
    label = _("TikTok Ads")
    source, medium = "tiktok", "paid_social"
    inferred: ClassVar[Headings] = {
        "on": ("by day", "date", "stat_time_day"),
        "campaign": ("campaign name", "campaign_name"),
        "creative": ("ad name", "ad_name", "ad group name", "adgroup_name"),
        "amount": ("cost", "total cost", "spend"),
        "impressions": ("impressions", "impression"),
        "clicks": ("clicks (destination)", "clicks", "clicks (all)"),
        "currency": ("currency",),
        "account": ("account name", "advertiser_id"),
    }
    telling = (
        frozenset({"campaign name", "cost", "clicks (destination)"}),
        frozenset({"by day", "campaign name", "cost"}),
        frozenset({"by day", "campaign name", "spend"}),
        frozenset({"stat_time_day", "campaign_name", "spend"}),
    )
