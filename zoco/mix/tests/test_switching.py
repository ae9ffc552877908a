"""Switching a channel off and on: planned on facts whose truth is known, measured, and refused in words."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from zoco.campaigns.models import Campaign, Cost
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.mix.switching.screens import _result
from zoco.mix.switching.working import Seen, calendar
from zoco.mix.tests.company import site_make
from zoco.monitor.models import Goal
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.incrementality import Blocks, Switched

pytestmark = pytest.mark.django_db
WHERE = "/admin/media-mix/switching/"
START, WEEKS, DRAW = date(2025, 6, 2), 76, 7
TEST = START + 60 * timedelta(days=7)
BLOCKS = Blocks(6, 1, 1)
ASKED: dict[str, Any] = {
    "site": "shop", "outcome": "revenue", "channel": "search", "pairs": "6", "weeks": "1", "left_out": "1",
    "first_on": TEST.isoformat(), "past": "60", "draw": str(DRAW),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _site(tmp_path: Path) -> Iterator[None]:
    """Make 76 weeks of sales by day; 30 of 100 a day come of a channel that is off as the calendar says."""
    (tmp_path / "keys").mkdir(mode=0o700)
    random = np.random.default_rng(4)
    halves = calendar(TEST, BLOCKS, DRAW)
    off = {each.first + timedelta(days=at) for each in halves if each.is_off for at in range(7)}
    days = [START + timedelta(days=at) for at in range(7 * WEEKS)]
    facts = [
        fact(
            f"{on} 12:00:00", at + 1, "/thanks", name="order.placed", origin="tracker",
            amount_site=Decimal(f"{(70 if on in off else 100) + random.normal(0, 4):.2f}"),
        )
        for at, on in enumerate(days)
    ]  # fmt: skip
    with ledger(tmp_path, facts, [SITE]):
        site = site_make()
        campaign = Campaign.objects.create(site=site, name="Spring", code="spring")
        Cost.objects.bulk_create(
            Cost(campaign=campaign, on=on, source="search", amount=Decimal(10), currency="EUR")
            for on in days
            if on not in off
        )
        reads.forget()
        yield
    reads.forget()


@pytest.fixture
def marketer() -> Client:
    return client_of("marketer")


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be this moment."""
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_a_plan_says_what_would_be_found_and_when_the_channel_is_off(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 7, 20, 12, tzinfo=UTC), monkeypatch)

    page = body(marketer.get(WHERE, ASKED))

    halves = calendar(TEST, BLOCKS, DRAW)
    assert sum(each.is_off for each in halves) == 6
    assert [halves[at].is_off != halves[at + 1].is_off for at in range(0, 12, 2)] == [True] * 6
    assert page.count("<b>off</b>") == 6
    # Noise of 4 in 100 a day: of six pairs the least effect is a few per cent, and 10 % is always found.
    assert "<dt>Power at 10%</dt><dd>100%</dd>" in page
    assert "<dt>Money, if the channel is switched off</dt><dd>€420</dd>" in page
    assert re.search(r"in as many weeks as are off</dt><dd>€4,(1[6-9]|2[0-4])", page)
    assert page.split("address of this page: ")[1].startswith("from 19\xa0Oct\xa02026 on it")
    assert "Added while it was on" not in page
    assert "Nothing was spent on this channel" not in page
    assert "Fisher, The Design of Experiments" in page


def test_a_plan_of_a_channel_that_costs_nothing_says_that_it_would_show_nothing(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 7, 20, 12, tzinfo=UTC), monkeypatch)
    Cost.objects.filter(on__gt=START + timedelta(days=7)).delete()

    page = body(marketer.get(WHERE, ASKED))

    assert "<dt>Money, if the channel is switched off</dt><dd>€0</dd>" in page
    assert "Nothing was spent on this channel in as many weeks before" in page


def test_a_test_that_is_over_shows_what_the_channel_added(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 12, 1, 12, tzinfo=UTC), monkeypatch)

    answer = marketer.get(WHERE, ASKED)

    found = dict(answer.context["result"]["lines"])
    bounds = found["Between, in 90 of 100 cases"].split(" to ")
    low, high = (float(each.strip("€").replace(",", "")) for each in bounds)
    # Six days of each of six blocks count: 36 days of 30 are 1,080.
    assert low < 1080 < high < 1300
    assert low > 900
    assert found["p"] == "0.031"  # two of 2⁶ ways
    assert (found["Spent while it was on"], found["Spent while it was off"]) == ("€420", "€0")
    assert "switching the channel made a difference" in body(answer)
    assert ("What is measured", "Revenue") in answer.context["opens"].data


def test_what_figures_open_to_names_the_goal(marketer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    Goal.objects.create(site=Site.objects.get(), name="Order", kind="event", event="order.placed")
    at(datetime(2026, 12, 1, 12, tzinfo=UTC), monkeypatch)

    answer = marketer.get(WHERE, ASKED | {"outcome": "goal:Order"})

    assert ("What is measured", "Order") in answer.context["opens"].data


def test_a_kept_address_shows_its_result_years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    at(datetime(2028, 12, 1, 12, tzinfo=UTC), monkeypatch)
    marketer = client_of("marketer")

    known, unknown = marketer.get(WHERE, ASKED), marketer.get(WHERE, ASKED | {"channel": "<b>gone"})

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert dict(known.context["result"]["lines"])["Spent while it was on"] == "€420"
    assert ("search", "search") in known.context["form"].fields["channel"].choices
    assert dict(unknown.context["result"]["lines"])["Spent while it was on"] == "€0"
    assert b"<b>gone" not in unknown.content


def test_a_channel_without_costs_and_costs_without_a_rate_are_said(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 12, 1, 12, tzinfo=UTC), monkeypatch)
    wrong, fine = ASKED | {"channel": "serach"}, "No cost of the channel"

    result, right = body(marketer.get(WHERE, wrong)), body(marketer.get(WHERE, ASKED))
    spring = Campaign.objects.get()
    Cost.objects.create(campaign=spring, on=TEST, source="search", amount=Decimal(70), currency="USD")
    other = body(marketer.get(WHERE, ASKED))
    at(datetime(2026, 7, 20, 12, tzinfo=UTC), monkeypatch)
    plan = body(marketer.get(WHERE, wrong))

    said = "No cost of the channel serach is known on these days: "
    assert f"{said}27\xa0Jul\xa0– 18\xa0Oct\xa02026." in result.replace(" – ", "\xa0– ")
    assert said in plan
    assert (fine in right, fine in other) == (False, False)
    assert "No rate was in force" not in right
    assert "No rate was in force for costs that are in no channel: $70" in other


@pytest.mark.parametrize(
    ("on", "off", "is_broken"),
    [
        (420, 0, False),
        (420, 210, False),
        (420, 211, True),
        (0, 5000, True),
        (0, 0, False),
        (None, None, False),
    ],
)
def test_money_spent_while_it_was_off_breaks_the_test(
    on: float | None, off: float | None, is_broken: bool
) -> None:
    seen = Seen(Switched(1.0, 0.0, 2.0, 0.1, 0.5), on, off)

    assert _result(seen, BLOCKS, SITE, str)["is_broken"] is is_broken


def test_a_calendar_followed_the_wrong_way_round_is_said(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 12, 1, 12, tzinfo=UTC), monkeypatch)
    Cost.objects.filter(on__gte=TEST).delete()
    off = [each.first for each in calendar(TEST, BLOCKS, DRAW) if each.is_off]
    spring = Campaign.objects.get()
    Cost.objects.bulk_create(
        Cost(campaign=spring, on=on, source="search", amount=Decimal(10), currency="EUR") for on in off
    )

    page = body(marketer.get(WHERE, ASKED))

    assert "More than half of the usual money was spent while it was to be off." in page


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"first_on": "0001-01-01"}, "before 2000, or more than a year ahead"),
        ({"first_on": "9999-12-27"}, "before 2000, or more than a year ahead"),
        ({"first_on": "2026-07-28"}, "A test begins on a Monday."),
        ({"pairs": "4"}, "greater than or equal to 5"),
        ({"pairs": "26", "weeks": "4"}, "at most two years"),
        ({"left_out": "7"}, "Of each block some day is counted."),
        ({"past": "20", "pairs": "8"}, "The past is at least 23 weeks for such a test."),
        ({"channel": "x" * 101}, "Select a valid choice"),
        ({"channel": "x\0"}, "Select a valid choice"),
        ({"outcome": "goal:Gone"}, "If it was renamed, choose it by its new name"),
        ({"outcome": "x" * 10_000}, "Select a valid choice"),
        ({"draw": "99999999999999999999"}, "less than or equal to"),
        ({"weeks": "nan"}, "Enter a whole number."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(
    over: dict[str, str], words: str, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2026, 7, 20, 12, tzinfo=UTC), monkeypatch)

    answer = marketer.get(WHERE, ASKED | over)

    assert answer.status_code == 422
    assert words in body(answer)
    assert "halves" not in answer.context


def test_a_past_of_which_too_little_is_known_gives_no_figure(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(datetime(2025, 8, 1, 12, tzinfo=UTC), monkeypatch)

    page = body(marketer.get(WHERE, ASKED | {"first_on": "2025-08-04"}))

    assert "Weeks since anything came: 8. Such a test needs 19 to be planned" in page
    assert "Power at" not in page


def test_the_page_of_regions_leads_there_where_no_region_is_known(marketer: Client) -> None:
    assert f'href="{WHERE}?site=shop"' in body(marketer.get("/admin/media-mix/regions/?site=shop"))
