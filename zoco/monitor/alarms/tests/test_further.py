"""Another part that falls while an incident is open is told with its own time; what was told is not again."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zoco.monitor.alarms import services
from zoco.monitor.alarms.causes import parts_of
from zoco.monitor.alarms.cube import Cube, Cut
from zoco.monitor.alarms.detecting import Finding, Rule, look
from zoco.monitor.alarms.further import noting
from zoco.monitor.alarms.further.finding import _is_told, further
from zoco.monitor.alarms.further.noting import later_look, later_of
from zoco.monitor.alarms.models import Alarm, Incident, Telling
from zoco.monitor.alarms.shown.later_said import all_later_said, later_title
from zoco.monitor.alarms.shown.telling import hook_body
from zoco.monitor.alarms.tests.test_incidents import FALL, alarm
from zoco.monitor.alarms.usual import rule_of
from zoco.monitor.alarms.watched import measure_named
from zoco.monitor.alarms.windows import Lookout
from zoco.project.tests.readers import body, client_of

__all__ = ["alarm"]
DAYS = 45
FIRST = datetime(2026, 4, 1)  # noqa: DTZ001 - wall-clock time has no zone
SPAIN, MEXICO = ("country", "ES"), ("country", "MX")
RULE = rule_of("fall") or Rule(is_fall=True, share=1.0)


def cube(*falls: tuple[int, int, float, Sequence[int]], seed: int = 5) -> Cube:
    """Draw visits by hour of four countries; each has a language of its own but GB and US, which share one.

    A fall is from an hour to another, what is left, and the countries.
    """
    rng, hours = np.random.default_rng(seed), np.arange(DAYS * 24)
    day = 1 + 0.5 * np.sin(hours / 24 * 2 * np.pi)
    mean = np.outer([0.0, 6.0, 4.0, 3.0, 3.0], day)
    for begins, ends, left, rows in falls:
        mean[np.ix_(np.array(rows), np.arange(begins, ends))] *= left
    counts = rng.poisson(mean).astype(float)
    spoken = np.stack([counts[0], counts[1], counts[2], counts[3] + counts[4]])
    cuts = {
        "country": Cut.of(("", "ES", "MX", "GB", "US"), counts),
        "language": Cut.of(("", "es-ES", "es-MX", "en"), spoken),
    }
    return Cube(measure_named("visits"), FIRST, Cut.of(("",), counts.sum(0)[None]), cuts)


def lived(cube: Cube, first: int) -> tuple[int, list[tuple[int, Finding]]]:
    """Live through the hours from `first` on: when an incident opened, and what was told of it later."""
    opened, told, began, since, later = -1, set(), 0, 0, []
    for end in range(first, cube.hours + 1, 4):
        seen = look(cube, end, RULE)
        if not isinstance(seen, Finding):
            continue
        if opened < 0:
            opened, began, since = end, end - seen.hours, end
        cause = asdict(seen.cause) if seen.cause else None
        told |= parts_of(cause if end == opened or cause is None else cause | {"values": ()})
        found = further(Lookout(cube), end, RULE, told=told, began=began, since=since)
        if found is not None:
            told |= set(found.names)
            began, since = end - found.found.hours, end
            later.append((end, found.found))
    return opened, later


def test_a_second_fall_of_another_part_is_found_within_two_days_and_once() -> None:
    spain, mexico = 40 * 24, 41 * 24 + 6
    counts = cube((spain, DAYS * 24, 0.1, [1]), (mexico, DAYS * 24, 0.1, [2]))

    opened, later = lived(counts, spain)

    assert spain < opened <= spain + 24
    assert [found.part in (MEXICO, ("language", "es-MX")) for _end, found in later] == [True]
    assert mexico < later[0][0] <= mexico + 48


@pytest.mark.parametrize("seed", [5, 7])
def test_one_fall_is_told_once_under_whatever_names_and_however_long_it_lasts(seed: int) -> None:
    spain = 40 * 24

    opened, later = lived(cube((spain, DAYS * 24, 0.1, [1]), seed=seed), spain)

    assert spain < opened <= spain + 24
    assert later == []


def test_parts_that_fell_at_the_same_time_are_no_news_of_each_other() -> None:
    both = 40 * 24

    opened, later = lived(cube((both, DAYS * 24, 0.1, [1]), (both, DAYS * 24, 0.5, [3, 4])), both)

    assert both < opened <= both + 24
    assert later == []


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (("path", "/blog/a"), ("section", "/blog/")),
        (("landing", "/blog/"), ("section", "/blog/")),
        (("section", "/blog/"), ("path", "/blog/a")),
        (("section", "/shop/honey/"), ("section", "/shop/")),
        (("section", "/shop/"), ("section", "/shop/honey/")),
        (("path", "/"), ("landing", "/")),
    ],
)
def test_pages_and_the_groups_around_them_are_told_with_each_other(
    part: tuple[str, str], told: tuple[str, str]
) -> None:
    assert _is_told(part, {told})


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (("path", "/"), ("section", "/blog/")),
        (("path", "/checkout/"), ("landing", "/")),
        (("path", "/shopping"), ("path", "/shop")),
        (("path", "/shop"), ("path", "/shopping")),
        (("path", "/checkout/pay/"), ("path", "/checkout/")),
        (("section", "/shopping/"), ("section", "/shop/")),
        (("section", "/shop/"), ("landing", "/")),
    ],
)
def test_pages_of_which_one_begins_as_the_other_are_news_of_each_other(
    part: tuple[str, str], told: tuple[str, str]
) -> None:
    assert not _is_told(part, {told})


@pytest.mark.django_db
def test_it_is_written_down_told_and_shown_with_its_own_time(alarm: Alarm) -> None:
    spain, mexico = 40 * 24, 41 * 24 + 6
    counts = cube((spain, DAYS * 24, 0.1, [1]), (mexico, DAYS * 24, 0.05, [2]))
    alarm.hook_url = "https://hook.example/"
    alarm.save()

    for end in range(spain + 6, mexico + 48, 6):
        at = _moment(end)
        seen = look(counts, end, RULE)
        incident = services.seen_apply(alarm, seen, at=at)
        if incident is not None:
            for _twice in range(2):
                later_look(incident, counts, None, RULE, zone="Europe/Madrid", at=at)

    incident = Incident.objects.get()
    (later,) = later_of(incident)
    assert timedelta(0) < later.at - _moment(mexico) <= timedelta(hours=48)
    assert incident.opened_at < later.began_at < later.at
    events = list(Telling.objects.order_by("id").values_list("event", "way"))
    assert events == [("opened", "mail"), ("opened", "hook"), ("part-1", "mail"), ("part-1", "hook")]
    assert later_title(incident, later).startswith("Visits on Honey shop: ")
    assert later_title(incident, later).endswith("MX fell too")
    told = hook_body(Telling.objects.get(event="part-1", way="hook")).decode()
    assert '"event":"incident.further"' in told
    assert f'"id":"{incident.pk}-part-1"' in told
    (words,) = all_later_said(incident)
    assert " fell too. In the last " in words
    page = body(client_of("marketer").get(f"/admin/incidents/{incident.pk}/"))
    assert words in page
    assert words in body(client_of("analyst").get("/admin/incidents/"))


def another(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> list[bool]:
    """Let another worker do something once while one looks; return whether writers waited at each look."""
    waited: list[bool] = []

    def looked(*given: Any, **named: Any) -> object:
        waited.append(connection.in_atomic_block)
        found = further(*given, **named)
        if len(waited) == 1:
            does()
        return found

    monkeypatch.setattr(noting, "further", looked)
    return waited


@pytest.mark.parametrize("meanwhile", ["nothing", "noted", "closed"])
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nobody_waits_while_it_is_looked_and_what_changed_meanwhile_is_kept(
    alarm: Alarm, meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spain, mexico = 40 * 24, 41 * 24 + 6
    counts = cube((spain, DAYS * 24, 0.1, [1]), (mexico, DAYS * 24, 0.05, [2]))
    alarm.hook_url = "https://hook.example/"
    alarm.save()
    opened, at = _moment(spain + 12), _moment(mexico + 24)
    incident = services.seen_apply(alarm, look(counts, spain + 12, RULE), at=opened)
    assert incident is not None

    def note() -> bool:
        return later_look(incident, counts, None, RULE, zone="Europe/Madrid", at=at)

    does: dict[str, Callable[[], object]] = {
        "nothing": lambda: None, "noted": note, "closed": lambda: services.incident_close(incident, at=at),
    }  # fmt: skip
    waited = another(monkeypatch, does[meanwhile])

    assert note() is (meanwhile == "nothing")
    assert not note(), "once is enough"
    assert waited == [False] * (2 if meanwhile == "noted" else 1)
    parts = Telling.objects.filter(event__startswith="part-").order_by("id").values_list("event", "way")
    assert list(parts) == ([] if meanwhile == "closed" else [("part-1", "mail"), ("part-1", "hook")])
    assert len(later_of(Incident.objects.get())) == (0 if meanwhile == "closed" else 1)


def _moment(end: int) -> datetime:
    """Return the moment of an hour of the cube, on Madrid's clock."""
    return (FIRST + timedelta(hours=end)).replace(tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)


@pytest.mark.django_db
def test_the_list_asks_no_more_for_more_incidents_and_opens(alarm: Alarm) -> None:
    reader = client_of("analyst")
    alarms = services.alarms_usual(alarm.site_id)
    services.seen_apply(alarm, FALL, at=_moment(0))
    reader.get("/admin/incidents/")

    with CaptureQueriesContext(connection) as few:
        page = body(reader.get("/admin/incidents/"))
    for each in alarms:
        if each.kind in ("fall", "not_found", "bots") and each != alarm:
            services.seen_apply(each, FALL, at=_moment(0))
    with CaptureQueriesContext(connection) as many:
        body(reader.get("/admin/incidents/"))

    assert Incident.objects.count() == 5
    assert len(few) == len(many)
    assert "incidents marked as false ÷ weeks since the first alarm was set" in page
