"""A worker is killed between handing a message over and moving its reader on: one message is all there is."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from zoco.channels.concluding import lost_settle
from zoco.channels.models import Message
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.messages.tests.conftest import Step, alone
from zoco.mail.journeys.models import StepDue, Traveller
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.people.models import Person
from zoco.testing.channels import taken

pytestmark = [
    pytest.mark.crash,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
LATER = NOW + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("table", "before", "after", "reason"),
    [
        # Before it is written down what became of the message: nobody knows whether it arrived.
        ("zoco_channels_message", "handed", "uncertain", "interrupted"),
        # Before the step is done.
        ("zoco_mail_stepdue", "sent", "sent", ""),
    ],
)
def test_killed_before_its_step_was_done_it_does_not_leave_twice(
    step: Step, made: Made, people: list[Person], tmp_path: Path,
    table: str, before: str, after: str, reason: str,
) -> None:  # fmt: skip
    enter(journey=made(alone(step(purpose="service"))), person=people[0], by="hand", now=NOW)

    assert _killed(tmp_path / "chat", table) == signal.SIGKILL
    was = (Message.objects.get().state, StepDue.objects.get().state, len(taken(tmp_path / "chat")))
    lost_settle(now=LATER)
    running.due_run(now=LATER)

    assert was == (before, "due", 1)
    assert (Message.objects.get().state, len(taken(tmp_path / "chat"))) == (after, 1)
    assert StepDue.objects.values_list("state", "reason").get() == ("done", reason)
    assert Traveller.objects.get().state == Traveller.State.DONE


def _killed(path: Path, table: str) -> int:
    """Do what is due in a process that dies as it writes to a table once the message was taken."""
    connections.close_all()
    child = os.fork()
    if child:
        return os.WTERMSIG(os.waitpid(child, 0)[1])
    try:
        with connections["default"].execute_wrapper(lambda run, *more: _deadly(path, table, run, *more)):
            running.due_run(now=NOW)
    finally:
        os._exit(1)


def _deadly(path: Path, table: str, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.startswith("UPDATE") and table in sql and taken(path):
        os.kill(os.getpid(), signal.SIGKILL)
    return run(sql, params, many, context)
