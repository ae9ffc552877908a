"""Any other table: what it calls its columns is guessed, and everything can be said on the form."""

from typing import ClassVar

from django.utils.translation import pgettext_lazy

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings


@FORMATS.plug
class Generic(CostFormat):
    """Any table with a day, a campaign and an amount."""

    key = "generic"
    label = pgettext_lazy("format of costs", "Another table")
    documented: ClassVar[Headings] = {
        "on": ("date", "day", "fecha", "día", "дата", "день", "日期"),
        "campaign": (
            "campaign code", "utm_campaign", "campaign", "campaign name", "campaña", "кампания", "广告系列",
        ),
        "creative": ("creative", "utm_content", "content", "ad", "anuncio", "объявление", "广告"),
        "amount": (
            "amount", "cost", "spend", "amount spent", "costo", "coste", "importe", "расход", "сумма", "费用",
        ),
        "impressions": ("impressions", "impresiones", "показы", "展示次数"),
        "clicks": ("clicks", "clics", "клики", "点击次数"),
        "currency": ("currency", "currency code", "moneda", "divisa", "валюта", "货币"),
        "account": ("account", "cuenta", "аккаунт", "账号"),
        "source": ("source", "utm_source", "network", "fuente", "источник", "来源"),
        "medium": ("medium", "utm_medium", "medio", "канал", "媒介"),
    }  # fmt: skip
