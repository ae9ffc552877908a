"""Google Ads: a report or table by day, downloaded as CSV (UTF-16 with tabs in older accounts) or a workbook.

No page of Google lists the headings of downloads; all are inferred from files that other programs read, whose
first lines are a title and a span of days, and whose last ones begin with "Total:". Headings in Spanish,
Russian and Chinese are those of the interface.
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class GoogleAds(CostFormat):
    """Google Ads."""

    key = "google-ads"
    label = _("Google Ads")
    source, medium, days = "google", "cpc", "mdy"
    inferred: ClassVar[Headings] = {
        "on": ("day", "día", "день", "天", "日期"),
        "campaign": ("campaign", "campaign name", "campaña", "кампания", "广告系列"),
        "creative": ("ad name", "ad id", "ad group", "grupo de anuncios", "группа объявлений", "广告组"),
        "amount": ("cost", "coste", "costo", "стоимость", "расходы", "费用"),
        "impressions": ("impr.", "impressions", "impr", "показы", "展示次数", "展示"),
        "clicks": ("clicks", "clics", "клики", "点击次数"),
        "currency": (
            "currency code", "currency", "código de moneda", "código de divisa", "код валюты", "货币代码",
        ),
        "account": ("account name", "account", "customer id", "cuenta", "аккаунт", "账号"),
    }  # fmt: skip
    telling = (
        frozenset({"campaign", "cost", "impr."}),
        frozenset({"day", "campaign", "currency code", "cost"}),
        frozenset({"campaña", "coste", "impr."}),
        frozenset({"campaña", "costo", "impr."}),
        frozenset({"день", "кампания", "код валюты", "стоимость"}),
        frozenset({"广告系列", "货币代码", "费用"}),
    )
