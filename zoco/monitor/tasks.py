"""Background work of monitoring."""

from django_tasks import task

from zoco.monitor.imports import services


@task()
def import_read(run: int) -> None:
    """Read an uploaded export."""
    services.read_through(key=run)


@task()
def import_put(run: int) -> None:
    """Put what was read into the store."""
    services.put_through(key=run)
