"""Kill -9 the worker wherever it looks: gone on with, each incident is there once and told once."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User

from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.monitor.alarms import running
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.tests.test_running import NEWEST, facts
from zoco.project.roles import roles_ensure
from zoco.sites.models import Site
from zoco.testing.dying import killed

LATER = NEWEST + timedelta(hours=11)
PLACES = (
    ("zoco.monitor.alarms.services.incident_see", 0),  # an hour is said to be looked at, not committed
    ("zoco.monitor.alarms.services.tell", 0),  # the incident is written, whom to tell is not
    ("zoco.monitor.alarms.services.seen_apply", 3),  # some hours of the first alarm are committed
    ("zoco.monitor.alarms.running.cube_read", 1),  # the first alarm is done, the second is not begun
    ("zoco.monitor.alarms.services.seen_apply", 4),  # some hours of the second alarm are committed
)


def _look(folder: Path) -> None:
    with ledger(folder, []) as store:
        running.alarms_look(now=LATER, store=store)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_that_is_killed_again_and_again_opens_and_tells_each_incident_once(tmp_path: Path) -> None:
    roles_ensure()
    site = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    owners = Group.objects.get(name="owner")
    User.objects.create_user("bea", "bea@honey.example", "hexagon-comb-12").groups.add(owners)
    for measure in ("visits", "page_views"):
        Alarm.objects.create(site=site, kind="fall", measure=measure).roles.add(owners)
    with ledger(tmp_path, facts()):
        pass
    Alarm.objects.update(looked_at=NEWEST.replace(minute=0))

    for where, after in PLACES:
        killed(partial(_look, tmp_path), where=where, after=after)
    with ledger(tmp_path, []) as store:
        running.alarms_look(now=LATER, store=store)
        again = running.alarms_look(now=LATER, store=store)

    assert again == 0
    opened = Incident.objects.order_by("alarm")
    assert [(each.alarm.measure, each.closed_at) for each in opened] == [("visits", None)]
    assert [(each.event, each.way) for each in Telling.objects.all()] == [("opened", "mail")]
    assert {each.looked_at for each in Alarm.objects.all()} == {LATER.replace(minute=0)}
