"""Money of costs and plans, by hand: VAT, rates in force, days, forecasts, states."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zoco.campaigns.costs.daily import Spending, days_of
from zoco.campaigns.costs.models import Cost, Plan, Rate
from zoco.campaigns.costs.planning import Progress, plans_of, progress_of
from zoco.campaigns.costs.rates import Basis, RatesTaken, rates_of, rates_take, taxed
from zoco.campaigns.models import Campaign
from zoco.campaigns.tests.test_reports import TRACKED
from zoco.people.importing.files.tables import TableWrong
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
FIRST = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def spring() -> Iterator[Campaign]:
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    reads.forget()
    yield Campaign.objects.create(site=site, name="Spring", code="spring")
    reads.forget()


@pytest.fixture
def elsewhere() -> Campaign:
    """A campaign of another site, on which none of this may lean."""
    site = Site.objects.create(pk=2, slug="other", name="Other", zone="Asia/Tokyo", currency="JPY")
    made: Campaign = Campaign.objects.create(site=site, name="Other", code="other")
    return made


def cost(campaign: Campaign, day: int, amount: str = "10", **more: Any) -> None:
    given = {"currency": "EUR"} | more
    Cost.objects.create(
        campaign=campaign, on=FIRST + timedelta(days=day - 1), amount=Decimal(amount), **given
    )


def planned(campaign: Campaign, budget: str, first: int = 1, last: int = 30) -> Plan:
    days = (FIRST + timedelta(days=each - 1) for each in (first, last))
    made: Plan = Plan.objects.create(
        campaign=campaign, budget=Decimal(budget), **dict(zip(("starts_on", "ends_on"), days, strict=True))
    )
    return made


def progress(campaign: Campaign, today: int) -> Progress:
    now = datetime(2026, 4, 1, 12, tzinfo=UTC) + timedelta(days=today - 1)
    [found] = progress_of(TRACKED, campaign, now=now, with_outcome=False)
    return found


@pytest.mark.parametrize(
    ("amount", "with_vat", "basis", "worth"),
    [
        (121, True, "net", 100),
        (121, True, "gross", 121),
        (100, False, "net", 100),
        (100, False, "gross", 121),
    ],
)
def test_vat_is_taken_off_what_has_it_and_put_on_what_has_not(
    amount: int, with_vat: bool, basis: Basis, worth: int
) -> None:
    assert taxed(Decimal(amount), with_vat=with_vat, vat_percent=Decimal(21), basis=basis) == worth


def test_a_rate_is_in_force_from_its_day_on_and_of_its_site_alone(elsewhere: Campaign) -> None:
    for site, day, rate in ((1, 3, "0.5"), (1, 5, "0.9"), (2, 4, "150")):
        Rate.objects.create(site_id=site, currency="USD", on=date(2026, 4, day), rate=Decimal(rate))

    rates = rates_of(TRACKED)

    found = [rates.at("USD", date(2026, 4, day)) for day in range(2, 7)]
    assert found == [None, Decimal("0.5"), Decimal("0.5"), Decimal("0.9"), Decimal("0.9")]
    assert rates.at("EUR", FIRST) == Decimal(1)
    assert rates.at("GBP", FIRST) is None


def test_rates_of_a_file_are_read_with_either_sign_of_decimals(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"

    def taken(*lines: str) -> RatesTaken:
        path.write_text("\n".join(lines), encoding="utf-8")
        return rates_take(site=1, path=path)

    found = taken(
        "Note;Date;Currency;Rate", "x;2026-04-01;usd;0,5", "y;2026-04-02;USD;1,234.5", "z;2026-04-03;USD"
    )

    assert (found.set, [line for line, _why in found.refused]) == (1, [3, 4])
    assert rates_of(TRACKED).at("USD", FIRST) == Decimal("0.5")
    assert taken("Currency;Date;Rate", "GBP;2026-04-01;1.2", "USD;2026-04-02;0,5").set == 2
    assert rates_of(TRACKED).at("GBP", FIRST) == Decimal("1.2")
    with pytest.raises(TableWrong, match="columns currency, date and rate"):
        taken("Date;Rate;Note", "2026-04-01;1;x")


def test_days_are_those_of_the_site_and_its_campaigns_both_ends_included(
    spring: Campaign, elsewhere: Campaign
) -> None:
    other = Campaign.objects.create(site_id=1, name="May", code="may")
    Rate.objects.create(site_id=1, currency="USD", on=FIRST, rate=Decimal("0.5"))
    cost(spring, 1, "20")
    cost(spring, 2, "8", currency="USD", with_vat=False, vat_percent=25)
    cost(other, 3, "12.10", with_vat=True, vat_percent=21)
    cost(elsewhere, 2, "99")

    def amounts(**wanted: Any) -> list[Decimal | None]:
        return [each.amount for each in days_of(TRACKED, **wanted)]

    second = FIRST + timedelta(days=1)
    assert amounts() == [20, 4, 10]
    assert amounts(basis="gross") == [20, 5, Decimal("12.1")]
    assert amounts(first=second) == [4, 10]
    assert amounts(last=second) == [20, 4]
    assert amounts(campaigns=[other.pk]) == [10]


def test_what_has_no_rate_is_summed_by_currency_and_leaves_the_whole_unknown(spring: Campaign) -> None:
    for day, currency, clicks in ((1, "EUR", None), (2, "USD", 3), (3, "USD", None), (4, "GBP", 4)):
        cost(spring, day, "10", currency=currency, clicks=clicks)
    one, two = Spending(), Spending()
    for number, each in enumerate(days_of(TRACKED)):
        (two if number % 2 else one).add(each)

    one.join(two)

    assert one.others == {"USD": Decimal(20), "GBP": Decimal(10)}
    assert (one.amount, one.clicks, one.impressions) == (Decimal(10), 7, None)
    assert (one.whole, Spending(Decimal(3)).whole) == (None, Decimal(3))
    cost(spring, 5, "1", currency="USD")
    again = Spending()
    for each in days_of(TRACKED):
        again.add(each)
    assert again.others == {"USD": Decimal(21), "GBP": Decimal(10)}


def test_the_budget_of_a_campaign_is_its_plan_where_it_has_days_and_no_other(spring: Campaign) -> None:
    other = Campaign.objects.create(site_id=1, name="May", code="may")
    planned(other, "7")
    days = {"starts_on": FIRST, "ends_on": date(2026, 4, 30)}

    def budgets(**fields: Any) -> list[Decimal]:
        for name, value in ({"budget": Decimal(50)} | days | fields).items():
            setattr(spring, name, value)
        return [each.budget for each in plans_of(spring)]

    assert budgets() == [50]
    assert [budgets(**{name: None}) for name in ("budget", *days)] == [[], [], []]
    planned(spring, "8")
    assert budgets() == [8]


def test_a_forecast_is_of_the_days_since_the_first_spend_up_to_the_newest_that_is_known(
    spring: Campaign, elsewhere: Campaign
) -> None:
    planned(spring, "400")
    cost(spring, 1, "0", impressions=5)  # nothing was spent
    for day in range(3, 17):
        cost(spring, day)
    cost(elsewhere, 17)  # says nothing of this site
    cost(Campaign.objects.create(site_id=1, name="May", code="may"), 18)  # today is not over

    found = progress(spring, 18)

    assert found.forecast is not None
    assert found.until == date(2026, 4, 16)
    assert (found.spending.whole, found.share, found.is_over) == (Decimal(140), 0.35, False)
    # Ten a day, 14 days are over and 14 are to come.
    assert found.forecast.so_far == 140
    assert found.forecast.total == pytest.approx(280)
    assert (found.forecast.level, found.outcome) == (0.9, None)


@pytest.mark.parametrize(
    ("budget", "state"),
    [("400", "under"), ("250", "over"), ("140", "over"), ("139", "spent"), ("0", "unknown")],
)
def test_a_plan_is_held_to_the_forecast_until_it_is_spent(spring: Campaign, budget: str, state: str) -> None:
    planned(spring, budget)
    for day in range(3, 17):
        cost(spring, day)

    found = progress(spring, 17)

    assert found.state == state
    assert (found.share is None) == (budget == "0")


def test_days_that_lean_around_the_budget_are_even(spring: Campaign) -> None:
    planned(spring, "300")
    for day in range(1, 16):
        cost(spring, day, "15" if day % 4 < 2 else "5")

    found = progress(spring, 16)

    assert found.forecast is not None
    assert found.forecast.low < 300 < found.forecast.high
    assert found.state == "even"


def test_a_plan_is_over_with_its_last_day_or_when_nothing_comes_any_more(spring: Campaign) -> None:
    planned(spring, "100", 5, 10)
    cost(spring, 5)

    found = [progress(spring, today) for today in (4, 5, 6, 13, 14)]
    cost(spring, 10)
    known = progress(spring, 11)

    until = [each.until and each.until.day for each in (*found, known)]
    assert until == [None, None, 5, 5, 10, 10]
    assert [each.state for each in (*found, known)] == [
        "before", "unsure", "unsure", "unsure", "ended", "ended"
    ]  # fmt: skip
    assert [each.is_over for each in (*found, known)] == [False] * 4 + [True] * 2


def test_without_a_rate_there_is_no_forecast_and_no_state(spring: Campaign) -> None:
    planned(spring, "400")
    for day in range(1, 16):
        cost(spring, day, currency="USD" if day == 7 else "EUR")

    found = progress(spring, 16)

    assert (found.forecast, found.state, found.share) == (None, "unknown", None)
    assert (found.spending.amount, found.spending.others) == (Decimal(140), {"USD": Decimal(10)})


def test_spend_of_this_very_day_alone_makes_no_forecast(spring: Campaign) -> None:
    planned(spring, "400", 10)
    cost(Campaign.objects.create(site_id=1, name="May", code="may"), 14)
    cost(spring, 15)

    found = progress(spring, 15)

    assert (found.until, found.forecast, found.state) == (date(2026, 4, 14), None, "unsure")
    assert found.spending.whole == Decimal(10)
