"""The weeks before, looked at again: counted by hand, kept for a week, said on the page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.monitor.alarms.before.replaying import raised, weeks_known
from zoco.monitor.alarms.before.working import before_of, before_work
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.shown.before_said import a_week_said, all_said, before_said
from zoco.monitor.alarms.tests.test_running import NEWEST, facts
from zoco.monitor.alarms.watched import measure_named
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
