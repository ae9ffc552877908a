"""Letters on a journey, and programs that let people onto one."""

import threading
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.channels.due import due_send
from zoco.channels.models import Message
from zoco.channels.rates.waking import Waker
from zoco.consent.models import Choice, Rule
from zoco.consent.services import choice_record
from zoco.kit.periodic import PERIODIC, STEADY
from zoco.kit.showing import SHOWCASES, Shown, ShownKind
from zoco.mail import periodic
from zoco.mail.editing.models import Letter
from zoco.mail.editing.prints import Copy
from zoco.mail.editing.services import Words, edition_write, letter_archive
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.mail.journeys.tests.test_running import told
from zoco.people.models import Person
from zoco.project.entry.keys.services import key_make
from zoco.project.models import Change
from zoco.project.tests.readers import client_of
from zoco.testing.channels import taken

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=10)


def graph_of(letter: Letter) -> dict[str, Any]:
    step = {"kind": "letter", "settings": {"letter": letter.pk}, "next": {}}
    return {"start": "s1", "steps": {"s1": step}}


def test_letter_leaves_once_however_often_its_step_is_tried(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    journey = made(graph_of(letter))
    enter(journey=journey, person=people[0], by="hand", now=NOW, data={"left": 3})

    for hours in (0, 1, 2):
        running.due_run(now=NOW + timedelta(hours=hours))

    assert len(taken(tmp_path / "fake")) == 1
    assert Message.objects.get().subject == "3 jars"
    assert Traveller.objects.get().state == Traveller.State.DONE


def test_rows_that_a_program_gave_stand_in_the_letter(
    letter: Letter, made: Made, people: list[Person]
) -> None:
    row = "{{ row.quantity|default('1') }} x {{ row.title|default('') }};"
    words = Words(f"{{% for row in data.rows %}}{row}{{% endfor %}}", blocks=letter.editions.get().blocks)
    edition_write(letter=letter, language="en", words=words, at=NOW)
    rows = [{"title": "Honey", "quantity": 2, "deep": {"a": [1]}}, "no row", {"title": "Wax"}]
    journey = made(graph_of(letter))

    given = {"left": 3, "rows": rows, "deep": {"a": 1}}
    enter(journey=journey, person=people[0], by="hand", now=NOW, data=given)
    running.due_run(now=NOW)

    held = [{"title": "Honey", "quantity": 2}, {"title": "Wax"}]
    assert Traveller.objects.get().data == {"left": 3, "rows": held}
    assert Message.objects.get().subject == "2 x Honey;1 x Wax;"


def test_letters_of_journeys_hold_no_other_work_up(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)  # what is open is the test's own
    enter(journey=made(graph_of(letter)), person=people[0], by="hand", now=timezone.now(), data={"left": 3})
    stop = threading.Event()
    ending = threading.Timer(0.5, stop.set)

    ending.start()
    periodic.move(stop)

    assert len(taken(tmp_path / "fake")) == 1
    assert "mail.journeys" in STEADY
    assert "mail.journeys" not in PERIODIC


def test_letter_that_was_put_away_is_waited_for(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    journey = made(graph_of(letter))
    enter(journey=journey, person=people[0], by="hand", now=NOW, data={"left": 3})
    letter_archive(letter=letter, is_archived=True, at=NOW)
    running.due_run(now=NOW)
    assert (taken(tmp_path / "fake"), Traveller.objects.get().state) == ([], Traveller.State.GOING)

    letter_archive(letter=letter, is_archived=False, at=NOW)
    running.due_run(now=NOW + timedelta(hours=2))

    assert len(taken(tmp_path / "fake")) == 1


def test_letter_that_shows_what_is_gone_is_waited_for_and_nobody_goes_on_without(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    class Shelf:
        """Articles of a test."""

        key = "shelf"
        kind: ShownKind = "article"
        live: tuple[str, ...] = ("7",)

        def shown(self, key: str, language: str) -> Shown | None:
            return Shown(f"Honey {key}") if key in self.live else None

        def found(self, words: str, most: int) -> list[tuple[str, str]]:
            return []

    shelf = Shelf()
    SHOWCASES.add(shelf)
    try:
        letter.editions.update(blocks=[{"type": "article", "value": {"chosen": "shelf:7"}}])
        journey = made(graph_of(letter))
        for person in people[:2]:
            enter(journey=journey, person=person, by="hand", now=NOW, data={"left": 3})
        shelf.live = ()
        running.due_run(now=NOW)
        reasons = set(StepDue.objects.values_list("state", "reason"))
        waited = (taken(tmp_path / "fake"), set(Traveller.objects.values_list("state", flat=True)))
        shelf.live = ("7",)
        running.due_run(now=NOW + timedelta(hours=2))
    finally:
        SHOWCASES.remove("shelf")

    words = "The article that a block shows is not there any more; choose another."
    assert (reasons, waited) == ({("due", words)}, ([], {Traveller.State.GOING}))
    assert len(taken(tmp_path / "fake")) == 2


def test_whose_letter_may_go_earlier_moves_on_with_it(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    Letter.objects.update(purpose="marketing")
    rule, _made = Rule.objects.update_or_create(purpose="marketing", defaults={"opens_at": time(18)})
    choice_record(person=people[0].pk, state=Choice.State.GIVEN, proof={"form": "x"}, at=NOW - 9 * SOON)
    journey, waker = made(graph_of(letter)), Waker()
    enter(journey=journey, person=people[0], by="hand", now=NOW, data={"left": 3})
    running.due_run(now=NOW)
    waker.look(now=NOW)
    running.due_run(now=NOW + SOON)
    row = StepDue.objects.get()
    assert (row.state, row.reason, row.due_at) == ("due", "hours", NOW + timedelta(hours=9))

    Rule.objects.filter(pk=rule.pk).update(opens_at=time(8))
    assert waker.look(now=NOW + 2 * SOON) == 1
    running.due_run(now=NOW + 3 * SOON)

    assert len(taken(tmp_path / "fake")) == 1
    assert Traveller.objects.get().state == Traveller.State.DONE


def hours_closed(people: list[Person]) -> None:
    """Let letters be advertising that people want, from six in the evening on."""
    Letter.objects.update(purpose="marketing")
    Rule.objects.update_or_create(purpose="marketing", defaults={"opens_at": time(18)})
    for each in people:
        choice_record(person=each.pk, state=Choice.State.GIVEN, proof={"form": "x"}, at=NOW - 9 * SOON)


def test_whoever_left_does_not_get_the_letter_that_waited_for_him(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    hours_closed(people[:2])
    journey, later = made(graph_of(letter), goal="shop.order.placed"), NOW + timedelta(hours=9, minutes=1)
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW, data={"left": 3})
    running.due_run(now=NOW)
    assert set(Message.objects.values_list("state", "because")) == {("waits", "hours")}

    told("shop.order.placed", people[0], at=NOW + SOON)
    first = list(Message.objects.order_by("pk").values_list("state", "because"))
    journey_let(journey=journey, state=Journey.State.ENDED, at=NOW + 2 * SOON)
    due_send(now=later)
    running.due_run(now=later)

    assert first == [("refused", "stopped"), ("waits", "hours")]
    assert set(Message.objects.values_list("state", "because")) == {("refused", "stopped")}
    assert taken(tmp_path / "fake") == []


def test_a_letter_that_waits_leaves_by_its_journey_alone(
    letter: Letter, made: Made, people: list[Person], tmp_path: Path
) -> None:
    hours_closed(people[:1])
    journey, later = made(graph_of(letter)), NOW + timedelta(hours=9, minutes=1)
    enter(journey=journey, person=people[0], by="hand", now=NOW, data={"left": 3})
    running.due_run(now=NOW)

    journey_let(journey=journey, state=Journey.State.PAUSED, at=NOW)
    due_send(now=later)
    running.due_run(now=later)
    held = (taken(tmp_path / "fake"), Message.objects.values_list("state", "subject", "body").get())
    words = Words("{{ data.left }} pots", blocks=letter.editions.get().blocks)
    edition_write(letter=letter, language="en", words=words, at=later)
    journey_let(journey=journey, state=Journey.State.RUNNING, at=later)
    running.due_run(now=later)

    assert held == ([], ("waits", "3 jars", None))
    assert len(taken(tmp_path / "fake")) == 1
    assert Copy.objects.get().print.draft["subject"] == "{{ data.left }} pots"
    assert Traveller.objects.get().state == Traveller.State.DONE


@pytest.fixture
def program() -> Client:
    client_of("marketer")
    now = timezone.now()
    _key, token = key_make(
        name="shop", scopes=["journeys:enter"], sites=None, expires_at=now + timedelta(days=9), at=now,
        by=User.objects.get(username="marketer"),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {token}"})


def ask(client: Client, journey: Journey, **body: Any) -> Any:
    return client.post(f"/api/v1/journeys/{journey.uid}/people", body, content_type="application/json")


def test_program_lets_people_onto_journeys_that_are_open_to_programs(made: Made, program: Client) -> None:
    closed = made()
    ana = {"kind": "email", "value": "ana@shop.example"}
    assert ask(program, closed, person=ana).status_code == 409
    journey = made(entries=[{"kind": "program"}])

    first = ask(program, journey, person=ana, data={"left": 3})
    again = ask(program, journey, person=first.json()["person"], data={"left": 4})

    assert (first.status_code, first.json()["is_new"], again.json()["is_new"]) == (200, True, False)
    traveller = Traveller.objects.get()
    assert (traveller.entered_by, traveller.data) == ("program", {"left": 3})
    person = Person.objects.create(merged_into_id=first.json()["person"], created_at=NOW, changed_at=NOW)
    assert ask(program, journey, person=person.pk).json()["person"] == first.json()["person"]
    assert ask(program, journey, person={"kind": "email", "value": "nobody"}).status_code == 422
    assert ask(program, journey, person=1 << 70).status_code in {404, 422}
    assert ask(program, journey, who=ana).status_code == 422
    assert ask(Client(), journey, person=ana).status_code == 401
    assert ask(client_of("analyst"), journey, person=ana).status_code == 403


def test_the_log_says_where_a_journey_writes_to_whoever_agreed_to_nothing(letter: Letter, made: Made) -> None:
    made(graph_of(letter), name="Orders")
    Letter.objects.filter(pk=letter.pk).update(purpose="marketing")
    made(graph_of(letter), name="News")

    lines = Change.objects.filter(kind="zoco_mail.journey", details__has_key="version").order_by("pk")

    assert [(each.subject_name, each.details.get("without_consent")) for each in lines] == [
        ("Orders", [None, True]),
        ("News", None),
    ]
