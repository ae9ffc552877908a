"""Background work of monitoring."""

from django_tasks import task

from zoco.monitor.attribution import services as attribution
from zoco.monitor.exports import services as exports
from zoco.monitor.imports import services


@task()
def import_read(run: int) -> None:
    """Read an uploaded export."""
    services.read_through(key=run)


@task()
def import_put(run: int) -> None:
    """Put what was read into the store."""
    services.put_through(key=run)


@task()
def export_do(run: int) -> None:
    """Write the days of an export."""
    exports.run_through(key=run)


@task()
def attribution_count(run: int) -> None:
    """Credit what a period brought."""
    attribution.run_through(key=run)
