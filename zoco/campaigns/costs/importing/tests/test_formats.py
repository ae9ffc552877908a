"""Files as each program writes them: recognised by their headings, read to the cent, sums left out."""

from datetime import date
from decimal import Decimal

import pytest

from zoco.campaigns.costs.importing.formats.base import FORMATS
from zoco.campaigns.costs.importing.tests.made import imported, site_made
from zoco.campaigns.costs.models import Cost

pytestmark = pytest.mark.django_db

GOOGLE = (
    "Campaign report\n"
    '"March 1, 2026 - March 31, 2026"\n'
    "Day\tCampaign\tDevice\tCurrency code\tCost\tImpr.\tClicks\n"
    "2026-03-28\tSpring sale\tMobile phones\tEUR\t1,234.50\t12,000\t100\n"
    "2026-03-28\tSpring sale\tComputers\tEUR\t0.50\t 10\t --\n"
    "Total: Campaigns\t --\t --\tEUR\t1,235.00\t12,010\t100\n"
).encode("utf-16")
GOOGLE_ES = (
    "Informe de campañas\nDía;Campaña;Código de moneda;Coste;Impr.;Clics\n"
    "28/03/2026;Spring sale;EUR;1.235,00;12.010;100\n"
    "Total: Cuenta; --;EUR;1.235,00;12.010;100\n"
).encode("cp1252")
META = (
    '\ufeff"Campaign name",Day,"Ad name",Impressions,"Link clicks","Amount spent (EUR)","Reporting starts",'
    '"Reporting ends"\n'
    ",,,12010,100,1235,2026-03-28,2026-03-28\n"
    '"Spring sale",2026-03-28,video-a,12010,100,1235,2026-03-28,2026-03-28\n'
).encode()
MICROSOFT = (
    '"Report Name: Campaign"\n"Report Time: 3/1/2026,3/31/2026"\n\n'
    '"Gregorian date","Campaign","Currency code","Impressions","Clicks","Spend"\n'
    '"3/28/2026","Spring sale","EUR","12010","100","1,235.00"\n'
    '\n"©2026 Microsoft Corporation. All rights reserved. "\n'
).encode("utf-8-sig")
YANDEX = (
    b'"Actual Data (2026-03-28 - 2026-03-28)"\nDate\tCampaignName\tImpressions\tClicks\tCost\n'
    b"2026-03-28\tSpring sale\t12010\t100\t1235.00\nTotal rows: 1\n"
)
YANDEX_RU = (
    "Дата;Кампания;Показы;Клики;Расход с НДС (руб.)\n28.03.2026;Spring sale;12 010;100;1 235,00\n"
    "Итого;;12 010;100;1 235,00\n"
).encode("cp1251")
TIKTOK = (
    b"By Day,Campaign name,Ad name,Cost,Impressions,Clicks (destination),Currency\n"
    b"2026-03-28,Spring sale,video-a,1235.00,12010,100,EUR\nTotal of 1 results,-,-,1235.00,12010,100,EUR\n"
)
LINKEDIN = (
    "Creative Performance Report (in UTC)\nReport Start: March 1, 2026\n\n"
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Name\tCreative Name\t"
    "Total Spent\tImpressions\tClicks\n"
    "3/28/2026\tShop\tEUR\tSpring sale\tvideo-a\t€1,235.00\t12,010\t100\n"
).encode("utf-16-le")
GENERIC = b"utm_campaign|date|amount|impressions|clicks\nspring|2026-03-28|1235|12010|100\n"


@pytest.mark.parametrize(
    ("content", "kind", "source", "medium", "creative", "account"),
    [
        (GOOGLE, "google-ads", "google", "cpc", "", ""),
        (GOOGLE_ES, "google-ads", "google", "cpc", "", ""),
        (META, "meta", "facebook", "paid_social", "video-a", ""),
        (MICROSOFT, "microsoft", "bing", "cpc", "", ""),
        (YANDEX, "yandex-direct", "yandex", "cpc", "", ""),
        (YANDEX_RU, "yandex-direct", "yandex", "cpc", "", ""),
        (TIKTOK, "tiktok", "tiktok", "paid_social", "video-a", ""),
        (LINKEDIN, "linkedin", "linkedin", "paid_social", "video-a", "Shop"),
        (GENERIC, "generic", "", "", "", ""),
    ],
)
def test_a_file_is_known_by_its_headings_and_read(
    content: bytes, kind: str, source: str, medium: str, creative: str, account: str
) -> None:
    run = imported(site_made(), content)

    assert (run.state, run.kind, run.said) == ("done", kind, "")
    cost = Cost.objects.get()
    assert (cost.campaign.code, cost.on, cost.currency) == ("spring", date(2026, 3, 28), "EUR")
    assert (cost.amount, cost.impressions, cost.clicks) == (Decimal("1235.00"), 12010, 100)
    assert (cost.source, cost.medium, cost.creative, cost.account) == (source, medium, creative, account)
    assert run.plan.get("refused", 0) == 0
    assert run.counts == {"new": 1}


def test_every_format_names_day_campaign_and_amount_and_where_ads_stood() -> None:
    for each in FORMATS:
        assert all(each.headings(target) for target in ("on", "campaign", "amount")), each.key
        assert each.key == "generic" or (each.telling and each.source and each.medium), each.key
