"""What leaves on a journey leaves once, and whoever waits for it goes on when its fate is known."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from zoco.channels.models import Account, Message
from zoco.channels.services import account_save
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.people.models import Person

pytestmark = pytest.mark.django_db


class Program:
    """A program of one's own that is told; `status` is what it answers."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 200
        self.port = 0


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Run a program on loopback."""
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    found = Program()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def journey_of(made: Made, program: Program) -> Any:
    """Return a journey that tells it."""
    url = f"http://127.0.0.1:{program.port}/"
    account = account_save(
        account=Account(adapter="hook", name="CRM"), settings={"url": url}, secrets={"key": "k"}
    )
    settings = {"account": account.pk, "event": "journey.basket.left"}
    steps = {
        "tell": {"kind": "hook", "settings": settings, "next": {"": "after"}},
        "after": {"kind": "tag", "settings": {"name": "told"}},
    }
    return made({"start": "tell", "steps": steps})


def test_a_program_is_told_once_whatever_is_done_twice(
    made: Made, people: list[Person], program: Program
) -> None:
    enter(journey=journey_of(made, program), person=people[0], by="hand", now=NOW, data={"basket": "7"})

    running.due_run(now=NOW)
    StepDue.objects.filter(step="after").delete()  # as if it had died before it moved on
    StepDue.objects.update(state="due", done_at=None, leased_until=None)
    Traveller.objects.update(state="going")
    running.due_run(now=NOW + timedelta(hours=1))

    (told,) = program.told
    assert (told["event"], told["data"]["data"]) == ("journey.basket.left", {"basket": "7"})
    assert told["data"]["person"] == str(people[0].number)
    assert Traveller.objects.get().state == Traveller.State.DONE


def test_whoever_is_not_told_yet_stays_and_is_told_later(
    made: Made, people: list[Person], program: Program
) -> None:
    program.status = 503
    enter(journey=journey_of(made, program), person=people[0], by="hand", now=NOW)

    running.due_run(now=NOW)
    row = StepDue.objects.get()
    assert (row.state, row.failures) == ("due", 0)
    assert row.due_at > NOW
    program.status = 200
    running.due_run(now=row.due_at)

    assert Message.objects.get().state == Message.State.SENT
    assert Traveller.objects.get().state == Traveller.State.DONE
    assert len({each["id"] for each in program.told}) == 1


def test_a_program_that_is_gone_or_cannot_be_opened_is_waited_for_until_somebody_mends_it(
    made: Made, people: list[Person], program: Program
) -> None:
    enter(journey=journey_of(made, program), person=people[0], by="hand", now=NOW)
    kept = Account.objects.get()
    sealed = kept.secrets

    Account.objects.all().delete()
    for hours in range(6):  # oftener than whatever fails is tried
        running.due_run(now=NOW + timedelta(hours=hours))
    row = StepDue.objects.get()
    assert (row.state, row.failures, row.due_at) == ("due", 0, NOW + timedelta(hours=6))
    assert row.reason == "The account by which it leaves is not there any more; choose another."
    assert program.told == []

    kept.secrets = "1.x.y"
    kept.save(force_insert=True)
    running.due_run(now=NOW + timedelta(hours=6))
    row.refresh_from_db()
    assert (row.state, row.failures) == ("due", 0)
    Account.objects.update(secrets=sealed)
    running.due_run(now=NOW + timedelta(hours=7))

    assert len(program.told) == 1
    assert Traveller.objects.get().state == Traveller.State.DONE


@pytest.mark.parametrize("is_ended", [True, False])
def test_whoever_left_is_told_of_to_nobody_any_more(
    made: Made, people: list[Person], program: Program, is_ended: bool
) -> None:
    program.status = 503
    journey = journey_of(made, program)
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    running.due_run(now=NOW)
    assert set(Message.objects.values_list("state", flat=True)) == {"waits"}
    ana = Traveller.objects.get(person=people[0])

    if is_ended:
        journey_let(journey=journey, state=Journey.State.ENDED, at=NOW)
    else:
        running.traveller_end(traveller=ana, state=Traveller.State.LEFT, because="goal", now=NOW)

    found = Message.objects.order_by("pk").values_list("state", "because")
    waits = ("waits", Message.objects.order_by("pk").values_list("because", flat=True)[1])
    assert list(found) == [("refused", "stopped"), ("refused", "stopped") if is_ended else waits]
