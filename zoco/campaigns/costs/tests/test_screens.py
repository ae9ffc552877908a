"""Costs beside what came of them, on facts counted by hand; typed, imported twice, and refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zoco.campaigns.costs import reads as costs
from zoco.campaigns.models import Campaign, Cost
from zoco.campaigns.tests.test_reports import FACTS, TRACKED
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


def test_spend_stands_beside_budget_pace_and_outcome(campaign: Campaign) -> None:
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
    assert (found.share, found.elapsed) == (0.35, 0.5)
    assert (found.ahead, found.projected) == (Decimal(-15), Decimal(70))
    assert (found.per_conversion, round(found.returned or 0, 4)) == (Decimal("17.5"), Decimal("0.2143"))


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
    assert (found.others, found.projected, found.returned) == ({"USD": Decimal(9)}, None, None)


def test_the_same_file_twice_changes_nothing_and_another_amount_takes_its_place(campaign: Campaign) -> None:
    marketer = client_of("marketer")

    def sent(text: str) -> str:
        file = SimpleUploadedFile("costs.csv", text.encode())
        return body(marketer.post("/admin/costs/", {"site": "shop", "file": file}))

    first, again = sent(CSV), sent(CSV)
    changed = sent(CSV.replace("20", "25", 1).replace("2526", "2026"))
    broken = sent("hello")

    assert "<dt>New</dt><dd>2</dd>" in first
    assert "The site has no campaign of this code or name</dt><dd>1</dd>" in first
    assert "Line 4: The site has no campaign of this code or name" in first
    assert "<dt>New</dt><dd>0</dd><dt>Changed</dt><dd>0</dd><dt>There already</dt><dd>2</dd>" in again
    assert Cost.objects.count() == 2
    assert "must name the columns date, campaign and amount" in broken
    assert changed
    lines = Change.objects.filter(kind="zoco_campaigns.cost").order_by("id")
    assert [(line.by_name, line.details["new"][1], line.details["changed"][1]) for line in lines] == [
        ("marketer", 2, 0)
    ]


def test_a_day_is_typed_and_deleted_by_marketers_only(campaign: Campaign) -> None:
    analyst, marketer = client_of("analyst"), client_of("marketer")
    where = f"/admin/costs/campaign/{campaign.pk}/"
    given = {"on": "2026-03-28", "source": "google", "amount": "12.50", "currency": ""}

    refused = analyst.post(where, given)
    marketer.post(where, given)
    marketer.post(where, given | {"amount": "13"})
    zero = body(marketer.post(where, given | {"amount": "0"}))
    cost = Cost.objects.get()
    listed, shown = body(analyst.get("/admin/costs/")), body(analyst.get(where))
    analyst.post(f"/admin/costs/{cost.pk}/delete/")

    assert refused.status_code == 302
    assert (cost.amount, cost.currency, cost.source) == (Decimal(13), "EUR", "google")
    assert "Write what was spent, above 0." in zero
    assert "€13" in listed
    assert "Delete 28" not in shown
    assert Cost.objects.exists()
    marketer.post(f"/admin/costs/{cost.pk}/delete/")
    assert not Cost.objects.exists()
