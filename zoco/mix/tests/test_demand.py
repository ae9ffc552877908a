"""Spending that follows demand: told beside what it brought, left as it is in advice, and fitted again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.campaigns.models import Campaign, Cost
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Wanted
from zoco.ledger.schema import Fact
from zoco.ledger.tests.reports.made import ORGANIC, SITE, fact, ledger
from zoco.mix import running
from zoco.mix.causes import effects
from zoco.mix.controls.series import controls_add
from zoco.mix.demand.judging import held, judged, told_of, visits_add
from zoco.mix.models import MediaMix
from zoco.mix.notes import notes
from zoco.mix.running import COLLINEAR_OTHERS, _ending
from zoco.mix.tests.company import FIRST, facts_of, site_make
from zoco.mix.tests.test_fits import done
from zoco.mix.weeks import RUN_IN, WEEK, weeks_of
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.mix import Collinear

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEKS, PRICE = 60, Decimal("0.55")
RANDOM = np.random.default_rng(11)
DEMAND = np.exp(0.5 * np.sin(np.arange(WEEKS + RUN_IN) / 3) + 0.3 * RANDOM.standard_normal(WEEKS + RUN_IN))
VISITS = 1 + RANDOM.poisson(60 * DEMAND)  # one of them was paid for
CLICKS = RANDOM.poisson(15 * DEMAND)
PLANNED = RANDOM.integers(20, 200, WEEKS + RUN_IN)
OUTCOME = 900 * DEMAND + PLANNED + 20 * RANDOM.standard_normal(WEEKS + RUN_IN) + 500
"""The clicks bring nothing: all that seems to come of them is demand."""


PAID: dict[str, Any] = {"source": "shop", "medium": "cpc", "channel": "paid_search"}


def visits_of() -> list[Fact]:
    """Return visits that nobody paid for, and one a week that somebody did, which is not to be counted."""
    found = []
    for week, count in enumerate(VISITS[RUN_IN:]):
        for number in range(count):
            day = FIRST + week * WEEK + timedelta(days=number % 7)
            at = f"{day} {8 + number // 60:02}:{number % 60:02}:00"
            who = 10_000 + 1_000 * week + number
            found.append(fact(at, who, "/", origin="tracker", session=who, **(ORGANIC if number else PAID)))
    return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, [*facts_of(OUTCOME[RUN_IN:]), *visits_of()], [SITE]):
        made = site_make()
        costs_make(made)
        reads.forget()
        yield made
    reads.forget()


def costs_make(site: Site) -> None:
    campaign, since = Campaign.objects.create(site=site, name="Spring", code="spring"), FIRST - RUN_IN * WEEK
    rows = [("search", PRICE * int(count), int(count)) for count in CLICKS]
    plans = [("radio", Decimal(int(money)), 40) for money in PLANNED]
    Cost.objects.bulk_create(
        Cost(
            campaign=campaign, on=since + (at % (WEEKS + RUN_IN)) * WEEK, source=source, creative=source,
            amount=amount, clicks=clicks, currency="EUR",
        )
        for at, (source, amount, clicks) in enumerate([*rows, *plans])
    )  # fmt: skip


@pytest.fixture
def marketer(site: Site) -> Client:
    return client_of("marketer")


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["channel"]: each for each in rows}


def test_a_channel_that_follows_demand_is_warned_of_and_fitted_again_by_one_click(marketer: Client) -> None:
    plain = done(weeks_count=WEEKS)

    asked = marketer.post(f"/admin/media-mix/{plain.pk}/act/", {"do": "visits"})
    again = MediaMix.objects.latest("pk")
    under_way = marketer.post(f"/admin/media-mix/{plain.pk}/act/", {"do": "visits"}, follow=True)
    before = body(marketer.get(f"/admin/media-mix/{plain.pk}/"))
    known = running.through(kind="mix", key=again.pk)

    _is_warned_of(plain, before)
    _gives_attribution_nothing()
    assert asked["Location"] == f"/admin/media-mix/{again.pk}/"
    assert (again.controls, again.weeks_count, again.first_on) == (["visits:unpaid"], WEEKS, FIRST)
    assert "Another one is being worked out" in body(under_way)
    assert MediaMix.objects.count() == 2
    assert isinstance(known, MediaMix)
    _is_nearer_to_the_truth(plain, known)
    with CaptureQueriesContext(connection) as queries:
        page = body(marketer.get(f"/admin/media-mix/{known.pk}/"))
    assert len(queries) <= 30
    for words in (
        "What channels brought, without these visits and with them",
        "This model knows visits that nobody paid for",
        f'href="/admin/media-mix/{plain.pk}/"',
    ):
        assert words in page
    assert 'value="visits"' not in page
    assert f'href="/admin/media-mix/{known.pk}/"' in body(marketer.get(f"/admin/media-mix/{plain.pk}/"))


def _is_warned_of(mix: MediaMix, page: str) -> None:
    assert mix.weeks["unpaid"] == [float(each) - 1 for each in VISITS[RUN_IN:]]
    found = by_name(mix.result["demand"])
    assert {name: each["following"] for name, each in found.items()} == {
        "search": "follows",
        "radio": "apart",
    }
    assert found["search"]["by_clicks"] == pytest.approx(1)
    assert found["radio"]["by_clicks"] < 0.1
    assert found["search"]["together"]["partial"] > 0.5
    # Two channels, one of them held: nothing can be moved.
    assert (mix.result["held"], mix.result["advice"]) == (["search"], [])
    assert [each["channel"] for each in told_of(mix.result)] == ["radio"]
    for words in (
        "Whether spending follows demand",
        "search: spending moves with visits that nobody paid for",
        "100% of its changes are clicks at constant prices",
        "Nothing is advised: demand moves spending on search",
        "Spending on search, and visits that nobody paid for, by week",
        'value="visits"',
    ):
        assert words in page
    assert (
        page.count("its spending follows demand") == 4
    )  # what it brought, what is asked, its curve, all parts


def _gives_attribution_nothing() -> None:
    (info,) = sitebook.sites()
    span = Period(FIRST, FIRST + 10 * WEEK, info.zone)

    found = {each.label: each for each in effects(Wanted(info, span, "source", True, ()))}

    assert (found["search"].bounds, found["search"].lack) == (None, "its spending follows demand")
    assert found["radio"].bounds is not None


def _is_nearer_to_the_truth(plain: MediaMix, known: MediaMix) -> None:
    """Not one euro came of the clicks, so the truth is 0."""
    assert [each["control"] for each in known.result["controls"]] == ["visits:unpaid"]
    assert by_name(known.result["demand"])["search"]["following"] == "follows"
    before, after = (by_name(each.result["channels"])["search"]["contribution"] for each in (plain, known))
    assert before["low"] > 1_000
    assert after["mean"] < 0.75 * before["mean"]


def test_without_visits_it_is_said_that_nothing_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(OUTCOME[RUN_IN:]), [SITE]):
        costs_make(site_make())
        reads.forget()
        (info,) = sitebook.sites()
        weeks = weeks_of(info, FIRST, WEEKS, is_revenue=True, goal="", country="", now=NOW)
        visits_add(weeks, info, now=NOW)
        controls_add(weeks, info, ["visits:unpaid"], now=NOW)
    reads.forget()

    assert (weeks.unpaid, weeks.controls) == ([], {})
    assert judged(weeks, weeks.series(), weeks.model("hill"), info) == []
    words = "The control Visits that were not paid for is not in the model: too few visits are known."
    assert words in notes(weeks)


def test_advice_moves_a_channel_that_a_test_agrees_with() -> None:
    said = {"search": "follows", "video": "against", "a": "together"}
    judged = [{"channel": name, "following": each} for name, each in said.items()]

    assert held(judged, set()) == {"search", "video"}
    assert held(judged, {"search"}) == {"video"}


def test_visits_that_spending_moves_too_much_like_are_named() -> None:
    ending = _ending(Collinear(("search", "visits:unpaid"), ("visits:unpaid",)))

    assert ending is not None
    assert ending.said == COLLINEAR_OTHERS
    assert ending.places == {"channels": "search", "others": "Visits that were not paid for"}


def test_nobody_fits_again_what_is_not_worked_out(marketer: Client, site: Site) -> None:
    mix = MediaMix.objects.create(
        site=site, first_on=FIRST, weeks_count=WEEKS, state="refused", created_at=NOW, told_at=NOW
    )

    marketer.post(f"/admin/media-mix/{mix.pk}/act/", {"do": "visits"})

    assert MediaMix.objects.count() == 1
