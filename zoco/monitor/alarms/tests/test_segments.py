"""Alarms on a segment: the list, the web hook and the form say which, also when it is gone."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.monitor.alarms import services
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.shown import telling
from zoco.monitor.alarms.tests.test_incidents import FALL, NOW, Hook, alarm, hook
from zoco.monitor.models import Segment
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
__all__ = ["alarm", "hook"]


def test_an_alarm_on_a_segment_says_so_and_never_becomes_one_on_the_whole_site(
    alarm: Alarm, hook: str, client: Client
) -> None:
    segment = Segment.objects.create(site=alarm.site, name="Phones", filters={"f.device": ["phone"]})
    other = Site.objects.create(slug="mill", name="Mill")
    theirs = Segment.objects.create(site=other, name="Phones", filters={"f.device": ["phone"]})
    client.force_login(User.objects.get(username="bea"))
    given = {"site": alarm.site_id, "kind": "fall", "measure": "visits", "minutes": 30, "care": "usual"}
    given |= {"is_on": "on", "hook_secret": "k", "hook_url": hook}

    doubled = client.post("/admin/alarms/new/", given).content.decode()
    strange = client.post("/admin/alarms/new/", given | {"segment": theirs.pk}).content.decode()
    silent = client.post("/admin/alarms/new/", given | {"kind": "silence", "segment": segment.pk})
    client.post("/admin/alarms/new/", given | {"segment": segment.pk})
    made = Alarm.objects.get(segment=segment)
    services.seen_apply(made, FALL, at=NOW)
    telling.tellings_send(now=NOW)
    listed = client.get("/admin/alarms/").content.decode()
    segment.delete()
    lost = client.post(f"/admin/alarms/edit/{made.pk}/", given).content.decode()

    assert "The site has this alarm already" in doubled
    assert "This segment belongs to another site" in strange
    assert "This alarm is about the whole site" in silent.content.decode()
    assert "Something falls: Visits in the segment “Phones”" in listed
    told = json.loads(Hook.got[0][1])
    assert (told["segment"]["name"], told["segment"]["filters"]) == ("Phones", {"f.device": ["phone"]})
    assert "“Phones” was deleted, and nothing is watched" in lost
    assert Alarm.objects.get(pk=made.pk).has_lost_segment
    Alarm.objects.exclude(pk=made.pk).delete()
    client.post(f"/admin/alarms/edit/{made.pk}/", given | {"whole": "on"})
    assert not Alarm.objects.get(pk=made.pk).has_lost_segment
