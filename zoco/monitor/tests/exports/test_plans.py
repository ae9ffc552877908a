"""Scheduled exports: each day when it is over, days of an outage made good, and failures seen."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from zoco.ledger.store.base import Store
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.others import exporting
from zoco.monitor.alarms.said import incident_said, incident_title
from zoco.monitor.exports import plans, services
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportPlan, ExportRun
from zoco.monitor.tests.exports import made
from zoco.project.health.exports import exports
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def plan(site: Site, store: Store) -> ExportPlan:
    return ExportPlan.objects.create(site=site, since=date(2026, 3, 1))


def due(plan: ExportPlan, now: datetime, store: Store) -> list[str]:
    return [str(day) for day in plans.days_due(ExportPlan.objects.get(pk=plan.pk), now, store)]


def done(store: Store, now: datetime) -> list[ExportRun]:
    plans.plans_look(now=now, store=store)
    waiting = ExportRun.objects.filter(state="waiting")
    return [services.run_through(key=run.pk, store=store) for run in waiting]


def test_day_is_due_when_it_is_over_where_the_site_is(plan: ExportPlan, store: Store) -> None:
    midnight = datetime(2026, 3, 29, 22, 0, tzinfo=UTC)  # of Madrid, on the day the clock changed

    assert due(plan, midnight + timedelta(minutes=29), store) == ["2026-03-28"]
    assert due(plan, midnight + timedelta(minutes=30), store) == ["2026-03-28", "2026-03-29"]


def test_month_is_due_when_it_is_over(plan: ExportPlan, store: Store) -> None:
    ExportPlan.objects.update(every="month")

    assert due(plan, made.NOW, store) == []
    assert due(plan, made.NOW + timedelta(days=1), store) == [f"2026-03-{day}" for day in (28, 29, 30, 31)]


def test_days_of_an_outage_are_made_good_and_late_facts_written_again(
    plan: ExportPlan, store: Store, site: Site, data: Path
) -> None:
    [first] = done(store, datetime(2026, 3, 29, 10, 0, tzinfo=UTC))
    assert (first.state, first.written) == ("done", 1)

    [second] = done(store, made.NOW)  # nobody was there for a day

    assert (second.first_on, second.last_on, second.written) == (date(2026, 3, 29), date(2026, 3, 30), 2)
    assert done(store, made.NOW) == []
    made.loaded(store, data / "spool", [made.fact(site.pk, "2026-03-28 13:00", 6, "/more")])
    assert done(store, made.NOW + timedelta(minutes=5)) == []
    done(store, made.NOW + timedelta(days=1))
    assert next(iter(made.paths(data).values())) == ["/", "/buy", "/more", "/late"]


def test_what_the_ledger_lost_stays_in_the_file(
    plan: ExportPlan, store: Store, site: Site, data: Path
) -> None:
    done(store, made.NOW)
    store.retain(site.pk, 2**53)

    done(store, made.NOW + timedelta(days=1))

    assert next(iter(made.paths(data).values())) == ["/", "/buy", "/late"]


def test_failure_is_tried_again_and_seen_by_alarm_and_health(
    plan: ExportPlan, store: Store, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Alarm.objects.create(site=site, kind="export", measure="exports")
    place = tmp_path / "disk"
    monkeypatch.setenv("ZOCO_EXPORTS", str(place))
    monkeypatch.setattr("zoco.monitor.alarms.others.exporting.opening.store", lambda: store)
    [run] = done(store, made.NOW)
    assert run.state == "failed"
    assert done(store, made.NOW) == []  # not at once

    now = datetime.now(UTC)
    # Of three days, not of all up to now: they become more each day.
    ExportPlan.objects.update(failing_since=now - timedelta(hours=2), since=now.date() - timedelta(days=3))
    assert exporting.exports_look(now=now) == 1

    incident = Incident.objects.get(closed_at=None)
    assert incident_title(incident) == "Exports fail on Shop"
    assert "not exported. The folder" in incident_said(incident)
    assert [(each.level, "is not there" in each.message) for each in exports()] == [("warning", True)]
    place.mkdir()

    runs = done(store, now + timedelta(hours=1))
    assert [run.state for run in runs] == ["done"]
    exporting.exports_look(now=now + timedelta(hours=1))

    assert not Incident.objects.filter(closed_at=None).exists()
    assert [each.level for each in exports()] == ["ok"]


def test_duty_that_cannot_be_done_is_an_incident_too(store: Store, site: Site, tmp_path: Path) -> None:
    Alarm.objects.create(site=site, kind="export", measure="exports")
    (tmp_path / "disk").mkdir()
    made.exported(store, site.pk, place=str(tmp_path / "disk"))
    now = datetime.now(UTC)
    day = ExportDay.objects.get(day=made.FIRST)
    ExportDuty.objects.create(
        day=day, marks=b"", asked_at=now - timedelta(hours=2), tries=1, said="The folder is away."
    )

    assert exporting.exports_look(now=now) == 1

    assert incident_said(Incident.objects.get()) == (
        "1 exported day still holds what was to be deleted. The folder is away."
    )
