"""Tasks for the worker's tests."""

from pathlib import Path

from django_tasks import TaskContext, task

from zoco.kit.retry import TryAgain


@task()
def note(*, path: str, text: str) -> int:
    """Append a line to a file; return its length."""
    with Path(path).open("a") as file:
        file.write(f"{text}\n")
    return len(text)


@task()
def fail() -> None:
    """Fail."""
    raise ValueError("on purpose")


@task(takes_context=True)
def heal(context: TaskContext, *, at: int) -> int:
    """Succeed at the attempt `at`."""
    if context.attempt < at:
        raise TryAgain("not yet", after_seconds=0.01)
    return context.attempt
