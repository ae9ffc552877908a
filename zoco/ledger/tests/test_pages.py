"""Who may see the pages, and what they say when the ledger cannot answer or has nothing."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.store import opening
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.tests.showing import view

pytestmark = pytest.mark.django_db


def test_stranger_is_led_to_the_log_in(client: Any, site: Any) -> None:
    answer = client.get("/reports/pages/")

    assert answer.status_code == 302
    assert "next=/reports/pages/" in answer.headers["Location"]


def test_account_without_the_permission_gets_a_page_that_says_so(
    client: Any, site: Any, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("eva"))

    answer = client.get("/reports/pages/", headers={"accept-language": "en"})

    assert answer.status_code == 403
    assert "You may not see this page" in answer.content.decode()


def test_reader_of_reports_sees_no_facts_and_no_links_to_them(reader: Any, site: Any) -> None:
    view(site, "/tea")

    page = reader.get("/reports/pages/?period=2026-03-02")
    facts = reader.get("/reports/facts/?period=2026-03-02")

    assert "/tea" in page.content.decode()
    assert re.search(r"Drawn from 1 fact( in|\n| ·)", page.content.decode())
    assert "/reports/facts/" not in page.content.decode()
    assert facts.status_code == 403


def test_facts_tell_money_with_its_currency_and_what_was_charged(admin_client: Any, site: Any) -> None:
    view(
        site,
        "/a",
        name="shop.order.placed",
        amount=Decimal("19.9"),
        currency="EUR",
        amount_site=Decimal("19.9"),
    )
    view(site, "/b", name="shop.order.placed", amount=Decimal("0.0425"), currency="USD")

    answer = admin_client.get("/reports/facts/?period=2026-03-02", headers={"accept-language": "en"})
    page = answer.content.decode()

    assert ">€19.90</td>" in page
    assert ">– (charged: $0.0425)</td>" in page


def test_empty_ledger_says_how_to_fill_it(reader: Any, site: Any) -> None:
    page = reader.get("/reports/traffic/").content.decode()

    assert "No visits yet" in page
    assert f"&lt;script defer src=&quot;http://testserver{sitebook.site().tracker}&quot;&gt;" in page


def test_empty_ledger_of_a_site_that_counts_by_log_asks_for_the_log(reader: Any, site: Any) -> None:
    from zoco.sites.models import CountingOrigin
    from zoco.sites.reads import forget

    CountingOrigin.objects.create(site=site, origin="log", since="2015-01-01")
    forget()
    page = reader.get("/reports/traffic/").content.decode()

    assert "zoco import log --site main" in page


def test_empty_period_leads_to_the_last_one_with_facts(reader: Any, site: Any) -> None:
    view(site, "/tea")

    page = reader.get("/reports/traffic/?period=2026-05-01..2026-05-07").content.decode()

    assert "?period=2026-02-24..2026-03-02" in page


def test_report_of_what_nobody_told_does_not_say_that_nobody_came(reader: Any, site: Any) -> None:
    view(site, "/tea")

    page = reader.get("/reports/languages/?period=2026-03-02").content.decode()

    assert "Nothing of this kind" in page
    assert "Nobody came" not in page


@pytest.mark.parametrize(
    ("verdict", "title", "other"), [("bot", "Only bots came", "bots"), ("staff", "Nobody came", "all")]
)
def test_others_are_offered(reader: Any, site: Any, verdict: str, title: str, other: str) -> None:
    view(site, "/tea", verdict=verdict)

    page = reader.get("/reports/pages/?period=2026-03-02").content.decode()

    assert title in page
    assert re.findall(r"z-b go\" href=\"[^\"]*verdicts=(\w+)", page) == [other]


def test_where_nothing_was_refused_that_is_said(reader: Any, site: Any) -> None:
    view(site, "/tea", verdict="bot")

    page = reader.get("/reports/refusals/?period=2026-03-02").content.decode()

    assert "Nothing was refused" in page
    assert "Nobody came" not in page


def test_no_link_leads_beyond_today(reader: Any, site: Any) -> None:
    now = datetime.now(ZoneInfo(site.zone))
    view(site, "/tea", at=micros(now))

    page = reader.get("/reports/pages/?period=2020-01-01..2022-12-31").content.decode()

    assert "Go to " in page
    assert re.findall(r"z-b go\" href=\"[^\"]*period=([-.0-9]+)", page) == [f"{now:%Y-%m-%d}..{now:%Y-%m-%d}"]


def test_log_in_a_site_that_counts_by_tracker_leads_to_counting_the_log(reader: Any, site: Any) -> None:
    view(site, "/tea", name="web.page.served")

    page = reader.get("/reports/traffic/?period=2026-03-02").content.decode()

    assert "No page view of the tracker" in page
    assert "zoco site count main log --since 2026-03-02" in page


def test_hours_to_come_have_no_figures_and_open_ones_no_change(reader: Any, site: Any) -> None:
    now = datetime.now(UTC)
    view(site, "/tea", at=micros(now))

    page = reader.get("/reports/traffic/?period=today&grain=hour").content.decode()

    assert page.count("not over yet</span></th>") == 1
    running, *to_come = page.split("not over yet</span></th>")[1].split("</tr>")
    assert "↑" not in running
    assert all('"num">0' not in row for row in to_come if "not begun yet" in row)


@pytest.mark.parametrize("year", [1, 9999])
def test_fact_of_a_broken_clock_breaks_no_page(admin_client: Any, site: Any, year: int) -> None:
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    type(site).objects.update(zone="America/Lima" if year == 1 else "Europe/Madrid")
    view(site, "/tea")
    view(site, "/far", at=micros(edge))

    page = admin_client.get("/reports/traffic/?period=2026-05-01..2026-05-07")
    home = admin_client.get("/admin/")

    assert "?period=2026-02-24..2026-03-02" in page.content.decode()
    assert home.status_code == 200


def test_filter_that_excludes_everything_can_be_removed(reader: Any, site: Any) -> None:
    view(site, "/tea")

    page = reader.get("/reports/pages/?period=2026-03-02&f.path=/coffee").content.decode()

    assert "Nothing fits" in page
    assert "Remove: Page is /coffee" in page


@pytest.mark.parametrize("error", [StoreBusy("Nobody leads."), QueryFailed("Out of memory.")])
def test_ledger_that_does_not_answer_is_a_503_that_may_be_tried_again(
    reader: Any, site: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(sql: str) -> None:
        raise error

    monkeypatch.setattr(opening.store(), "query", refuse)

    answer = reader.get("/reports/pages/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    assert "Try again" in answer.content.decode()


def test_page_beyond_the_last_leads_back(reader: Any, site: Any) -> None:
    view(site, "/tea")

    answer = reader.get("/reports/pages/?period=2026-03-02&page=9")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/reports/pages/?period=2026-03-02&page=1"


def test_names_from_outside_are_only_text(reader: Any, site: Any) -> None:
    view(site, "/<script>alert(1)</script>")

    page = reader.get("/reports/pages/?period=2026-03-02").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_spreadsheet_runs_no_cell_of_an_export(reader: Any, site: Any) -> None:
    view(site, "=cmd()")

    answer = reader.get("/reports/pages/export.csv?period=2026-03-02")

    rows = b"".join(answer.streaming_content).decode().splitlines()

    assert rows == ["path,visitors,page_views", "'=cmd(),1,1"]
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="main_pages_2026-03-02_2026-03-02.csv"'
    )


def test_templates_hold_no_inline_script_or_style(reader: Any, site: Any) -> None:
    view(site, "/tea")

    for address in ("traffic", "pages", "errors", "overview/traffic"):
        page = reader.get(f"/reports/{address}/?period=2026-03-02").content.decode()
        assert " style=" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count("<script src=") + page.count('type="application/json"')
