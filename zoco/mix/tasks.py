"""Background work of media mixes and tests in regions. It may run twice."""

from django_tasks import task

from zoco.mix import running


@task()
def mix_work(kind: str, key: int) -> None:
    """Work out what was asked for."""
    running.through(kind=kind, key=key)
