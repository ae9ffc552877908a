"""The weeks before, looked at again: counted by hand, kept for a week, said on the page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.monitor.alarms.before.replaying import raised, weeks_known
from zoco.monitor.alarms.before.working import about_of, before_of, before_work
from zoco.monitor.alarms.cube import Cube, Cut, sections
from zoco.monitor.alarms.detecting import Finding
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.others.averages import looked
from zoco.monitor.alarms.shown.before_said import a_week_said, all_said, before_said
from zoco.monitor.alarms.tests.test_running import NEWEST, facts
from zoco.monitor.alarms.usual import CARE, rule_of
from zoco.monitor.alarms.watched import PAGE, SECTION, measure_named
from zoco.monitor.services import goal_create
from zoco.sites.models import Site

DAYS = 42


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ledger(tmp_path, facts()) as opened:
        yield opened


def cube(**share: float) -> Cube:
    """Make 24 visits an hour, and such a share of them on some days."""
    counts = np.full((1, DAYS * 24), 24.0)
    for day, each in share.items():
        counts[0, int(day[1:]) * 24 : int(day[1:]) * 24 + 24] = np.round(24 * each)
    cut = Cut.of(("ES",), counts)
    first = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
    return Cube(measure_named("visits"), first, Cut(("",), cut.summed), {"country": cut})


def test_each_care_opens_as_many_incidents_as_fall_so_far() -> None:
    assert weeks_known(cube(), DAYS * 24) == 4
    assert weeks_known(cube(), 20 * 24) == 0
    # A day that lost nearly all is found at any care, one that lost 30 % is no large one for a calm one.
    found = raised("fall", cube(d18=0.1, d26=0.7, d33=0.1), None, DAYS * 24, 4)
    quiet = raised("fall", cube(d5=0.1), None, DAYS * 24, 1)

    assert found == {"calm": 2, "usual": 3, "keen": 3}
    assert quiet == {"calm": 0, "usual": 0, "keen": 0}


def drawn(seed: int, key: str) -> Cube:
    """Draw Poisson counts of countries and pages by hour, some of which fall; one page is in both figures."""
    rng, hours = np.random.default_rng(seed), np.arange(DAYS * 24)
    day = 1 + 0.5 * np.sin(hours / 24 * 2 * np.pi)
    countries = rng.poisson(np.outer([8.0, 4.0, 2.0, 0.5, 0.2], day)).astype(float)
    countries[1, 24 * 30 : 24 * 31] = 0
    countries[0, 24 * 37 : 24 * 38] *= 0.6
    paths = rng.multinomial(countries.sum(0).astype(int), [0.5, 0.3, 0.15, 0.05]).T.astype(float)
    paths[2, 24 * 34 : 24 * 36] = 0
    first = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
    pages = Cut.of(("", "/a/b/1", "/a/b/2", "/c"), paths)
    cuts = {"country": Cut.of(("", "ES", "GB", "MX", "CN"), countries), PAGE: pages, SECTION: sections(pages)}
    return Cube(measure_named(key), first, Cut.of(("",), paths.sum(0)[None]), cuts)


def one_by_one(kind: str, cube: Cube, other: Cube | None) -> dict[str, int]:
    """Count what each care opens in the last week, look by look, nothing ahead."""
    opened, seen = dict.fromkeys(CARE, 0), dict.fromkeys(CARE, -99)
    for at in range(DAYS * 24 - 166, DAYS * 24 + 1, 2):
        for care in ("keen", "usual", "calm"):
            rule = rule_of(kind, care)
            assert rule is not None
            if not isinstance(looked(cube, at, rule, other), Finding):
                break
            opened[care], seen[care] = opened[care] + (at - seen[care] > 12), at
    return opened


@pytest.mark.parametrize("kind", ["fall", "tracker", "rise"])
def test_what_is_worked_out_ahead_finds_what_single_looks_find(kind: str) -> None:
    cube, other = drawn(3, "page_views"), drawn(4, "visits") if kind == "fall" else None

    found = raised(kind, cube, other, DAYS * 24, 1)

    assert found == one_by_one(kind, cube, other)
    assert (kind == "rise") == (not any(found.values()))


@pytest.mark.django_db
def test_it_is_counted_once_a_week_and_anew_for_another_measure(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    alarm = Alarm.objects.create(site=site, kind="fall", measure="visits")
    Alarm.objects.create(site=site, kind="silence", measure="facts")

    done = [before_work(now=NEWEST + timedelta(days=days), store=store) for days in (0, 0.1, 6.9)]
    alarm.refresh_from_db()

    assert done == [1, 0, 0]
    assert alarm.before["raised"] == {"calm": 0, "usual": 0, "keen": 0}
    assert before_said(alarm) == (
        "By the last 2 weeks, looked at again, it is raised so often a week: "
        "calm 0.00, usual 0.00, keen 0.00."
    )
    assert a_week_said(alarm) == "0.00"
    assert all_said([alarm]) == (
        "As it is set, 1 alarm is to be expected 0.0 times a week in all, real ones among them."
    )
    alarm.measure = "page_views"
    assert (before_of(alarm), before_said(alarm), a_week_said(alarm), all_said([alarm])) == (
        None,
        "",
        "–",
        "",
    )
    alarm.save()
    assert before_work(now=NEWEST + timedelta(days=1), store=store) == 1


@pytest.mark.django_db
def test_it_is_counted_anew_when_other_goals_convert(store: Store) -> None:
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    goal_create(site=site.pk, name="Seen", kind="page", pattern="/p")
    of_all = Alarm.objects.create(site=site, kind="fall", measure="conversions")
    of_visits = Alarm.objects.create(site=site, kind="fall", measure="visits")
    before = [about_of(of_all), about_of(of_visits)]

    goal_create(site=site.pk, name="Basket", kind="page", pattern="/b")

    assert about_of(of_all) == [*before[0][:-1], ["Basket", "Seen"]]
    assert about_of(of_visits) == before[1]
