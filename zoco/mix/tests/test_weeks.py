"""What a model is fitted to, put together from costs and facts and counted by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.mix.tests.company import FIRST, site_make
from zoco.mix.weeks import (
    CHANNELS_MOST,
    REST,
    RUN_IN,
    UNNAMED,
    WEEK,
    Weeks,
    WeeksWrong,
    mondays,
    weeks_of,
)
from zoco.monitor.services import goal_create
from zoco.sites import reads

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEKS = 12
DAY = timedelta(days=1)
SINCE = FIRST - RUN_IN * WEEK


def paid(local: str, number: int, amount: str) -> Fact:
    return fact(local, number, "/thanks", name="order.placed", origin="tracker", amount_site=Decimal(amount))


FACTS = [
    paid("2023-12-31 23:59:59", 1, "1000"),  # the Sunday before: of the run-in, which has no outcome
    paid("2024-01-01 00:00:00", 2, "5"),
    paid("2024-01-07 23:59:59", 3, "7"),
    paid("2024-01-08 00:00:00", 4, "11"),
    paid("2024-03-24 23:59:59", 5, "13"),
    paid("2024-03-25 00:00:00", 6, "1000"),  # the Monday after
    # A letter on most days, which brings nothing by itself.
    *(
        fact(f"{FIRST + number * DAY} 12:00:00", 10 + number, "/", name="letter.asked", origin="tracker")
        for number in range(4, WEEKS * 7)
    ),
]


@pytest.fixture(autouse=True)
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, FACTS, [SITE]):
        made = Campaign.objects.create(site=site_make(), name="Spring", code="spring")
        reads.forget()
        yield made
    reads.forget()


def spend(campaign: Campaign, source: str, days: list[date], amount: int = 1, **more: str) -> None:
    given: dict[str, Any] = {"currency": "EUR", "amount": Decimal(amount)} | more
    Cost.objects.bulk_create(Cost(campaign=campaign, on=on, source=source, **given) for on in days)


def each_week(count: int, since: date = FIRST) -> list[date]:
    return [since + number * WEEK for number in range(count)]


def weeks(**over: Any) -> Weeks:
    given: dict[str, Any] = {"is_revenue": True, "goal": "", "country": "", "now": NOW}
    return weeks_of(SITE, over.pop("first_on", FIRST), over.pop("count", WEEKS), **given | over)


def test_weeks_begin_on_monday_and_money_was_spent_before_them(campaign: Campaign) -> None:
    spend(campaign, "search", each_week(WEEKS + RUN_IN, SINCE), 2)
    spend(campaign, "search", [SINCE - DAY, FIRST + WEEKS * WEEK], 500)  # outside
    spend(campaign, "search", [SINCE, FIRST - DAY], 10, medium="more")
    spend(campaign, "search", [FIRST, FIRST + 6 * DAY], 100, medium="more")
    spend(campaign, "search", [FIRST + 3 * DAY], 70, currency="USD")

    found = weeks()

    assert (found.first_on, found.run_in, found.fitted, found.days) == (SINCE, 8, WEEKS, 7)
    assert found.spend == {"search": [12, *[2] * 6, 12, 202, *[2] * 11]}
    assert found.outcome == [*[0] * 8, 12, 11, *[0] * 9, 13]
    assert found.others == {"USD": 70}
    assert (found.gathered, found.left_out, found.holidays) == ([], [], [0.0] * 20)
    assert found.starts[0] == SINCE
    assert found.starts[-1] == date(2024, 3, 18)


def test_conversions_are_counted_where_revenue_is_not_asked_for(campaign: Campaign) -> None:
    spend(campaign, "search", each_week(WEEKS))
    goal_create(site=campaign.site_id, name="Order", kind="event", event="order.placed")

    assert weeks(is_revenue=False).outcome[RUN_IN : RUN_IN + 3] == [2, 1, 0]
    assert weeks(is_revenue=False, goal="Order").outcome[RUN_IN : RUN_IN + 3] == [2, 1, 0]


def test_channels_by_themselves_have_costs_in_eight_weeks_of_the_outcome(campaign: Campaign) -> None:
    spend(campaign, "eight", each_week(8))
    spend(campaign, "seven", each_week(7), 50)
    spend(campaign, "before", each_week(RUN_IN, SINCE), 90)
    spend(campaign, "", [FIRST + 7 * WEEK], 3)

    found = weeks()

    # Together the others have costs in eight weeks as well; the largest is named first.
    assert list(found.spend) == ["eight", REST]
    assert found.spend[REST] == [*[90] * 8, *[50] * 7, 3, *[0] * 4]
    assert (found.gathered, found.left_out) == (["before", "seven", UNNAMED], [])


def test_what_is_spent_too_seldom_even_together_is_left_out(campaign: Campaign) -> None:
    spend(campaign, "eight", each_week(8))
    spend(campaign, "seven", each_week(7), 50)

    found = weeks()

    assert (list(found.spend), found.gathered, found.left_out) == (["eight"], [], ["seven"])
    Cost.objects.filter(source="eight").delete()
    with pytest.raises(WeeksWrong) as wrong:
        weeks()
    assert wrong.value.places == {"least": 8}


@pytest.mark.parametrize(
    ("channels", "own"), [(CHANNELS_MOST, CHANNELS_MOST), (CHANNELS_MOST + 1, CHANNELS_MOST - 1)]
)
def test_of_more_channels_than_are_told_apart_the_smallest_are_the_rest(
    campaign: Campaign, channels: int, own: int
) -> None:
    for number in range(channels):
        spend(campaign, f"c{number}", each_week(8), 1 + number)

    found = weeks()

    largest = [f"c{number}" for number in reversed(range(channels))]
    assert [name for name in found.spend if name != REST] == largest[:own]
    assert found.gathered == largest[own:]


def test_a_start_of_which_nothing_is_known_is_refused_from_the_fifth_week_on(campaign: Campaign) -> None:
    spend(campaign, "search", each_week(WEEKS), 5)

    assert weeks(first_on=FIRST - 4 * WEEK, count=WEEKS + 4).fitted == WEEKS + 4
    with pytest.raises(WeeksWrong) as wrong:
        weeks(first_on=FIRST - 6 * WEEK, count=WEEKS + 6)

    # Of the week before there is one order.
    assert wrong.value.places == {"day": "2023-12-25", "weeks": WEEKS + 1}


def test_days_on_which_nothing_came_are_one_of_twenty_at_most(campaign: Campaign) -> None:
    goal_create(site=campaign.site_id, name="Letter", kind="event", event="letter.asked")
    spend(campaign, "search", [FIRST + number * DAY for number in range(-56, WEEKS * 7)], 3)

    found = weeks(days=1, is_revenue=False, goal="Letter")

    # Four of 84; of revenue there was none on 80.
    assert (found.first_on, found.run_in, found.fitted, found.days) == (SINCE, 56, 84, 1)
    assert found.outcome == [*[0] * 60, *[1] * 80]
    assert found.spend == {"search": [3] * 140}
    assert found.rare == []
    assert found.starts[-1] == FIRST + 83 * DAY
    with pytest.raises(WeeksWrong) as wrong:
        weeks(days=1)
    assert wrong.value.places == {"empty": 80, "all": 84}
    # A week before, on seven days more nothing came.
    with pytest.raises(WeeksWrong) as wrong:
        weeks(days=1, is_revenue=False, goal="Letter", first_on=FIRST - WEEK)
    assert wrong.value.places == {"empty": 11, "all": 84}


def test_channels_whose_costs_stand_on_single_days_are_noted(campaign: Campaign) -> None:
    goal_create(site=campaign.site_id, name="Letter", kind="event", event="letter.asked")
    alone, pairs = (
        [number * 3 for number in range(15)],
        [50, 51, 53, 54, 56, 57, 59, 60, 62, 63, 65, 66, 68, 69],
    )
    for name, numbers in (("half", alone[:14] + pairs), ("more", alone + pairs), ("few", alone + pairs[:12])):
        spend(campaign, name, [FIRST + number * DAY for number in numbers])

    found = weeks(days=1, is_revenue=False, goal="Letter")

    # Of 28 days are 14 alone, of 29 are 15; of 27 days no channel is told by itself.
    assert list(found.spend) == ["more", "half"]
    assert (found.rare, found.left_out) == (["more"], ["few"])


def test_holidays_are_a_share_of_the_days_of_a_week(campaign: Campaign) -> None:
    spend(campaign, "search", each_week(8))

    found = weeks(country="ES")

    # 6 and 8 December and Christmas before; the New Year and Epiphany in the first week.
    by_week = dict(zip(found.starts, found.holidays, strict=True))
    kept = {on.isoformat(): round(share * 7) for on, share in by_week.items() if share}
    assert kept == {"2023-12-04": 2, "2023-12-25": 1, "2024-01-01": 2}


def test_the_last_whole_weeks_end_on_the_sunday_before() -> None:
    assert mondays(date(2024, 1, 8), 2) == date(2023, 12, 25)
    assert mondays(date(2024, 1, 14), 2) == date(2023, 12, 25)
    assert mondays(date(2024, 1, 15), 2) == date(2024, 1, 1)
