"""Waves that come one beside another are told once each; the usual alarms are set once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from zoco.monitor.alarms import services
from zoco.monitor.alarms.causes import Cause
from zoco.monitor.alarms.detecting import Finding
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.said import incident_title
from zoco.monitor.alarms.tests.test_incidents import FALL, NOW, alarm
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
__all__ = ["alarm"]


def wave(host: str) -> Finding:
    """Return a wave of spam by a host."""
    cause = Cause("referrer_host", (host,), 90.0, 0.5, 0.99, 0.2)
    return replace(FALL, measure="spam", is_fall=False, hours=6, seen=90.0, cause=cause, part=None)


def test_another_wave_is_told_although_one_is_open_and_none_is_told_twice(alarm: Alarm) -> None:
    alarm.kind = "spam"
    hosts = ("a.example", "a.example", "b.example", "a.example", "b.example")

    for hours, host in enumerate(hosts):
        services.seen_apply(alarm, wave(host), at=NOW + timedelta(hours=hours))

    first, second = Incident.objects.order_by("id")
    assert (first.closed_at, second.closed_at) == (NOW + timedelta(hours=2), None)
    assert "a.example" in incident_title(first)
    assert "b.example" in incident_title(second)
    assert [each.event for each in Telling.objects.order_by("id")] == ["opened", "closed", "opened"]


def test_a_wave_beside_another_is_told_once_it_is_the_larger(alarm: Alarm) -> None:
    alarm.kind = "spam"
    told = (
        ("a.example",),
        ("a.example", "b.example"),
        ("b.example", "a.example"),
        ("a.example", "b.example"),
    )

    for hours, hosts in enumerate(told):
        found = wave("a.example")
        assert found.cause is not None
        seen = replace(found, cause=replace(found.cause, values=hosts))
        services.seen_apply(alarm, seen, at=NOW + timedelta(hours=hours))

    first, second = Incident.objects.order_by("id")
    assert (first.closed_at, second.closed_at) == (NOW + timedelta(hours=2), None)
    assert "b.example" in incident_title(second)


def test_the_usual_alarms_are_set_once(alarm: Alarm) -> None:
    first = services.alarms_usual(alarm.site_id)

    assert services.alarms_usual(alarm.site_id) == first
    assert alarm in first
    assert len(first) == 18


def test_alarms_about_letters_are_set_once_for_all_sites(alarm: Alarm) -> None:
    other = Site.objects.create(slug="bakery", name="Bakery", zone="Europe/Madrid")
    lacked = services.lacks_usual()

    kinds = [{each.kind for each in services.alarms_usual(site)} for site in (alarm.site_id, other.pk)]

    assert lacked
    assert not services.lacks_usual()
    assert [kind in kinds[0] for kind in ("pace", "roas", "opens", "complaints")] == [True] * 4
    assert kinds[0] - kinds[1] == {"opens", "clicks", "unsubs", "complaints"}


def test_no_silence_is_set_for_a_site_with_simulated_data(alarm: Alarm) -> None:
    Alarm.objects.all().delete()

    kinds = {each.kind for each in services.alarms_usual(alarm.site_id, is_demo=True)}

    assert len(kinds) > 3
    assert "silence" not in kinds
