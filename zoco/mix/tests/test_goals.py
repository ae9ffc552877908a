"""Which goals a test of a channel counted is kept: it is compared with what counts the same ones alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.ledger.asking.goals import goal_renamed
from zoco.mix import fits
from zoco.mix.models import ChannelTest, MediaMix, RegionalTest
from zoco.mix.notes import note_of_tests
from zoco.mix.tests.company import FIRST
from zoco.mix.tests.test_causes import asked, measured
from zoco.mix.tests.test_causes import site as with_costs  # noqa: F401 - used by itself
from zoco.mix.tests.test_screens import TEST
from zoco.mix.weeks import WEEK, Weeks
from zoco.monitor.models import Goal
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
PAGE = "/admin/media-mix/tests/"
UNKNOWN = "By which goals is not known, so it is held against no model."
EIGHT_WEEKS = Weeks(FIRST, 0, {"search": [1.0] * 8}, [1.0] * 8, [0.0] * 8)


@pytest.fixture
def shop(with_costs: Site) -> Site:  # noqa: F811
    """Return a site with two goals."""
    for name in ("Order", "Call"):
        Goal.objects.create(site=with_costs, name=name, kind="event", event=name.lower())
    return with_costs


@pytest.fixture
def marketer(shop: Site) -> Client:
    return client_of("marketer")


def kept(site: Site, **over: Any) -> ChannelTest:
    days = {"first_on": FIRST, "last_on": FIRST + WEEK - timedelta(days=1)}
    figures = {"change": 10.0, "effect": 20.0, "error": 1.0}
    return ChannelTest.objects.create(site=site, channel="search", **days | figures | over)


@pytest.mark.parametrize(
    ("outcome", "goals", "shown"),
    [
        ("conversions", ["Call", "Order"], 'All conversions<br><span class="note">Call, Order</span>'),
        ("goal:Order", None, ">Order</td>"),
        ("revenue", None, ">Revenue</td>"),
    ],
)
def test_what_a_test_counted_is_kept_as_it_is_written_down(
    marketer: Client, outcome: str, goals: list[str] | None, shown: str
) -> None:
    before = body(marketer.get(PAGE))
    marketer.post(PAGE, {"site": "shop", **TEST, "outcome": outcome})

    assert "All conversions are those by which they are counted now: Call, Order." in before
    assert ChannelTest.objects.get().goals == goals
    page = body(marketer.get(PAGE))
    assert shown in page
    assert UNKNOWN not in page


def test_of_what_was_written_down_before_it_is_said_that_nobody_knows(shop: Site, marketer: Client) -> None:
    kept(shop, is_revenue=False)

    assert UNKNOWN in body(marketer.get(PAGE))


def test_a_model_is_held_against_tests_of_the_same_goals_alone(shop: Site) -> None:
    for is_revenue, goal, goals in (
        (False, "", ["Order", "Call"]), (False, "", ["Order"]), (False, "", None), (False, "", []),
        (False, "Order", None), (True, "", None),
    ):  # fmt: skip
        kept(shop, is_revenue=is_revenue, goal=goal, goals=goals)

    def held(goals: list[str], *, is_revenue: bool = False, goal: str = "") -> tuple[int, int]:
        mix = MediaMix(site=shop, first_on=FIRST, weeks_count=8, is_revenue=is_revenue, goal=goal)
        found, apart = fits.tests_of(mix, EIGHT_WEEKS, goals)
        return len(found), apart

    assert held(["Call", "Order"]) == (1, 3)
    assert held(["Call"]) == (0, 4)
    assert held([]) == (1, 3)
    assert held(["Call"], goal="Order") == (1, 0)
    assert held(["Call"], is_revenue=True) == (1, 0)


def test_how_many_were_left_out_is_said() -> None:
    assert note_of_tests(0) == []
    assert note_of_tests(1)[0].startswith("1 test of a channel is not held against this model:")
    assert note_of_tests(2)[0].startswith("2 tests of channels are not held against this model:")


def test_a_test_of_all_conversions_stands_beside_credits_of_the_same_goals_alone(with_costs: Site) -> None:  # noqa: F811
    test = measured(with_costs, is_revenue=False, goals=["Call", "Order"])

    found = [asked(is_revenue=False, goals=each) for each in (("Order",), ("Order", "Call"))]
    test.goals = None
    test.save()
    (unknown,) = asked(is_revenue=False, goals=("Order", "Call"))

    assert [[(each.label, each.bounds is None) for each in some] for some in found] == [
        [],
        [("google", False)],
    ]
    assert (unknown.bounds, str(unknown.lack)) == (None, "by which goals it counted is not known")


@pytest.mark.parametrize("goals", [["Call", "Order"], None])
def test_a_measurement_in_regions_is_written_down_with_the_goals_of_its_day(
    shop: Site, marketer: Client, goals: list[str] | None
) -> None:
    result: dict[str, Any] = {"lift": {"added": 5.0, "error": 1.0}} | ({"goals": goals} if goals else {})
    now = timezone.now()
    test = RegionalTest.objects.create(
        site=shop, kind="test", channel="radio", country="ES", regions=["MD"], first_on=FIRST, weeks_count=4,
        before_count=20, change=100.0, is_revenue=False, state="done", result=result, created_at=now,
        told_at=now,
    )  # fmt: skip
    goal_renamed(site=shop.pk, was="Nothing", now="Something")
    Goal.objects.filter(name="Call").delete()

    marketer.post(f"/admin/media-mix/regions/{test.pk}/act/", {"do": "write"})

    assert ChannelTest.objects.get().goals == goals
