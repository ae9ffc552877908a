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


@task()
def trial_answer(question: int) -> None:
    """Answer a question about trials."""
    from zoco.trials.asked.services import answer_through

    answer_through(key=question)
