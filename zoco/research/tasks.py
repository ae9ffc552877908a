"""Background work of research. It may run twice."""

from django_tasks import task

from zoco.research import working
from zoco.research.contracts import runs


@task()
def study_do(study: int) -> None:
    """Do a study."""
    working.study_through(key=study)


@task()
def contracts_do(table: int) -> None:
    """Work a table of contracts out."""
    runs.table_through(key=table)
