"""Messages on a journey: to whom they come, in which language, and what holds them."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from zoco.channels.contract import Limits
from zoco.channels.due import due_send
from zoco.channels.models import Account, Message
from zoco.channels.services import account_turn
from zoco.consent.models import Choice, Rule, Standing
from zoco.consent.public.leaving import topic_leave
from zoco.consent.public.tokens import opened
from zoco.consent.services import choice_record
from zoco.ledger.models import OutboxRow
from zoco.mail.editing.models import Letter
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.messages.tests.conftest import Chat, Step, alone
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.mail.journeys.tests.test_running import told
from zoco.people.models import Person
from zoco.people.naming import subjects_named
from zoco.testing.channels import taken

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=10)
ENGLISH = "{{ person.given_name|default('friend') }}, {{ data.left|default('no') }} jars {left}"
SPANISH = "Hola {{ person.given_name|default('amiga') }}\n\n\n\n{{ data.at|day|default('hoy') }}  "
GREETING = [{"language": "en", "text": ENGLISH}, {"language": "es", "text": SPANISH}]


def agreed(*people: Person) -> None:
    """Let people want advertising."""
    for each in people:
        choice_record(person=each.pk, state=Choice.State.GIVEN, proof={"form": "x"}, at=NOW - 9 * SOON)


def said(path: Path) -> list[tuple[str, str]]:
    """Return who got what by the chat."""
    return [(each.to, each.text) for each in taken(path / "chat")]


def test_each_reads_it_in_his_language_and_by_his_name(
    step: Step, made: Made, people: list[Person], tmp_path: Path
) -> None:
    journey = made(alone(step(texts=GREETING)))
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW, data={"left": 3, "at": "2026-11-05"})

    for hours in (0, 1, 2):
        running.due_run(now=NOW + timedelta(hours=hours))

    assert said(tmp_path) == [
        ("p0", "Hola Ana\n\n5 de noviembre de 2026"),
        ("p1", "Olga, 3 jars {left}"),  # of Russian there is none, so the first
    ]
    assert set(Traveller.objects.values_list("state", flat=True)) == {"done"}
    assert set(StepDue.objects.values_list("state", "reason")) == {("done", "")}


def test_nothing_of_what_it_says_is_kept_and_a_timeline_names_the_journey(
    step: Step, made: Made, people: list[Person]
) -> None:
    journey = made(alone(step("Your code is {{ data.code|default('gone') }}.")), name="Codes")
    enter(journey=journey, person=people[0], by="hand", now=NOW, data={"code": "4711"})
    running.due_run(now=NOW)

    message = Message.objects.get()
    fact = OutboxRow.objects.get(name="channels.message.sent")

    assert (message.subject, message.body, message.state) == ("Codes", None, "sent")
    assert message.person == people[0]
    assert "4711" not in fact.fact
    assert subjects_named([("journey", str(journey.uid))]) == {("journey", str(journey.uid)): "Codes"}


def test_a_cap_holds_letters_and_messages_together(
    step: Step, made: Made, people: list[Person], letter: Letter, tmp_path: Path
) -> None:
    Letter.objects.update(purpose="marketing")
    Rule.objects.update_or_create(purpose="marketing", defaults={"most": 2, "days": 7})
    agreed(people[0])
    writes = {"kind": "letter", "settings": {"letter": letter.pk}, "next": {"": "one"}}
    steps = {
        "letter": writes,
        "one": {**step("One", purpose="marketing"), "next": {"": "two"}},
        "two": step("Two", purpose="marketing"),
    }
    enter(journey=made({"start": "letter", "steps": steps}), person=people[0], by="hand", now=NOW)

    running.due_run(now=NOW)
    due_send(now=NOW + timedelta(days=6, hours=23))
    running.due_run(now=NOW + timedelta(days=6, hours=23))
    early = (len(taken(tmp_path / "fake")), said(tmp_path), StepDue.objects.get(step="two").reason)
    running.due_run(now=NOW + timedelta(days=7, minutes=1))

    assert early == (1, [("p0", "One")], "cap")
    assert said(tmp_path) == [("p0", "One"), ("p0", "Two")]


def test_whoever_never_agreed_or_has_no_handle_goes_on_without_it(
    step: Step, made: Made, people: list[Person], tmp_path: Path
) -> None:
    steps = {
        "s1": {**step(purpose="marketing"), "next": {"": "tag"}},
        "tag": {"kind": "tag", "settings": {"name": "went on"}},
    }
    agreed(people[3])
    journey = made({"start": "s1", "steps": steps})
    for each in (people[0], people[3]):
        enter(journey=journey, person=each, by="hand", now=NOW)

    running.due_run(now=NOW)

    passed = StepDue.objects.filter(step="s1").order_by("pk").values_list("state", "reason")
    assert list(passed) == [("done", "never_agreed"), ("done", "not_there")]
    assert StepDue.objects.filter(step="tag", state="done").count() == 2
    assert said(tmp_path) == []


@pytest.fixture
def held(step: Step, made: Made, people: list[Person]) -> Journey:
    """Return a journey on which two people wait for a message until six in the evening."""
    Rule.objects.update_or_create(purpose="marketing", defaults={"opens_at": time(18)})
    agreed(*people[:2])
    text = "{{ person.given_name|default('friend') }}, come back"
    journey = made(alone(step(text, purpose="marketing")), goal="shop.order.placed")
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    running.due_run(now=NOW)
    assert set(Message.objects.values_list("state", "because")) == {("waits", "hours")}
    return journey


EVENING = NOW + timedelta(hours=9, minutes=1)


def test_quiet_hours_hold_it(held: Journey, tmp_path: Path) -> None:
    running.due_run(now=NOW + timedelta(hours=8))
    early = said(tmp_path)
    running.due_run(now=EVENING)

    assert early == []
    assert said(tmp_path) == [("p0", "Ana, come back"), ("p1", "Olga, come back")]
    assert set(Traveller.objects.values_list("state", flat=True)) == {"done"}


def test_a_journey_that_is_paused_holds_it(held: Journey, tmp_path: Path) -> None:
    journey_let(journey=held, state=Journey.State.PAUSED, at=NOW)
    due_send(now=EVENING)
    running.due_run(now=EVENING)
    paused = said(tmp_path)
    journey_let(journey=held, state=Journey.State.RUNNING, at=EVENING)
    running.due_run(now=EVENING)

    assert paused == []
    assert len(said(tmp_path)) == 2


def test_whoever_left_or_was_erased_meanwhile_does_not_get_it(
    held: Journey, people: list[Person], tmp_path: Path
) -> None:
    told("shop.order.placed", people[0], at=NOW + SOON)
    people[1].delete()
    due_send(now=EVENING)
    running.due_run(now=EVENING)

    assert list(Message.objects.values_list("person", "state", "because")) == [
        (people[0].pk, "refused", "stopped")
    ]
    assert said(tmp_path) == []


def test_what_became_too_long_while_it_waited_is_dropped_and_its_reader_goes_on(
    held: Journey, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chat, "limits", Limits(characters=20))
    Person.objects.filter(pk=people[0].pk).update(given_name="A" * 20)
    running.due_run(now=EVENING)

    ana, olga = StepDue.objects.order_by("pk").values_list("state", "reason")
    why = "The text has 31 characters, and 20 may leave; shorten it"
    assert (ana[0], ana[1][: len(why)], olga) == ("done", why, ("done", ""))
    assert list(Message.objects.order_by("pk").values_list("state", "because")) == [
        ("refused", "stopped"),
        ("sent", "agreed"),
    ]
    assert said(tmp_path) == [("p1", "Olga, come back")]


def test_a_text_that_says_nothing_to_somebody_does_not_leave(
    step: Step, made: Made, people: list[Person], tmp_path: Path
) -> None:
    journey = made(alone(step("{% if data.left %}There is something left.{% endif %}")))
    for each, data in ((people[0], {}), (people[1], {"left": 1})):
        enter(journey=journey, person=each, by="hand", now=NOW, data=data)

    running.due_run(now=NOW)

    assert said(tmp_path) == [("p1", "There is something left.")]
    reasons = StepDue.objects.order_by("pk").values_list("state", "reason")
    assert list(reasons) == [("done", "The text says nothing to this person."), ("done", "")]


def test_its_link_leaves_the_topic_for_all_adapters(
    step: Step, made: Made, people: list[Person], tmp_path: Path
) -> None:
    agreed(people[0])
    journey = made(alone(step("Honey! {{ links.unsubscribe }}", purpose="marketing")))
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    running.due_run(now=NOW)

    ((_to, text),) = said(tmp_path)
    leaving = opened(text.rpartition("/")[2], on=NOW.date())
    topic_leave(leaving=leaving, at=NOW)

    assert (leaving.person, leaving.message) == (people[0].pk, str(Message.objects.get().uid))
    assert list(Standing.objects.values_list("adapter", "state")) == [("", "withdrawn")]


def test_a_message_whose_account_is_off_or_gone_is_waited_for(
    step: Step, made: Made, people: list[Person], chat: Account, tmp_path: Path
) -> None:
    journey = made(alone(step()))
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    account_turn(account=chat, is_on=False)
    running.due_run(now=NOW)
    off = StepDue.objects.get()
    chat.delete()
    running.due_run(now=NOW + timedelta(hours=1))
    gone = StepDue.objects.get()

    words = "The account by which it leaves is not there any more; choose another."
    assert (off.state, off.reason) == ("due", "account_off")
    assert (gone.state, gone.reason) == ("due", words)
    assert said(tmp_path) == []
