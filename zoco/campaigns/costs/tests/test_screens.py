"""Costs beside what came of them, on facts counted by hand; typed, imported, converted, planned."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zoco.campaigns.costs import reads as costs
from zoco.campaigns.costs.importing.tests.made import worked
from zoco.campaigns.costs.planning import Progress, progress_of
from zoco.campaigns.models import Campaign, Cost, CostImport, Plan, Rate
from zoco.campaigns.tests.test_reports import FACTS, TRACKED
from zoco.ledger.asking.ask import ask
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.models import Goal
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
CSV = """date,campaign,source,amount
2026-03-28,spring,google,20
2026-03-29,spring,google,10
2026-03-29,none,,1"""


@pytest.fixture(autouse=True)
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, FACTS, [TRACKED]):
        site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
        reads.forget()
        yield Campaign.objects.create(
            site=site, name="Spring", code="spring", budget=100,
            starts_on=date(2026, 3, 28), ends_on=date(2026, 4, 6),
        )  # fmt: skip
    reads.forget()


def spend(campaign: Campaign) -> costs.Spend:
    [found] = costs.spends(TRACKED, [campaign], now=NOW)
    return found


def test_spend_stands_beside_budget_days_and_outcome(campaign: Campaign) -> None:
    Goal.objects.create(site=campaign.site, name="Home", kind="page", pattern="/")
    campaign.goal = "Home"
    for day, amount in ((28, 20), (29, 10), (27, 5)):
        Cost.objects.create(campaign=campaign, on=date(2026, 3, day), amount=amount, currency="EUR")

    found = spend(campaign)

    # Two visitors reached the goal, one page view was worth 7.50; five of ten days are over.
    assert found.outcome is not None
    assert (found.outcome.visitors, found.outcome.conversions, found.outcome.revenue) == (
        2,
        2,
        Decimal("7.50"),
    )
    assert (found.spent, found.outside) == (Decimal(35), Decimal(5))
    assert (found.share, found.elapsed) == (0.3, 0.5)  # the 5 of the day before are no part of its budget
    shown = body(client_of("analyst").get(f"/admin/costs/campaign/{campaign.pk}/"))
    assert "leaning on the day before" in shown
    assert "Going on so" not in shown  # the plans say where it leads, and they alone
    assert (found.per_conversion, round(found.returned or 0, 4)) == (Decimal("17.5"), Decimal("0.2143"))


def test_a_campaign_without_days_and_costs_is_looked_at_for_a_year(campaign: Campaign) -> None:
    # It was noted long after people came by it.
    campaign.starts_on = campaign.ends_on = None

    found = spend(campaign)

    assert found.outcome is not None
    assert (found.outcome.period.first, found.outcome.visitors) == (date(2025, 4, 3), 2)


def test_campaigns_without_days_and_costs_are_asked_for_together(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    Goal.objects.create(site=campaign.site, name="Home", kind="page", pattern="/")
    goals = {**{f"letter-{number}": "" for number in range(121)}, "goal": "Home", "older": ""}
    letters = Campaign.objects.bulk_create(
        Campaign(site=campaign.site, name=code, code=code, goal=goal) for code, goal in goals.items()
    )
    letters[-1].created_at = datetime(2024, 6, 1, tzinfo=UTC)
    campaign.starts_on = campaign.ends_on = None
    asked = list[Any]()

    def counted(*of: Any, **more: Any) -> Any:
        asked.append(of)
        return ask(*of, **more)

    monkeypatch.setattr(costs, "ask", counted)
    with CaptureQueriesContext(connection) as queries:
        found = costs.spends(TRACKED, [campaign, *letters], now=NOW)

    # 122 of the last year in two questions of 100 codes at most, one with a goal, one of two years.
    assert (len(asked), len(queries) < 20) == (4, True)
    seen = {each.campaign.code: each.outcome for each in found}
    some = (campaign, letters[0], *letters[-3:])
    alone = [costs.spends(TRACKED, [each], now=NOW)[0].outcome for each in some]
    assert [seen[each.code] for each in some] == alone
    days = [seen[code].period.days for code in ("spring", "goal", "older")]  # type: ignore[union-attr]
    assert days == [365, 365, 730]


def test_what_is_not_known_is_not_said(campaign: Campaign) -> None:
    campaign.goal, campaign.budget = "Gone", Decimal(0)
    assert (spend(campaign).per_conversion, spend(campaign).returned, spend(campaign).share) == (
        None,
        None,
        None,
    )

    Cost.objects.create(campaign=campaign, on=date(2026, 3, 28), amount=9, currency="EUR")
    Cost.objects.create(campaign=campaign, on=date(2026, 3, 28), amount=9, currency="USD")

    found = spend(campaign)
    assert found.outcome is not None
    assert found.outcome.conversions is None
    assert (found.others, found.share, found.returned) == ({"USD": Decimal(9)}, None, None)


def test_a_file_is_uploaded_mapped_looked_at_imported_and_its_refusals_taken(campaign: Campaign) -> None:
    marketer, analyst = client_of("marketer"), client_of("analyst")
    file = SimpleUploadedFile("costs.csv", CSV.encode())
    where = str(marketer.post("/admin/costs/imports/new/", {"site": "shop", "file": file})["Location"])
    run = worked(CostImport.objects.get())
    mapping = body(marketer.get(where))
    given = {"kind": "generic", "source": "bing", "medium": "cpc", "currency": "EUR", "vat": "with"}
    given |= {"vat_percent": "21", "decimal": ".", "days": "dmy", "fallback": "0", "do": "plan"}
    wrong = marketer.post(f"{where}act/", given | {"column-0": "on", "column-1": "on", "column-3": "amount"})
    columns = {"column-0": "on", "column-1": "campaign", "column-2": "source", "column-3": "amount"}
    refused = analyst.post(f"{where}act/", given | columns)
    assert CostImport.objects.get().state == "read"
    marketer.post(f"{where}act/", given | columns)
    run = worked(run)
    planned = body(marketer.get(where))
    marketer.post(f"{where}act/", {"do": "write"})
    run = worked(run)
    done, listed = body(analyst.get(where)), body(analyst.get("/admin/costs/imports/?site=shop"))
    answer: Any = analyst.get(f"{where}refused.csv")

    assert 'value="amount" selected' in mapping
    assert wrong.status_code == 422
    assert "Only one column can be: Day." in body(wrong)
    assert refused.status_code == 302
    assert "<dt>New costs</dt><dd>2</dd>" in planned
    assert "No campaign has these codes or names: none." in planned
    assert "16.53" in planned  # 20 without a VAT of 21 %
    assert (run.state, run.counts) == ("done", {"new": 2})
    assert "Forget this import; the costs stay" not in done
    assert "costs.csv" in listed
    assert b"code or name none,2026-03-29,none" in b"".join(answer.streaming_content)
    cost = Cost.objects.get(amount=20)
    assert (cost.source, cost.medium, cost.with_vat, cost.vat_percent) == ("google", "cpc", True, Decimal(21))
    [line] = Change.objects.filter(kind="zoco_campaigns.cost")
    assert (line.by_name, line.details["new"][1]) == ("marketer", 2)


def test_pieces_follow_and_what_is_no_piece_is_said(campaign: Campaign) -> None:
    marketer = client_of("marketer")
    json: Any = {"HTTP_ACCEPT": "application/json"}
    begun = marketer.post(
        "/admin/costs/imports/new/", {"site": "shop", "name": "a.csv", "size": len(CSV)}, **json
    ).json()
    kind = "application/octet-stream"

    gap = marketer.post(f"{begun['part']}?offset=9", CSV[9:].encode(), content_type=kind)
    whole = marketer.post(f"{begun['part']}?offset=0", CSV.encode(), content_type=kind)
    late = marketer.post(f"{begun['part']}?offset=0", b"x", content_type=kind)
    none = marketer.post("/admin/costs/imports/new/", {"site": "shop"}, **json)
    large = marketer.post("/admin/costs/imports/new/", {"site": "shop", "name": "a", "size": 1 << 40}, **json)
    empty = marketer.post("/admin/costs/imports/new/", {"site": "shop", "name": "a.csv", "size": 0}, **json)

    assert (gap.status_code, whole.json()["received"], late.status_code) == (409, len(CSV), 409)
    assert (none.status_code, large.status_code) == (422, 422)
    assert none.json() == {"error": "Choose the file with the costs."}
    assert empty.json() == {"error": "The file is empty."}
    assert worked(CostImport.objects.get()).state == "read"


def test_rates_are_kept_read_from_a_file_and_in_force_from_their_day(campaign: Campaign) -> None:
    marketer, where = client_of("marketer"), "/admin/costs/rates/"
    Cost.objects.create(campaign=campaign, on=date(2026, 3, 28), amount=10, currency="USD")
    marketer.post(where, {"site": "shop", "currency": "USD", "on": "2026-03-29", "rate": "0.9"})
    before = spend(campaign)
    text = (
        b"Currency;Date;Rate\nUSD;01.03.2026;0,5\nUSD;2026-03-29;0.8\n"
        b"XX;2026-03-29;1\nUSD;soon;1\nGBP;2026-03-01;-1\n"
    )
    shown = body(marketer.post(where, {"site": "shop", "file": SimpleUploadedFile("r.csv", text)}))
    broken = marketer.post(where, {"site": "shop", "file": SimpleUploadedFile("r.csv", b"hello")})
    own = marketer.post(where, {"site": "shop", "currency": "EUR", "on": "2026-03-29", "rate": "1"})
    hostile = marketer.post(where, {"site": "shop", "currency": "USD", "on": "2026-03-29", "rate": "1e99"})

    assert (before.spent, before.others) == (Decimal(0), {"USD": Decimal(10)})
    assert (spend(campaign).spent, spend(campaign).others) == (Decimal(5), {})
    assert "<dt>Rates kept</dt><dd>2</dd><dt>Refused</dt><dd>3</dd>" in shown
    assert list(Rate.objects.order_by("on").values_list("rate", flat=True)) == [
        Decimal("0.5"),
        Decimal("0.8"),
    ]
    assert [each.status_code for each in (broken, own, hostile)] == [422, 422, 422]
    assert client_of("analyst").post(where, {"site": "shop"}).status_code == 302
    marketer.post(f"{where}{Rate.objects.earliest('on').pk}/delete/")
    assert Rate.objects.count() == 1


def test_plans_stand_beside_what_was_spent_and_say_where_it_leads(campaign: Campaign) -> None:
    marketer, where = client_of("marketer"), f"/admin/costs/campaign/{campaign.pk}/"
    given = {"plan": "1", "plan-starts_on": "2026-03-01", "plan-ends_on": "2026-03-30", "plan-budget": "300"}
    given |= {"plan-conversions": "4", "plan-revenue": ""}
    marketer.post(where, given)
    twice = marketer.post(where, given | {"plan-starts_on": "2026-03-20"})
    for day in range(1, 21):
        Cost.objects.create(campaign=campaign, on=date(2026, 3, day), amount=20, currency="EUR")
    shown = body(marketer.get(where))

    [found] = progress_of(TRACKED, campaign, now=datetime(2026, 3, 25, tzinfo=UTC))
    [over] = progress_of(TRACKED, campaign, now=datetime(2026, 4, 25, tzinfo=UTC))

    assert twice.status_code == 422
    assert "Another plan of the campaign has some of these days." in body(twice)
    assert found.forecast is not None
    assert (found.until, found.share, found.state) == (date(2026, 3, 20), 400 / 300, "spent")
    assert (round(found.forecast.total), round(found.forecast.high)) == (600, 600)
    assert over.outcome is not None
    assert (over.outcome.visitors, over.planned.conversions) == (2, 4)
    assert "The budget is spent." in shown
    assert "not known of 4" in shown
    assert client_of("analyst").post(where, given).status_code == 302
    plan = Plan.objects.get()
    marketer.post(f"/admin/costs/plans/{plan.pk}/delete/")
    assert not Plan.objects.exists()


def test_paused_days_cost_nothing_and_a_plan_that_is_over_has_no_forecast(campaign: Campaign) -> None:
    Plan.objects.create(
        campaign=campaign, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 30), budget=Decimal(500)
    )
    other = Campaign.objects.create(site=campaign.site, name="Brand", code="brand")
    for day in range(1, 16):
        Cost.objects.create(campaign=campaign, on=date(2026, 3, day), amount=20, currency="EUR")

    def at(month: int, day: int) -> Progress:
        [found] = progress_of(TRACKED, campaign, now=datetime(2026, month, day, 12, tzinfo=UTC))
        return found

    silent = at(3, 29)  # nobody said anything of these two weeks: days may go on as they did
    Cost.objects.create(campaign=other, on=date(2026, 3, 28), amount=1, currency="EUR")
    paused, late, over = at(3, 29), at(4, 2), at(4, 3)
    Cost.objects.create(campaign=other, on=date(2026, 3, 30), amount=1, currency="EUR")
    known = at(3, 31)

    assert silent.forecast is not None
    assert (silent.until, round(silent.forecast.total)) == (date(2026, 3, 15), 600)
    assert paused.forecast is not None
    assert (paused.until, round(paused.forecast.total) < 340) == (date(2026, 3, 28), True)
    assert (late.until, late.is_over) == (date(2026, 3, 28), False)
    for each in (over, known):
        assert (each.until, each.is_over, each.forecast, each.state) == (
            date(2026, 3, 30), True, None, "ended",
        )  # fmt: skip
    shown = body(client_of("marketer").get(f"/admin/costs/campaign/{campaign.pk}/"))
    assert "It is over, within the budget." in shown
    assert "by the last day" not in shown


def test_a_day_is_typed_and_deleted_by_marketers_only(campaign: Campaign) -> None:
    analyst, marketer = client_of("analyst"), client_of("marketer")
    where = f"/admin/costs/campaign/{campaign.pk}/"
    given = {"on": "2026-03-28", "source": "google", "amount": "12.50", "currency": ""}

    refused = analyst.post(where, given)
    marketer.post(where, given)
    marketer.post(where, given | {"amount": "13"})
    assert "Before: €12.50 until" in body(marketer.get(where))
    zero = body(marketer.post(where, given | {"amount": "0"}))
    cost = Cost.objects.get()
    listed, shown = body(analyst.get("/admin/costs/")), body(analyst.get(where))
    analyst.post(f"/admin/costs/{cost.pk}/delete/")

    assert refused.status_code == 302
    assert (cost.amount, cost.currency, cost.source) == (Decimal(13), "EUR", "google")
    assert "Write what was spent, above 0." in zero
    assert [each in listed for each in ("€13", "spent ÷ conversions")] == [True, True]
    assert "Delete 28" not in shown
    assert Cost.objects.exists()
    marketer.post(f"/admin/costs/{cost.pk}/delete/")
    assert not Cost.objects.exists()
