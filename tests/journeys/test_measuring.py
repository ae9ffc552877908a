"""What was measured is used: a funnel becomes an audience, imported costs a model that advises."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from zoco.campaigns.costs.importing import running as importing
from zoco.campaigns.models import Campaign, Cost, CostImport
from zoco.ledger.store import opening
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.mix import running
from zoco.mix.models import MediaMix
from zoco.mix.tests.company import facts_of, site_make
from zoco.mix.weeks import RUN_IN, WEEK, mondays
from zoco.monitor.services import goal_create
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked
from zoco.people.audiences.models import Audience
from zoco.people.audiences.rules import rules_read
from zoco.people.models import NUMBER_BASE, Person
from zoco.sites import reads
from zoco.stats.tests.mix.worlds import world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.timeout(300),
]
WEEKS = 120
WORLD = world(5, periods=WEEKS + RUN_IN, channels=2, noise=0.015)


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def shop(visit: Open, tmp_path: Path, today: date) -> Iterator[list[Person]]:
    """Yield who is known of a shop with two years of orders: of three who put honey by, one bought it."""
    made = site_make()
    goal_create(site=made.pk, name="Put by", kind="event", event="shop.basket.added")
    goal_create(site=made.pk, name="Bought", kind="event", event="shop.order.placed")
    now = datetime.now(UTC)
    people = [Person.objects.create(created_at=now, changed_at=now) for _ in range(3)]
    day = today - timedelta(days=12)
    facts = facts_of(WORLD.series.outcome[RUN_IN:], first=mondays(today, WEEKS))
    facts.append(fact(f"{today - timedelta(days=1)} 12:00:00", 999, "/"))
    for visitor, each in enumerate(people, 900):
        known: dict[str, Any] = {"person": NUMBER_BASE + each.pk, "origin": "tracker"}
        facts.append(fact(f"{day} 10:0{visitor % 10}:00", visitor, "", name="shop.basket.added", **known))
        if each == people[0]:
            facts.append(fact(f"{day} 11:00:00", visitor, "", name="shop.order.placed", **known))
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts, reads.site_infos()):
        yield people


def on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_funnel_is_built_and_those_who_stopped_become_an_audience(
    shop: list[Person], visit: Open, live_server: Any
) -> None:
    page = visit("/admin/funnels/new/")
    page.get_by_label("Site").select_option("Shop")
    page.get_by_label("Name").fill("To the till")
    page.get_by_label("Step 1").select_option("Put by")
    page.get_by_label("Step 2").select_option("Bought")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/admin/funnels/")
    page.goto(f"{live_server.url}/admin/ledger/reports/funnel/?site=shop&period=30d")
    expect(page.get_by_text("33.3% went on")).to_be_visible()
    on_a_phone(page)

    page.get_by_role("link", name="2 stopped here").click()
    page.get_by_role("link", name="Keep as an audience").click()
    expect(page.locator("#z-build p[role=status]")).to_contain_text("2 people")
    page.get_by_label("Name of the audience").fill("Left their honey")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Left their honey")).to_be_visible()
    expect(page.get_by_text("2 people", exact=True)).to_be_visible()
    rules = rules_read(Audience.objects.get().rules)
    found = people_of(rules, Asked(now=datetime.now(UTC), store=opening.store()))
    assert set(found) == {each.pk for each in shop[1:]}


def costs_file(folder: Path, first: date) -> Path:
    """Write what was spent as one of the generic files of costs."""
    file = folder / "costs.csv"
    with file.open("w", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(("date", "campaign", "amount", "source"))
        for number, row in enumerate(WORLD.series.spend):
            day = first + (number - RUN_IN) * WEEK
            for channel, amount in zip(WORLD.series.channels, row, strict=True):
                if amount > 0.01:
                    lines.writerow((day, "spring", f"{amount:.2f}", channel))
    return file


def test_costs_are_imported_a_mix_is_fitted_and_its_advice_read(
    shop: list[Person], visit: Open, live_server: Any, tmp_path: Path, today: date
) -> None:
    Campaign.objects.create(site_id=1, name="Spring", code="spring")
    page = visit("/admin/costs/imports/?site=shop")
    page.get_by_label("File").set_input_files(costs_file(tmp_path, mondays(today, WEEKS)))
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url("**/costs/imports/*/")
    for button in ("See what would come of it", "Import"):
        importing.through(key=CostImport.objects.get().pk)
        page.reload()
        page.get_by_role("button", name=button, exact=True).click()
    importing.through(key=CostImport.objects.get().pk)
    assert Cost.objects.count() > WEEKS

    page.goto(f"{live_server.url}/admin/media-mix/?site=shop")
    page.get_by_label("Weeks until the last whole one").fill(str(WEEKS))
    page.get_by_label("Public holidays of").select_option("Spain")
    page.get_by_role("button", name="Fit").click()
    page.wait_for_url("**/media-mix/*/")
    expect(page.get_by_text("Being worked out")).to_be_visible()
    running.through(kind="mix", key=MediaMix.objects.get().pk)
    page.reload()
    advice = page.get_by_role("region", name="How the same money would be split best")
    for channel in WORLD.series.channels:
        expect(advice.get_by_role("row", name=channel)).to_be_visible()
    on_a_phone(page)
