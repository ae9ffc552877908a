"""Each figure and each step of a funnel can be watched by segment: of three alike two are Spain's."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from zoco.kit.periods import Period
from zoco.ledger.asking.filters import filters_read
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ERROR, SITE, ZONE, fact, ledger
from zoco.monitor.alarms import cube
from zoco.monitor.alarms.narrowed import WHOLE, Narrowed
from zoco.monitor.alarms.others.surveyed import ANSWERED, SCORED
from zoco.monitor.alarms.watched import MEASURES, measure_named
from zoco.monitor.funnels import Funnel
from zoco.monitor.services import goal_create
from zoco.monitor.tests.funnels.test_steps import ORDER
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
DAYS = Period.parse("2026-03-28..2026-03-29", ZONE)
SCORE = {"kind": "nps", "question": "again", "score": 3}
BOTH = (("ES", 1, "10:00"), ("FR", 2, "11:00"), ("ES", 3, "12:00"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    facts = []
    for country, visitor, at in BOTH:
        day = f"2026-03-28 {at}"
        more: dict[str, Any] = {"country": country}
        back = {"name": "shop.order.refunded", "verdict": "server", "subject_kind": "order", "subject": at}
        survey = {"subject_kind": "survey", "subject": "1"}
        facts += [
            fact(f"{day}:00", visitor, "/p", **more),
            fact(f"{day}:10", visitor, "/b", **more),
            fact(f"{day}:20", visitor, "/no", name=ERROR, **more | {"status": 404}),
            fact(f"{day}:25", visitor, "/bad", name=ERROR, **more | {"status": 500}),
            fact(f"{day}:30", visitor, "/b", name=ORDER, amount_site=Decimal(20), **more),
            fact(f"{day}:40", visitor, "", amount_site=Decimal(-20), **back, **more),
            fact(f"{day}:45", visitor, "", name=ANSWERED, **survey, **more),
            fact(f"{day}:45", visitor, "", name=SCORED, props=SCORE, **survey, **more),
            fact(f"{day}:50", visitor + 50, "/p", verdict="bot", **more),
            fact(f"{day}:50", visitor + 60, "/p", verdict="spam", **more),
        ]
    with ledger(tmp_path_factory.mktemp("segments"), facts) as opened:
        yield opened


@pytest.fixture
def steps() -> list[str]:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=ZONE, currency="EUR")
    goal_create(site=site.pk, name="Seen", kind="page", pattern="/p")
    goal_create(site=site.pk, name="Basket", kind="page", pattern="/b")
    goal_create(site=site.pk, name="Order", kind="event", event=ORDER)
    goals = ["Seen", "Basket", "Order"]
    funnel = Funnel.objects.create(site=site, name="Way", steps=goals, within_seconds=3_600)
    return [f"funnel:{funnel.pk}:{number}" for number in (1, 2, 3)]


def test_each_figure_goal_and_step_is_counted_by_segment(
    store: Store, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One dimension is enough to count the whole; eight would ask eight times.
    monkeypatch.setattr(
        cube, "measure_named", lambda key: replace(measure_named(key), dimensions=("reason",))
    )
    spain = Narrowed(filters_read({"f.country": ["ES"]}))
    unequal = {}
    for key in (*MEASURES, *steps, "goal:Basket", f"event:{ORDER}"):
        counted = [cube.cube_read(key, SITE, DAYS, store, part) for part in (WHOLE, spain)]
        whole, ours = (float(each.total.summed[0, -1]) * each.unit for each in counted)
        if not (whole > 0 and ours == pytest.approx(whole * 2 / 3)):
            unequal[key] = (whole, ours)

    assert unequal == {}
