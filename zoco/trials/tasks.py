"""Background work of trials."""

from django.utils import timezone
from django_tasks import task

from zoco.trials.analysis import runs


@task()
def trial_do(run: int) -> None:
    """Work out the figures of a trial."""
    runs.run_through(key=run)


@task()
def trial_share(trial: int) -> None:
    """Set the shares of a bandit's next day."""
    runs.share(trial=trial, now=timezone.now())
