"""Yandex Direct: a report of the API as TSV, or the statistics of the web interface as CSV or a workbook.

Documented are the names of the API's fields and the shape of its report: a line with name and days, the
headings, the rows, and "Total rows: N" (yandex.com/dev/direct/doc/en/report-format). Amounts are in micros
unless returnMoneyInMicros was false: export them in units. Inferred are the Russian headings of the web
interface. Amounts are with VAT where the report was asked for so (IncludeVAT).
"""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, Headings

SPENT = (
    "расход, ₽", "расход (руб.)", "расход, руб.", "расход всего, руб.", "расход с ндс, ₽",
    "расход с ндс (руб.)", "расход",
)  # fmt: skip


@FORMATS.plug
class YandexDirect(CostFormat):
    """Yandex Direct."""

    key = "yandex-direct"
    label = _("Yandex Direct")
    source, medium = "yandex", "cpc"
    documented: ClassVar[Headings] = {
        "on": ("date",),
        "campaign": ("campaignname", "campaignid"),
        "creative": ("adid", "adgroupname", "adgroupid"),
        "amount": ("cost",),
        "impressions": ("impressions",),
        "clicks": ("clicks",),
        "account": ("clientlogin",),
    }
    inferred: ClassVar[Headings] = {
        "on": ("дата", "день"),
        "campaign": ("кампания", "название кампании", "№ кампании"),
        "creative": ("№ объявления", "объявление", "группа", "название группы"),
        "amount": SPENT,
        "impressions": ("показы",),
        "clicks": ("клики",),
        "currency": ("валюта",),
        "account": ("логин", "клиент"),
    }  # fmt: skip
    telling = (
        frozenset({"date", "campaignname", "cost"}),
        frozenset({"date", "campaignid", "cost"}),
        *(frozenset({on, "кампания", amount}) for on in ("дата", "день") for amount in SPENT),
    )
