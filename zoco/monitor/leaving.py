"""What monitoring made of a site's facts goes with them: incidents, imports, exported files."""

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from zoco.kit import conf
from zoco.ledger import sitebook

PATIENCE_SECONDS = 60.0


class StillBusy(RuntimeError):
    """An import or an export of the site does not end; try again when it has."""


def site_forget(site: int, until: datetime) -> None:
    """Forget what was found in, put into or written of a site until then. Alarms and plans stay."""
    with sitebook.everything():
        _incidents_forget(site, until)
        _attributions_forget(site, until)
        _exports_forget(site, until)
        _imports_forget(site, until)


def _incidents_forget(site: int, until: datetime) -> None:
    from zoco.monitor.models import Alarm, Incident

    Incident.objects.filter(alarm__site=site, opened_at__lte=until).delete()
    Alarm.objects.filter(site=site).update(known="", looked_at=None)


def _attributions_forget(site: int, until: datetime) -> None:
    """Stop what counts, and delete what was counted; what a conversion is stays."""
    from zoco.monitor.attribution import services
    from zoco.monitor.models import AttributionRun

    runs = AttributionRun.objects.filter(site=site, created_at__lte=until)
    for run in runs.filter(state__in=["waiting", "counting"]):
        services.RUNS.stop(run)
    runs.delete()


def _exports_forget(site: int, until: datetime) -> None:
    """Stop what writes files, then delete them; what cannot be reached is owed, and shown as such."""
    from zoco.monitor.exports import duties, services
    from zoco.monitor.models import ExportDay, ExportPlan, ExportRun

    runs = ExportRun.objects.filter(site=site, created_at__lte=until)
    for run in runs.filter(state__in=["waiting", "running"]):
        services.RUNS.stop(run)
    running = runs.filter(state="running", told_at__gt=until)
    _until_over(running.exists, "An export of the site does not end; stop it, then try again.")
    runs.filter(state="running").update(state="stopped", is_to_stop=True)
    days = ExportDay.objects.filter(site=site)
    duties.days_owed(days.filter(made_at__lte=until) | days.filter(made_at=None))
    ExportPlan.objects.filter(site=site).update(looked_on=None)


def _imports_forget(site: int, until: datetime) -> None:
    from zoco.monitor.imports import services
    from zoco.monitor.models import ImportRun

    runs = ImportRun.objects.filter(site=site, created_at__lte=until).exclude(state="undone")
    for run in runs:
        services.READS.stop(run)
    busy = runs.filter(state__in=["reading", "importing"], told_at__gt=until)
    _until_over(busy.exists, "An import of the site does not end; stop it, then try again.")
    for run in runs:
        if run.is_open:
            run.state = ImportRun.State.STOPPED
        services.run_undo(run=run)
    if not any(info.id == site for info in sitebook.sites()):
        for folder in _left_folders():
            shutil.rmtree(folder, ignore_errors=True)


def _left_folders() -> list[Path]:
    """Return folders of uploads whose import went with its site."""
    from zoco.monitor.models import ImportRun

    known = {str(key) for key in ImportRun.objects.values_list("pk", flat=True)}
    return [path for path in (conf.DATA() / "uploads").glob("*") if path.name not in known]


def _until_over(is_busy: Callable[[], bool], said: str) -> None:
    late = time.monotonic() + PATIENCE_SECONDS
    while is_busy():
        if time.monotonic() > late:
            raise StillBusy(said)
        time.sleep(0.2)
