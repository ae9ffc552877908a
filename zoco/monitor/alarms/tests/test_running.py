"""The worker's look over a store: silence at the right time, falls, counts that are those of the facts."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoco.kit.periods import Period
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, ledger, load
from zoco.monitor.alarms import running
from zoco.monitor.alarms.before.working import before_work
from zoco.monitor.alarms.cube import cube_read
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.narrowed import narrowed
from zoco.monitor.alarms.others import silent
from zoco.monitor.alarms.said import incident_title, known_said, segment_said
from zoco.monitor.models import Segment
from zoco.moving.models import SiteMove
from zoco.sites.models import Site
from zoco.testing.factories import fact

NEWEST = datetime(2026, 5, 4, 9, 50, tzinfo=UTC)
DAYS, A_DAY = 30, 96


def facts() -> list[Fact]:
    """Make a page view each quarter of an hour for thirty days, up to `NEWEST`; a tenth from France."""
    first = NEWEST - timedelta(days=DAYS)
    return [
        fact(
            at=first + timedelta(minutes=15 * number),
            site=SITE.id,
            name="web.page.served",
            visitor=number + 1,
            path=f"/shop/{number % 3}/a",
            country="FR" if number % 10 == 0 else "ES",
        )
        for number in range(DAYS * A_DAY + 1)
    ]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ledger(tmp_path_factory.mktemp("data"), facts()) as opened:
        yield opened


@pytest.mark.django_db
def test_silence_is_told_when_it_can_be_no_chance_and_over_with_the_next_fact(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    Alarm.objects.create(site=site, kind="silence", measure="facts", minutes=30)

    quiet = [silent.silence_look(now=NEWEST + timedelta(minutes=each), store=store) for each in (20, 60, 240)]

    assert quiet == [0, 0, 1]
    incident = Incident.objects.get()
    assert incident.found["seen"] == 0
    assert incident.found["expected"] == pytest.approx(4 * 4, rel=0.2)
    again = NEWEST + timedelta(minutes=250)
    load(Path(os.environ["ZOCO_DATA"]), [fact(at=again, site=SITE.id)])
    store.drain()
    silent.silence_look(now=again + timedelta(minutes=1), store=store)
    incident.refresh_from_db()
    assert incident.closed_at is not None


@pytest.mark.django_db
def test_each_hour_is_looked_at_once_and_visits_that_stop_are_found(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    alarm = Alarm.objects.create(site=site, kind="fall", measure="visits")
    later = NEWEST + timedelta(hours=11)

    assert running.alarms_look(now=NEWEST, store=store) == 1
    assert running.alarms_look(now=NEWEST + timedelta(minutes=5), store=store) == 0
    assert Incident.objects.count() == 0
    assert running.alarms_look(now=later, store=store) == 1

    incident = Incident.objects.get(alarm=alarm)
    assert incident.found["seen"] <= 2
    assert len(incident.picture["seen"]) == len(incident.picture["low"]) > 20


def test_counts_are_those_of_the_facts(store: Store) -> None:
    period = Period.parse("2026-04-10..2026-04-11", SITE.zone)

    cube = cube_read("page_views", SITE, period, store)

    total = cube.total.summed[0, -1]
    made = [each for each in facts() if period.start <= each.occurred_at < period.end]
    french = [each for each in made if each.country == "FR"]
    country = cube.cuts["country"]
    assert total == len(made) == 2 * A_DAY
    assert country.summed[country.values.index("FR"), -1] == len(french)
    assert cube.cuts["section"].values == ("/shop/",)
    assert cube.hour_at(datetime(2026, 4, 10, 1, tzinfo=UTC), SITE.zone) == 3


@pytest.mark.django_db
def test_an_alarm_on_a_segment_counts_what_fits_its_filters(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    segment = Segment.objects.create(site=site, name="Spain", filters={"f.country": ["ES"]})
    alarm = Alarm.objects.create(site=site, kind="fall", measure="visits", segment=segment)
    period = Period.parse("2026-04-10..2026-04-11", SITE.zone)

    cube = cube_read("page_views", SITE, period, store, narrowed(alarm))
    running.alarms_look(now=NEWEST + timedelta(hours=11), store=store)

    made = [each for each in facts() if period.start <= each.occurred_at < period.end]
    assert cube.total.summed[0, -1] == len([each for each in made if each.country == "ES"])
    incident = Incident.objects.get(alarm=alarm)
    assert incident_title(incident) == "Visits in the segment “Spain” fell on Shop"
    assert segment_said(incident) == "Segment “Spain”: Country is Spain."


@pytest.mark.django_db
def test_a_segment_that_changes_or_goes_ends_what_was_found_in_it(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    segment = Segment.objects.create(site=site, name="Spain", filters={"f.country": ["ES"]})
    alarm = Alarm.objects.create(site=site, kind="fall", measure="visits", segment=segment)
    hours = [NEWEST + timedelta(hours=each) for each in (11, 12, 13, 14)]
    running.alarms_look(now=hours[0], store=store)
    first = Incident.objects.get()

    Segment.objects.update(filters={"f.country!": ["FR"]}, name="Abroad")
    running.alarms_look(now=hours[1], store=store)
    first.refresh_from_db()

    assert first.closed_at is not None
    assert "“Spain” as it was then: Country is Spain" in segment_said(first)
    assert [each.found["segment"]["name"] for each in Incident.objects.filter(closed_at=None)] == ["Abroad"]

    Segment.objects.get().delete()
    running.alarms_look(now=hours[2], store=store)
    running.alarms_look(now=hours[3], store=store)

    alarm.refresh_from_db()
    assert Incident.objects.filter(closed_at=None).count() == 0
    assert (alarm.segment_name, alarm.known, Incident.objects.count()) == ("Abroad", "gone", 2)
    assert (
        known_said(alarm) == "The segment “Abroad” was deleted, and nothing is watched. Choose another one."
    )


@pytest.mark.django_db
def test_nothing_is_judged_while_facts_of_a_site_arrive_from_elsewhere(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    Alarm.objects.create(site=site, kind="fall", measure="visits")
    Alarm.objects.create(site=site, kind="silence", measure="facts", minutes=30)
    move = SiteMove.objects.create(kind="in", site=site, name="shop.zip", state="running", is_fresh=True)
    later = NEWEST + timedelta(hours=11)

    def looks() -> tuple[int, int, int]:
        return (
            running.alarms_look(now=later, store=store),
            silent.silence_look(now=later, store=store),
            before_work(now=later, store=store),
        )

    assert looks() == (0, 0, 0)
    assert not Incident.objects.exists()
    SiteMove.objects.filter(pk=move.pk).update(state="stopped")
    assert looks() == (1, 1, 1), "whoever watches over a site waits for nobody to go on with an import"
