"""Two workers move people on and are killed at any moment: each step is done exactly once."""

import os
import random
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from zoco.channels.due import due_send
from zoco.channels.models import Message
from zoco.ledger.models import OutboxRow
from zoco.mail.editing.models import Letter
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import StepDue, Traveller
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.people.identities import identity_read
from zoco.people.models import Edit
from zoco.people.writing import Incoming, people_write
from zoco.testing.channels import taken

pytestmark = [
    pytest.mark.alone,
    pytest.mark.crash,
    pytest.mark.timeout(180),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
WORKERS, KILLS, PEOPLE = 2, 10, 12
DIES = 0.012
"""How often a worker dies between two statements of the database."""
STEPS: dict[str, Any] = {
    "one": {"kind": "tag", "settings": {"name": "one"}, "next": {"": "part"}},
    "part": {"kind": "split", "settings": {"arms": {"a": 1, "b": 1}}, "next": {"a": "two", "b": "two"}},
    "two": {"kind": "tag", "settings": {"name": "two"}, "next": {"": "letter"}},
    "letter": {"kind": "letter", "settings": {}, "next": {"": "wait"}},
    "wait": {"kind": "wait", "settings": {"count": 1, "unit": "hours"}, "next": {"": "three"}},
    "three": {"kind": "tag", "settings": {"name": "three"}},
}


def test_two_workers_that_are_killed_do_each_step_once(made: Made, letter: Letter, tmp_path: Path) -> None:
    step = STEPS["letter"] | {"settings": {"letter": letter.pk}}
    journey = made({"start": "one", "steps": STEPS | {"letter": step}})
    rows = [Incoming((identity_read("email", f"p{n}@shop.example"),)) for n in range(PEOPLE)]
    for each in people_write(rows, at=NOW):
        assert each.person is not None
        enter(journey=journey, person=each.person, by="hand", now=NOW, data={"left": 3})
    Edit.objects.all().delete()

    deaths = _run()

    assert deaths >= KILLS
    assert Traveller.objects.filter(state=Traveller.State.DONE).count() == PEOPLE
    done = Counter(StepDue.objects.filter(state=StepDue.State.DONE).values_list("step", flat=True))
    assert done == dict.fromkeys(STEPS, PEOPLE)
    assert StepDue.objects.count() == PEOPLE * len(STEPS)
    assert Message.objects.count() == PEOPLE
    letters = {(each.id, each.to) for each in taken(tmp_path / "fake")}
    assert len(letters) == len({to for _uid, to in letters}) == PEOPLE  # twice at most as the same message
    assert len(taken(tmp_path / "fake")) <= PEOPLE + deaths
    edits = Counter(Edit.objects.values_list("person", flat=True))
    assert set(edits.values()) == {3}
    told = Counter(OutboxRow.objects.filter(name="trials.arm.shown").values_list("person", flat=True))
    assert set(told.values()) == {2}  # that he is on the journey, and which arm he got


def _run() -> int:
    """Let workers go on until all is done; each that dies is begun again, by a clock that goes on."""
    deaths, life = 0, 0
    lives: set[int] = set()
    while (is_open := Traveller.objects.filter(state=Traveller.State.GOING).exists()) or lives:
        while is_open and len(lives) < WORKERS:
            life += 1
            lives.add(_child(life))
        pid, status = os.wait()
        lives.discard(pid)
        assert os.WIFSIGNALED(status) or status == 0
        deaths += os.WIFSIGNALED(status)
        assert life < 400
    return deaths


def _child(life: int) -> int:
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        rng = random.Random(life)
        with connections["default"].execute_wrapper(lambda run, *more: _deadly(rng, run, *more)):
            now = NOW + timedelta(minutes=6 * life)
            due_send(now=now)
            running.due_run(now=now)
    except BaseException:  # nothing of the test runs on in here
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _deadly(rng: random.Random, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if rng.random() < DIES:
        os.kill(os.getpid(), signal.SIGKILL)
    return run(sql, params, many, context)
