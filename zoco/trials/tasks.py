"""Background work of trials."""

from django_tasks import task

from zoco.trials.analysis import runs


@task()
def trial_do(run: int) -> None:
    """Work out the figures of a trial."""
    runs.run_through(key=run)
