"""Background work on sites."""

from django_tasks import task

from zoco.sites.sourcing import services


@task()
def history_apply(run: int) -> None:
    """Apply today's rules of source channels to a site's history."""
    services.run_through(key=run)
