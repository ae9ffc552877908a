"""A background task whose effect can be counted: one fact, with the same id however often it runs."""

import time

from django_tasks import task

from zoco.kit.ids import uuid8
from zoco.ledger.services import record


@task()
def note(number: int) -> None:
    """Record that this task was done, after a moment in which it can be killed."""
    time.sleep(0.05)
    record(name="test.task.done", site=1, id=uuid8(b"task", number), quantity=number)
