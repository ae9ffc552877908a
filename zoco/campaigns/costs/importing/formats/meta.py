"""Meta (Facebook, Instagram): a table or report of the Ads Manager, broken down by day, as CSV or a workbook.

No page of Meta lists the headings of exports; all are inferred from files that other programs read. Without
the breakdown by day there are only "Reporting starts" and "Reporting ends": such a row counts if both are the
same day. The sums stand in a row without campaign and day.
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class Meta(CostFormat):
    """Meta Ads (Facebook, Instagram)."""

    key = "meta"
    label = _("Meta Ads")
    source, medium = "facebook", "paid_social"
    inferred: ClassVar[Headings] = {
        "on": ("day", "día", "день", "reporting starts", "inicio del informe", "дата начала отчетности"),
        "until": ("reporting ends", "fin del informe", "дата окончания отчетности"),
        "campaign": ("campaign name", "nombre de la campaña", "название кампании", "广告系列名称"),
        "creative": ("ad name", "nombre del anuncio", "название объявления", "ad set name", "广告名称"),
        "amount": ("amount spent", "importe gastado", "сумма затрат", "потраченная сумма", "花费金额"),
        "impressions": ("impressions", "impresiones", "показы", "展示次数"),
        "clicks": ("link clicks", "clics en el enlace", "клики по ссылке", "clicks (all)", "链接点击量"),
        "currency": ("currency", "divisa", "moneda", "валюта"),
        "account": ("account name", "account id", "nombre de la cuenta"),
    }
    telling = (
        frozenset({"campaign name", "amount spent"}),
        frozenset({"amount spent", "reporting starts", "reporting ends"}),
        frozenset({"nombre de la campaña", "importe gastado"}),
        frozenset({"название кампании", "сумма затрат"}),
        frozenset({"название кампании", "потраченная сумма"}),
        frozenset({"广告系列名称", "花费金额"}),
    )
    spans = {
        "reporting starts": "reporting ends",
        "inicio del informe": "fin del informe",
        "дата начала отчетности": "дата окончания отчетности",
    }
