"""Spending that rises when demand falls: its sign is heeded where it is shown, and words keep to tests."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from zoco.campaigns.models import Campaign, Cost
from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Wanted
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix.causes import effects
from zoco.mix.demand.judging import demand_of
from zoco.mix.demand.showing import saying
from zoco.mix.models import MediaMix
from zoco.mix.tests.company import FIRST, facts_of, site_make
from zoco.mix.tests.test_demand import OUTCOME, PLANNED, VISITS, WEEKS, by_name, visits_of
from zoco.mix.tests.test_fits import done
from zoco.mix.weeks import RUN_IN, WEEK
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.timeout(300)
RANDOM = np.random.default_rng(12)
SLUMPS = (
    9_000 / np.concatenate([VISITS[:1], VISITS[:-1]]) * np.exp(0.05 * RANDOM.standard_normal(len(VISITS)))
)
"""More is spent the week after fewer came."""
BOARDS = RANDOM.integers(20, 200, len(VISITS))
FOUND, NOT_FOUND = {"p": 0.0001, "freedom": 11}, {"p": 0.6, "freedom": 11}
BROUGHT_ANYWAY = "would have come without this money"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, [*facts_of(OUTCOME[RUN_IN:]), *visits_of()], [SITE]):
        made = site_make()
        campaign, since = (
            Campaign.objects.create(site=made, name="Spring", code="spring"),
            FIRST - RUN_IN * WEEK,
        )
        Cost.objects.bulk_create(
            Cost(
                campaign=campaign, on=since + at * WEEK, source=source, creative=source,
                amount=Decimal(f"{money:.2f}"), currency="EUR",
            )
            for source, spent in (("search", SLUMPS), ("radio", PLANNED), ("boards", BOARDS))
            for at, money in enumerate(spent)
        )  # fmt: skip
        reads.forget()
        yield made
    reads.forget()


@pytest.fixture
def marketer(site: Site) -> Client:
    return client_of("marketer")


@pytest.mark.django_db
def test_more_money_after_a_slump_is_said_to_go_against_demand_wherever_it_is_shown(marketer: Client) -> None:
    mix = done(weeks_count=WEEKS)

    page = body(marketer.get(f"/admin/media-mix/{mix.pk}/"))

    found = by_name(mix.result["demand"])
    assert found["search"]["ahead"]["t"] < 0
    assert {name: each["following"] for name, each in found.items()} == {
        "search": "against",
        "radio": "apart",
        "boards": "apart",
    }
    assert mix.result["held"] == ["search"]
    (now,) = (each for each in mix.result["advice"] if each["share"] == 1)
    search = by_name(now["shares"])["search"]
    assert search["advised"] == pytest.approx(search["present"])
    for words in (
        "search: visits of the week before that nobody paid for tell what is spent next",
        "More is spent when fewer people come anyway",
        "is rather too low",
        "Demand moves spending on search, so that nobody knows what moving that money would do",
        "Spending on search, and visits that nobody paid for, by week",
    ):
        assert words in page
    # What it brought, what is asked, advice, its curve, all parts.
    assert page.count("its spending moves against demand") == 5
    assert BROUGHT_ANYWAY not in page
    assert "its spending follows demand" not in page
    _attribution_says("its spending moves against demand")
    _older_is_shown_alike(mix, marketer, page)


def _attribution_says(lack: str) -> None:
    (info,) = sitebook.sites()
    wanted = Wanted(info, Period(FIRST, FIRST + 10 * WEEK, info.zone), "source", True, ())
    found = {each.label: each for each in effects(wanted)}
    assert (found["search"].bounds, found["search"].lack) == (None, lack)
    assert found["radio"].lack != lack


def _older_is_shown_alike(mix: MediaMix, marketer: Client, page: str) -> None:
    """What was kept before signs were heeded said the opposite, and knew not which test had found it."""
    new = mix.result["demand"]
    mix.result["demand"] = older = [
        {name: value for name, value in each.items() if not name.startswith("is_")} for each in new
    ]
    older[[each["channel"] for each in older].index("search")]["following"] = "follows"
    mix.save()

    assert demand_of(mix.result) == new
    assert demand_of({}) == []
    again = body(marketer.get(f"/admin/media-mix/{mix.pk}/"))
    assert again.count("its spending moves against demand") == 5
    assert "is rather too low" in again
    assert BROUGHT_ANYWAY not in again
    _attribution_says("its spending moves against demand")


def said(together: dict[str, Any], ahead: dict[str, Any], by_clicks: float | None) -> tuple[str, str]:
    """Return what is said of one channel whose tests came out so, beside it and at length."""
    signs = [each | {"t": 9 * each["partial"]} for each in (together, ahead)]
    kept = {"channel": "x", "together": signs[0], "ahead": signs[1], "by_clicks": by_clicks}
    (each,) = demand_of({"demand": [kept]})
    return saying(each, "x")


@pytest.mark.parametrize("sign", [1, -1])
def test_what_only_the_week_before_told_is_not_laid_to_the_same_period(sign: int) -> None:
    short, words = said(NOT_FOUND | {"partial": 0.05}, FOUND | {"partial": 0.7 * sign}, 0.9)

    assert short == ("its spending follows demand" if sign > 0 else "its spending moves against demand")
    assert "visits of the week before" in words
    assert "spending moves with visits" not in words
    assert "0.05" not in words
    assert "0.60" not in words
    assert (BROUGHT_ANYWAY in words, "is rather too low" in words) == (sign > 0, sign < 0)


def test_clicks_are_named_with_what_the_same_period_told() -> None:
    short, words = said(FOUND | {"partial": 0.7}, NOT_FOUND | {"partial": 0.05}, 0.9)

    assert short == "its spending follows demand"
    assert "same period 0.70" in words
    assert "90% of its changes are clicks" in words
    assert "0.05" not in words


@pytest.mark.parametrize(
    ("partial", "clicks", "short", "words"),
    [
        (0.7, 0.1, "its spending moves with demand", "If the money brings these visits"),
        (-0.7, 0.1, "its spending is high where demand is low", "more is spent where fewer visits come"),
        (-0.7, 0.9, "its spending is high where demand is low", "more is spent where fewer visits come"),
    ],
)
def test_what_moves_together_is_said_by_its_sign(
    partial: float, clicks: float, short: str, words: str
) -> None:
    found = said(FOUND | {"partial": partial}, NOT_FOUND | {"partial": 0.05}, clicks)

    assert found[0] == short
    assert words in found[1]
    assert BROUGHT_ANYWAY not in found[1]


@pytest.mark.parametrize("sign", [1, -1])
def test_both_ways_at_once_nobody_says_which_way_the_figure_is_wrong(sign: int) -> None:
    short, words = said(FOUND | {"partial": 0.6 * sign}, FOUND | {"partial": -0.7 * sign}, 0.1)

    assert short == "demand moves its spending"
    assert "whether the figure is too high or too low nobody can tell" in words
    assert BROUGHT_ANYWAY not in words
    assert "rather too low" not in words
