"""Microsoft Advertising: a performance report by day, as CSV or a workbook.

Documented are the names of columns of the reporting API (CampaignPerformanceReportColumn,
learn.microsoft.com/advertising/reporting-service). Inferred are the headings of downloads from the web
interface, with a few lines before them and a line of copyright behind.
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class Microsoft(CostFormat):
    """Microsoft Advertising."""

    key = "microsoft"
    label = _("Microsoft Advertising")
    source, medium, days = "bing", "cpc", "mdy"
    documented: ClassVar[Headings] = {
        "on": ("timeperiod",),
        "campaign": ("campaignname",),
        "creative": ("adtitle", "adid", "adgroupname"),
        "amount": ("spend",),
        "impressions": ("impressions",),
        "clicks": ("clicks",),
        "currency": ("currencycode",),
        "account": ("accountname", "accountnumber"),
    }
    inferred: ClassVar[Headings] = {
        "on": ("gregorian date", "day", "date"),
        "campaign": ("campaign name", "campaign"),
        "creative": ("ad title", "ad id", "ad group", "ad group name"),
        "currency": ("currency code", "currency"),
        "account": ("account name", "account"),
    }
    telling = (
        frozenset({"timeperiod", "campaignname", "spend"}),
        frozenset({"campaign", "spend", "impressions"}),
        frozenset({"campaign name", "spend", "currency code"}),
        frozenset({"gregorian date", "spend"}),
    )
