"""Background work of imports. It may run twice."""

from django_tasks import task

from zoco.people.importing import running


@task()
def import_work(run: int) -> None:
    """Do the step of an import that was asked for."""
    running.through(key=run)
