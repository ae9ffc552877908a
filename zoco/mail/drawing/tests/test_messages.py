"""A step that sends a message: offered where there is something to send it by, set by a form, shown."""

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from zoco.channels.models import Account
from zoco.channels.services import account_turn
from zoco.consent.models import Topic
from zoco.mail.drawing.editing import EMPTY, step_add, step_set
from zoco.mail.drawing.picture import lines_of
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.messages.tests.conftest import Step, chat, step
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.tests.conftest import GRAPH, NOW, Made
from zoco.people.models import Attribute, Person

__all__ = ["chat", "step"]
ADMIN = "/admin/journeys/"
OFFER = '<button type="submit" class="z-b" name="kind" value="message">Send a message</button>'


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    """Return a browser of somebody who may do everything."""
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


@pytest.fixture
def journey(db: None) -> Journey:
    """Return a journey that is drawn and does not run, whose first step is to send a message."""
    graph, _name = step_add(GRAPH, kind="message")
    return Journey.objects.create(name="News", created_at=NOW, draft={"graph": graph, "entries": []})


def text(client: Client, path: str) -> str:
    """Return a page with single spaces."""
    return unescape(" ".join(client.get(f"{ADMIN}{path}").content.decode().split()))


@pytest.mark.markup
def test_it_is_offered_only_where_there_is_an_account_for_it(owner: Client, journey: Journey) -> None:
    page = text(owner, f"{journey.pk}/steps/add/")

    assert OFFER not in page
    assert "To send messages, too" not in page  # no adapter that could is installed


@pytest.mark.markup
def test_where_an_account_is_missing_it_is_said_for_what(
    owner: Client, journey: Journey, chat: Account
) -> None:
    assert OFFER in text(owner, f"{journey.pk}/steps/add/")

    chat.delete()
    page = text(owner, f"{journey.pk}/steps/add/")

    assert OFFER not in page
    assert "To send messages, too, make an account for one of these: Chat." in page
    assert '<a href="/admin/channels/">Accounts to send by</a>' in page


@pytest.mark.markup
def test_it_is_set_by_a_form_and_shown_in_the_list(owner: Client, journey: Journey, chat: Account) -> None:
    Topic.objects.create(key="honey", label="Honey")
    path = f"{journey.pk}/steps/s1/"
    form = text(owner, path)
    said = {
        "account": chat.pk, "purpose": "marketing", "topic": "honey", "text-en": "Honey is here",
        "text-es": "Hay miel, {{ person.given_name|default('amiga') }}", "language": "fr", "more": "Du miel",
        "act": "save", "way:": "hello",
    }  # fmt: skip
    assert owner.post(f"{ADMIN}{path}", said).status_code == 302

    texts = [
        {"language": "en", "text": "Honey is here"},
        {"language": "es", "text": "Hay miel, {{ person.given_name|default('amiga') }}"},
        {"language": "fr", "text": "Du miel"},
    ]
    kept = {"account": chat.pk, "purpose": "marketing", "topic": "honey", "texts": texts}
    journey.refresh_from_db()
    assert journey.draft["graph"]["steps"]["s1"]["settings"] == kept
    assert "not set yet" not in text(owner, f"{journey.pk}/")
    page = text(owner, f"{journey.pk}/")
    assert 'aria-label="Send a message, Our chat: Honey is here, 0 here now"' in page
    assert "Our chat: Honey is here</td>" in page
    assert "{{ person.given_name|default(" in form
    assert "links.unsubscribe" in form
    assert "links.online" not in form
    again = text(owner, path)
    assert ">Text in French</label>" in again
    assert "Du miel</textarea>" in again


@pytest.mark.markup
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "Write the text in at least one language."),
        ({"account": ""}, "This field is required."),
        ({"more": "Bonjour"}, "This field is required."),
        ({"language": "fr"}, "This field is required."),
        ({"language": "French", "more": "Bonjour"}, "Write a language as es or zh-Hans."),
        (
            {"language": "en", "more": "x", "text-en": "y"},
            "The text is there twice in English; take one away.",
        ),
        (
            {"text-es": "{{ person.shoe }}"},
            "The text in Spanish cannot leave: There is no {{ person.shoe }} for messages; take one of those",
        ),
    ],
)
def test_what_cannot_be_says_so_at_the_form(
    owner: Client, journey: Journey, chat: Account, said: dict[str, object], why: str
) -> None:
    given = {"account": chat.pk, "purpose": "marketing", "act": "save", **said}

    answer = owner.post(f"{ADMIN}{journey.pk}/steps/s1/", given)

    assert (answer.status_code, unescape(answer.content.decode()).count(why)) == (422, 1)
    journey.refresh_from_db()
    assert journey.draft["graph"]["steps"]["s1"]["settings"] == {}


def test_what_is_wrong_with_a_text_is_said_in_the_readers_language(
    owner: Client, journey: Journey, chat: Account
) -> None:
    texts = [{"language": "es", "text": "{{ a.b }}"}]
    settings = {"account": chat.pk, "purpose": "marketing", "texts": texts}
    graph = step_set(journey.draft["graph"], name="s1", settings=settings)

    with translation.override("es"):
        wrong = {line["name"]: line["wrong"] for line in lines_of(graph, {}, {})}

    assert wrong["s1"].startswith("El texto en español no puede salir: Línea 1: no existe a; existen: ")


@pytest.mark.markup
def test_publishing_names_an_account_that_is_off(
    owner: Client, journey: Journey, chat: Account, step: Step
) -> None:
    graph = step_set(journey.draft["graph"], name="s1", settings=step(purpose="marketing")["settings"])
    Journey.objects.update(draft={"graph": graph, "entries": []})
    account_turn(account=chat, is_on=False)

    asked = text(owner, f"{journey.pk}/publish/")
    refused = owner.post(f"{ADMIN}{journey.pk}/act/", {"act": "publish"})
    account_turn(account=chat, is_on=True)
    allowed = owner.post(f"{ADMIN}{journey.pk}/act/", {"act": "publish"})

    assert "The account Our chat is off; switch it on first." in asked
    assert f'href="/admin/journeys/{journey.pk}/steps/s1/"' in asked
    assert (refused.status_code, allowed.status_code) == (422, 302)


def test_whoever_gets_none_is_counted_with_the_reason(
    owner: Client, made: Made, people: list[Person], step: Step, chat: Account
) -> None:
    journey = made({"start": "s1", "steps": {"s1": step()}})
    for each in people[:2]:
        enter(journey=journey, person=each, by="hand", now=NOW)
    running.due_run(now=NOW)
    first = text(owner, f"{journey.pk}/")
    chat.delete()
    StepDue.objects.update(state="due", due_at=NOW)
    Traveller.objects.update(state="going")
    running.due_run(now=NOW)

    assert "Went on without it (2): This person is not known over this adapter any more." in first
    waits = "Wait (2): The account by which it leaves is not there any more; choose another."
    assert waits in text(owner, f"{journey.pk}/")


def test_long_drawings_of_messages_are_read_by_as_many_queries_as_short_ones(
    owner: Client, chat: Account, step: Step
) -> None:
    def asked(rounds: int) -> int:
        graph = EMPTY
        for n in range(rounds):
            Attribute.objects.create(key=f"a{rounds}_{n}", label="A", kind="text")
            Topic.objects.create(key=f"t{rounds}-{n}", label="T")
            asks = "{{ person.%s|default('') }}" % f"a{rounds}_{n}"  # noqa: UP031 -- braces
            graph, name = step_add(graph, kind="message")
            settings = step(asks, topic=f"t{rounds}-{n}")["settings"]
            graph = step_set(graph, name=name, settings=settings)
        made = Journey.objects.create(name="Long", created_at=NOW, draft={"graph": graph, "entries": []})
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(f"{ADMIN}{made.pk}/").status_code == 200
        # What stands around the page is asked for again after some seconds, on whatever page that is.
        own = ("zoco_mail_", "zoco_channels_", "zoco_consent_", "zoco_people_")
        return sum(any(table in each["sql"] for table in own) for each in queries.captured_queries)

    asked(1)

    assert asked(20) == asked(2)
