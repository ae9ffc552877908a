"""Background work of media mixes. It may run twice."""

from django_tasks import task

from zoco.mix import running


@task()
def mix_fit(mix: int) -> None:
    """Do a fit that was asked for."""
    running.through(key=mix)
