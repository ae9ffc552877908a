"""Background work of campaigns. It may run twice."""

from django_tasks import task


@task()
def costs_import(run: int) -> None:
    """Do the step of an import of costs that was asked for."""
    from zoco.campaigns.costs.importing import running

    running.through(key=run)
