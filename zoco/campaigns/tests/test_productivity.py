"""Productivity on facts and costs counted by hand, alike on both engines; and what has no rate or plan."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from zoco.campaigns import reads
from zoco.campaigns.costs import listing
from zoco.campaigns.models import Campaign, Cost, Plan, Rate
from zoco.campaigns.reports import spent
from zoco.campaigns.tests.test_reports import FACTS, TRACKED
from zoco.kit.periods import Period
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports import engines
from zoco.monitor.models import Goal
from zoco.sites import reads as sites
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, tzinfo=UTC)
NAMES = (
    "cost", "planned", "impressions", "clicks", "visitors", "sessions", "conversions", "revenue", "margin",
    "cac", "new_customers", "earlier_customers", "cac_new", "roas", "payback",
)  # fmt: skip


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    with engines.both(tmp_path_factory.mktemp("productivity"), FACTS, [TRACKED]) as opened:
        yield opened


@pytest.fixture(autouse=True)
def spring() -> Iterator[Campaign]:
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    sites.forget()
    Goal.objects.create(site=site, name="Home", kind="page", pattern="/")
    made = Campaign.objects.create(site=site, name="Spring", code="spring", margin_percent=40)
    other = Campaign.objects.create(site=site, name="O'Neil \\ 100%", code="o'neil\\n100%")
    for campaign, day, more in (
        (made, 28, {"amount": 20, "source": "poster", "medium": "print", "impressions": 1000, "clicks": 10}),
        (made, 29, {"amount": Decimal("12.10"), "with_vat": True, "vat_percent": 21, "source": "google",
                    "medium": "cpc", "creative": "a 'b' \\n"}),
        (made, 27, {"amount": 5, "source": "google", "medium": "cpc"}),
        (other, 29, {"amount": 8, "currency": "USD", "source": "tiktok", "medium": "paid_social"}),
    ):  # fmt: skip
        Cost.objects.create(campaign=campaign, on=date(2026, 3, day), **({"currency": "EUR"} | more))
    Plan.objects.create(campaign=made, starts_on=date(2026, 3, 29), ends_on=date(2026, 4, 1), budget=100)
    yield made
    sites.forget()


def answered(store: Store, **address: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    report = report_named("productivity")
    question = Question.from_address({"period": "2026-03-28..2026-03-29", **address}, report=report, now=NOW)
    answer = ask(report, question, store=store, now=NOW)
    return {tuple(row.key.values()): {name: row.values[name] for name in NAMES} for row in answer.rows}


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_a_campaign_has_what_it_cost_and_what_came_of_it(stores: dict[str, Store], engine: str) -> None:
    found = answered(stores[engine])

    assert found["spring",] == {
        "cost": Decimal(30), "planned": Decimal(25), "impressions": 1000, "clicks": 10, "visitors": 2,
        "sessions": 2, "conversions": 2, "revenue": Decimal("7.50"), "margin": Decimal(3), "cac": Decimal(15),
        "new_customers": 0, "earlier_customers": 0, "cac_new": None, "roas": 0.25, "payback": 20.0,
    }  # fmt: skip
    # There is no rate of dollars: nothing is guessed.
    other = found["o'neil\\n100%",]
    assert (other["cost"], other["roas"], other["cac"], other["visitors"]) == (None, None, None, 0)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_rates_vat_channels_and_creatives_are_told_apart(stores: dict[str, Store], engine: str) -> None:
    site = Site.objects.get()
    Rate.objects.create(site=site, currency="USD", on=date(2026, 3, 1), rate=Decimal("0.5"))
    Rate.objects.create(site=site, currency="USD", on=date(2026, 3, 30), rate=Decimal("0.9"))

    store = stores[engine]
    gross, channels = answered(store, vat="gross"), answered(store, by="channel")
    creatives, filtered = answered(store, by="creative"), answered(store, **{"f.source": "poster"})
    elsewhere = answered(store, **{"f.country": "ES"})

    assert (gross["spring",]["cost"], gross["o'neil\\n100%",]["cost"]) == (Decimal("32.1"), Decimal(4))
    assert {key[0]: row["cost"] for key, row in channels.items()} == {
        "unassigned": Decimal(20), "paid_search": Decimal(10), "paid_social": Decimal(4),
        "organic_search": None, "email": None,
    }  # fmt: skip
    assert channels["paid_search",]["visitors"] == 1
    assert creatives["spring", "a 'b' \\n"]["cost"] == 10
    assert creatives["spring", ""]["cost"] == 20
    assert {key: row["cost"] for key, row in filtered.items()} == {("spring",): Decimal(20)}
    assert filtered["spring",]["planned"] is None
    assert all(row["cost"] is None for row in elsewhere.values())


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_the_whole_cost_is_not_known_where_one_is_not(stores: dict[str, Store], engine: str) -> None:
    report = report_named("productivity")
    asked = Question.from_address({"period": "2026-03-28..2026-03-29"}, report=report, now=NOW)

    without = ask(report, asked, store=stores[engine], now=NOW).totals
    Rate.objects.create(site_id=1, currency="USD", on=date(2026, 3, 1), rate=Decimal("0.5"))
    converted = ask(report, asked, store=stores[engine], now=NOW).totals

    assert (without["cost"], without["revenue"]) == (None, Decimal("7.5"))
    assert (converted["cost"], converted["clicks"]) == (Decimal(34), 10)


def test_the_period_before_has_its_own_costs(stores: dict[str, Store]) -> None:
    report = report_named("productivity")
    address = {"period": "2026-03-28..2026-03-29", "compare": "before"}
    for _time in range(2):  # the second from the statement that is kept
        answer = ask(
            report, Question.from_address(address, report=report, now=NOW), store=stores["duckdb"], now=NOW
        )
        [row] = [each for each in answer.rows if each.key["campaign"] == "spring"]
        assert row.before is not None
        assert (row.values["cost"], row.before["cost"]) == (Decimal(30), Decimal(5))
        Cost.objects.filter(on=date(2026, 3, 28)).update(amount=20)

    Cost.objects.filter(on=date(2026, 3, 28)).update(amount=21)
    assert answered(stores["duckdb"])["spring",]["cost"] == 31


def test_others_read_daily_costs_by_source() -> None:
    by_day, others = reads.daily_costs(TRACKED, Period(date(2026, 3, 27), date(2026, 3, 29), "Europe/Madrid"))

    assert by_day == {
        (date(2026, 3, 27), "google"): Decimal(5),
        (date(2026, 3, 28), "poster"): Decimal(20),
        (date(2026, 3, 29), "google"): Decimal(10),
    }
    assert others == {"USD": Decimal(8)}


@pytest.mark.parametrize("parted", ["creative", "medium", "source"])
def test_what_a_report_reads_of_costs_is_bounded_and_whole(
    spring: Campaign, parted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LINES_MOST", 10)
    Cost.objects.bulk_create(
        Cost(
            campaign=spring, on=date(2026, 3, 28), currency="EUR", amount=n, clicks=1, **{parted: f"p{n:02}"}
        )
        for n in range(1, 41)
    )

    period = Period(date(2026, 3, 27), date(2026, 3, 29), "Europe/Madrid")
    listed = reads.costs_listed(TRACKED, period, "net", with_creatives=True)

    rows = [line.split("\t") for line in listed.splitlines()]
    costs = [dict(zip(spent.COLUMNS, row, strict=True)) for row in rows]
    costs = [each for each in costs if each["is_plan"] == "0"]
    assert len(costs) <= 10
    assert sum(Decimal(each["cost"]) for each in costs) == 820 + 20 + 10 + 5
    assert sum(int(each["clicks"] or 0) for each in costs) == 40 + 10
    assert any("p40" in each.values() for each in costs)
    assert [each["lacks"] for each in costs].count("1") == 1
