"""What the page of a journey says: who lets people in, whom steps passed over and why, what splits bring."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.consent.signup.models import Form
from zoco.mail.drawing.reads import parted
from zoco.mail.editing.models import Letter
from zoco.mail.editing.services import Words, edition_write
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.services import journey_let
from zoco.mail.journeys.tests.conftest import GRAPH, NOW, Made
from zoco.people.models import Attribute, Audience, Person
from zoco.sites.models import Hostname, Site

ADMIN = "/admin/journeys/"
SPLIT = {
    "start": "part",
    "steps": {
        "part": {"kind": "split", "settings": {"arms": {"a": 50, "b": 50}}, "next": {}},
    },
}


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    """Return a browser of somebody who may do everything."""
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


def text(client: Client, journey: Journey) -> str:
    """Return the page of a journey, with single spaces."""
    return " ".join(client.get(f"{ADMIN}{journey.pk}/").content.decode().split())


def test_whoever_gets_no_letter_is_counted_with_the_reason(
    owner: Client, made: Made, people: list[Person], letter: Letter
) -> None:
    letter.purpose = "marketing"
    letter.save()
    steps = {"hello": {"kind": "letter", "settings": {"letter": letter.pk}}}
    journey = made({"start": "hello", "steps": steps})
    for person in people[:2]:
        enter(journey=journey, person=person, by="hand", now=NOW)
    running.due_run(now=NOW)

    assert list(StepDue.objects.values_list("reason", flat=True)) == ["never_agreed"] * 2
    assert "Went on without it (2): This person never agreed." in text(owner, journey)


def test_whoever_waits_for_something_to_be_mended_is_counted_with_the_reason(
    owner: Client, made: Made, people: list[Person]
) -> None:
    journey = made()
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    StepDue.objects.update(reason="warming")

    shown = text(owner, journey)

    assert "Wait (1): Today&#x27;s number of the warm-up has left; it goes on tomorrow." in shown
    journey_let(journey=journey, state=Journey.State.ENDED, at=NOW)
    shown = text(owner, journey)
    assert "Went on without it" not in shown
    assert "Wait (" not in shown


def test_whoever_stands_at_a_step_that_is_gone_is_counted(
    owner: Client, made: Made, people: list[Person]
) -> None:
    journey, words = made(), "1 person stands at a step that is gone, and goes on as before in any case."
    enter(journey=journey, person=people[0], by="hand", now=NOW)
    assert words not in text(owner, journey)

    owner.post(f"{ADMIN}{journey.pk}/steps/hello/", {"act": "remove"})

    assert words in text(owner, journey)


@pytest.mark.parametrize(
    ("key", "kind"), [("win-back", "audience"), ("birthday", "date"), ("welcome", ""), ("review", "")]
)
def test_a_ready_one_asks_first_for_what_it_misses(owner: Client, key: str, kind: str) -> None:
    answer = owner.post(f"{ADMIN}new/?ready={key}", {"name": "Mine", "held_out": 0})

    journey = Journey.objects.get()
    if not kind:
        assert answer["Location"] == f"{ADMIN}{journey.pk}/"
        assert "Nothing lets people in yet" not in text(owner, journey)
        return
    assert answer["Location"] == f"{ADMIN}{journey.pk}/settings/?kind={kind}"
    page = owner.get(answer["Location"]).content.decode()
    assert f'<option value="{kind}" selected>' in page
    assert "Nothing lets people in yet, so nobody comes." in text(owner, journey)


def test_letters_that_nobody_looked_at_are_named_before_they_leave(owner: Client) -> None:
    Hostname.objects.create(site=Site.objects.create(slug="shop", name="Shop"), name="shop.example")
    owner.post(f"{ADMIN}new/?ready=win-back", {"name": "Mine", "held_out": 0, "letters": "on"})
    journey, (first, second) = Journey.objects.get(), Letter.objects.order_by("pk")

    page = owner.get(f"{ADMIN}{journey.pk}/publish/").content.decode()

    mend = f'<a href="/admin/letters/{first.pk}/checks/">Mine 1: Announcement: its checks find'
    assert mend in page
    assert "Nothing lets people in yet, so nobody comes." in page
    edition = first.editions.get()
    edition.blocks[-1]["value"].update(company="Miel", address="Calle 1, Lugo")
    said = Words(edition.subject, edition.preview, blocks=edition.blocks)
    edition_write(letter=first, language=edition.language, words=said, at=NOW)
    edition = second.editions.get()
    edition.blocks[-1]["value"].update(company="Miel", address="Calle 1, Lugo")
    edition.save()
    page = owner.get(f"{ADMIN}{journey.pk}/publish/").content.decode()
    assert "Mine 1: Announcement: its checks" not in page
    assert "Mine 1: Announcement: nobody has changed" not in page
    assert f'<a href="/admin/letters/{second.pk}/">Mine 2: Offer: nobody has changed its words' in page


def test_what_lets_people_in_is_called_by_its_name(owner: Client) -> None:
    site = Site.objects.create(slug="shop", name="Shop")
    Form.objects.create(key="f1", name="Below the page", site=site)
    audience = Audience.objects.create(name="Slept", kind="static", created_at=NOW)
    Attribute.objects.create(key="born", label="Birthday", kind="day")
    entries = [
        {"kind": "form", "key": "f1"},
        {"kind": "audience", "key": audience.pk},
        {"kind": "date", "key": "born", "days": -3, "hour": 9},
        {"kind": "fact", "fact": "shop.order.placed"},
        {"kind": "program"},
    ]
    journey = Journey.objects.create(name="All", created_at=NOW, draft={"graph": GRAPH, "entries": entries})

    assert (
        "People come in by: a form by which they sign up: Below the page · an audience that they enter: Slept"
        " · a day that is known of them: Birthday, 3 days before, at 09:00"
        " · something that happens: Order placed · a program</p>"
    ) in text(owner, journey)


@pytest.mark.parametrize("kind", ["fact", "form", "audience", "date"])
def test_what_the_chosen_kind_needs_is_asked_for_at_its_field(owner: Client, kind: str) -> None:
    journey = Journey.objects.create(name="All", created_at=NOW)

    answer = owner.post(f"{ADMIN}{journey.pk}/settings/", {"kind": kind, "put": 1})

    assert answer.status_code == 422
    assert answer.content.decode().count("This field is required.") == 1
    journey.refresh_from_db()
    assert journey.draft == {}


def test_facts_are_suggested_where_one_is_named(owner: Client) -> None:
    journey = Journey.objects.create(name="All", created_at=NOW, draft={"graph": GRAPH, "entries": []})
    owner.post(f"{ADMIN}{journey.pk}/steps/add/?after=hello&way=", {"kind": "fact"})

    for path in ("new/", f"{journey.pk}/settings/", f"{journey.pk}/steps/s1/"):
        page = owner.get(f"{ADMIN}{path}").content.decode()
        assert 'list="z-facts"' in page
        assert '<option value="shop.basket.added">Put into the basket</option>' in page
    owner.post(f"{ADMIN}{journey.pk}/steps/s1/", {"fact": "shop.order.placed", "count": 3, "unit": "days"})
    assert "Order placed, at most 3 days" in text(owner, journey)


@pytest.mark.parametrize("goal", ["buys", "Shop.Order", "shop order", "🎉"])
def test_a_goal_that_nobody_can_reach_is_refused(owner: Client, goal: str) -> None:
    answer = owner.post(f"{ADMIN}new/", {"name": "Hello", "held_out": 0, "goal": goal})

    assert answer.status_code == 422
    assert "A fact has a name such as shop.order.placed." in answer.content.decode()
    assert not Journey.objects.exists()


def test_a_split_shows_how_many_reached_the_goal_by_each_way(owner: Client, made: Made) -> None:
    journey = made(SPLIT, goal="shop.order.placed")
    people = Person.objects.bulk_create([Person(created_at=NOW, changed_at=NOW) for _ in range(80)])
    version = journey.version
    assert version is not None
    later, before = NOW + timedelta(days=1), NOW - timedelta(days=1)
    for at, person in enumerate(people):
        is_b = at >= 40
        bought = at < 8 or 40 <= at < 72
        on_the_way = Traveller.objects.create(
            journey=journey, version=version, person=person, entered_at=before,
            goal_at=later if bought else before if at == 20 else None,
        )  # fmt: skip
        StepDue.objects.create(
            traveller=on_the_way, visit=1, step="part", state="done", way="b" if is_b else "a",
            arrived_at=NOW, due_at=NOW, done_at=NOW,
        )  # fmt: skip

    (found,) = parted(journey, SPLIT["steps"])  # type: ignore[arg-type]

    assert [(way, each.count, each.of) for way, each in found.ways] == [("a", 8, 40), ("b", 32, 40)]
    assert found.leader == "b"
    shown = text(owner, journey)
    assert "Step 1: what came of the split" in shown
    assert "“b” brings more people to the goal (95 %, Newcombe 1998)." in shown
    StepDue.objects.filter(way="b").update(way="a")
    assert "It is not clear yet which way is better." in text(owner, journey)
