"""Background work of research. It may run twice."""

from django_tasks import task

from zoco.research import working


@task()
def study_do(study: int) -> None:
    """Do a study."""
    working.study_through(key=study)
