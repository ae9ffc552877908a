"""A message that cannot be is refused before anybody comes to it, each time with a sentence."""

from typing import Any

import pytest

from zoco.channels.models import Account
from zoco.channels.services import account_turn
from zoco.consent.models import Topic
from zoco.mail.journeys.checks import problems_of
from zoco.mail.journeys.graph import GraphWrong
from zoco.mail.journeys.messages.tests.conftest import MOST, Step, alone
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import JourneyHeld, journey_publish
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.mail.letters.values import ROOTS, Root
from zoco.mail.sending.checks import Weight
from zoco.people.models import Attribute
from zoco.project.models import Change

pytestmark = pytest.mark.django_db


def drawn(step: dict[str, Any]) -> Journey:
    """Return a journey that sends a message and is not published yet."""
    return Journey.objects.create(name="News", created_at=NOW, draft={"graph": alone(step), "entries": []})


def refusal(step: dict[str, Any]) -> str:
    """Return why a journey cannot be published."""
    journey = drawn(step)
    with pytest.raises(GraphWrong) as refused:
        journey_publish(journey=journey, is_moving=False, at=NOW)
    journey.refresh_from_db()
    assert journey.version is None
    return str(refused.value)


ACCOUNT = "Choose an account by which messages leave, other than mail."


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"account": None}, ACCOUNT),
        ({"account": 10**9}, ACCOUNT),
        ({"purpose": "fun"}, "Choose what the message is for."),
        ({"topic": "gone"}, "The topic is not there any more; choose another, or none."),
        ({"texts": []}, "Write the text in at least one language."),
        ({"texts": "Hello"}, "Write the text in at least one language."),
        (
            {"texts": [{"language": "en", "text": " "}]},
            "Write the text in English, or take the language away.",
        ),
        ({"texts": [{"language": "the first", "text": "x"}]}, "Write a language as es or zh-Hans."),
        ({"texts": ["x"]}, "Write a language as es or zh-Hans."),
        (
            {"texts": [{"language": each, "text": "x"} for each in ("es", "es")]},
            "The text is there twice in Spanish; take one away.",
        ),
        (
            {"texts": [{"language": f"a{chr(97 + n)}", "text": "x"} for n in range(21)]},
            "A message has at most 20 languages.",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(step: Step, settings: dict[str, Any], why: str) -> None:
    assert refusal(step(**settings)) == why


NAMES = "there are: data, links, person, survey."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ order.number }}", f"Line 1: there is no order; {NAMES}"),
        ("Hello\n{{ person.given_name|shout }}", "Line 2: there is no |shout;"),
        ("{{ person.given_name", None),
        ("{{ 7 * 7 }}", "Line 1: Mul may not stand in a letter;"),
        ("{{ data.x.__class__|default('') }}", "Line 1: write a field such as person.given_name."),
        ("{{ person.shoe|default('') }}", "There is no {{ person.shoe }} for messages;"),
        ("{{ links.online }}", "There is no {{ links.online }} for messages;"),
        ("{{ data|default('') }}", "There is no {{ data }} for messages;"),
        (
            "{{ person.given_name }}",
            'Say what stands there where nothing is known: write {{ person.given_name|default("…") }}.',
        ),
        ("x" * (MOST + 1), f"The text has {MOST + 1} characters, and {MOST} may leave;"),
        ("x" * 4_001, "A text has at most 4000 characters; this one has 4001."),
        (f"{{{{ links.unsubscribe }}}}{'x' * (MOST - 60)}", f"characters, and {MOST} may leave;"),
    ],
)
def test_texts_that_could_not_leave_are_refused_in_their_language(
    step: Step, text: str, why: str | None
) -> None:
    texts = [{"language": "en", "text": "Hello"}, {"language": "es", "text": text}]
    if why is None:  # what has no end is text
        journey_publish(journey=drawn(step(texts=texts)), is_moving=False, at=NOW)
        return

    said = refusal(step(texts=texts))

    assert said.startswith("The text in Spanish cannot leave: ")
    assert why in said


def test_what_is_known_of_people_and_what_others_add_may_be_asked_for(step: Step, made: Made) -> None:
    class Coupons(Root):
        """Coupons of a test."""

        key = "coupon"
        label = "Coupon"  # type: ignore[assignment]

        def fields(self) -> Any:
            return [("code", "code")]

        def values(self, people: Any) -> Any:
            return {}

    Attribute.objects.create(key="shoe", label="Shoe", kind="text")
    ROOTS.add(Coupons())
    try:
        made(
            alone(
                step(
                    "{{ person.shoe|default('') }} {{ coupon.code|default('none') }} {{ links.preferences }}"
                )
            )
        )
        wrong = refusal(step("{{ coupon.colour|default('') }}"))
    finally:
        ROOTS.remove("coupon")

    assert "There is no {{ coupon.colour }} for messages;" in wrong


def test_an_account_that_is_off_stops_its_journey(step: Step, chat: Account) -> None:
    account_turn(account=chat, is_on=False)
    journey = drawn(step())

    with pytest.raises(JourneyHeld) as held:
        journey_publish(journey=journey, is_moving=False, at=NOW, reason="I must")

    assert str(held.value) == "The account Our chat is off; switch it on first."
    assert [each.mend for each in held.value.problems] == [("zoco_channels_account", chat.pk)]


def test_what_is_to_be_thought_of_is_said_and_stops_nobody(step: Step) -> None:
    Topic.objects.create(key="honey", label="Honey")
    news = drawn(step("Honey!", purpose="marketing"))
    orders = drawn(step(purpose="service"))
    right = drawn(step("Honey! {{ links.preferences }}", purpose="marketing", topic="honey"))

    found = [problems_of(each, now=NOW) for each in (news, orders, right)]
    for each in (news, orders, right):
        journey_publish(journey=each, is_moving=False, at=NOW)

    assert {problem.weight for problems in found for problem in problems} == {Weight.NOTE}
    assert [[problem.words for problem in problems] for problems in found] == [
        [
            "The message of step 1 has no topic: only who agreed to all marketing gets it.",
            "The message of step 1 (English) says nowhere how to leave; put {{ links.unsubscribe }} into it, "
            "unless its channel has a way of its own.",
        ],
        ["The message of step 1 is no marketing: it goes also to people who never agreed."],
        [],
    ]
    assert {problem.mend for problem in found[0]} == {("zoco_journey_step", news.pk, "s1")}
    lines = Change.objects.filter(kind="zoco_mail.journey", details__has_key="version").order_by("pk")
    assert [each.details.get("without_consent") for each in lines] == [None, [None, True], None]
