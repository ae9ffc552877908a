"""Journeys drawn by hand: steps put in, joined and taken out, and what a page says of them."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.consent.models import Topic
from zoco.ledger.pictures.labels import NAMES
from zoco.mail.drawing.canvas import canvas
from zoco.mail.drawing.editing import EMPTY, step_add, step_remove, step_set, step_wrongs, way_set
from zoco.mail.drawing.entries import JourneyForm
from zoco.mail.drawing.reads import effect
from zoco.mail.drawing.ready import READY
from zoco.mail.editing.gallery.ready import letter_begin, ready_of
from zoco.mail.editing.models import Letter
from zoco.mail.journeys import running
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.graph import GraphWrong
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.models import Journey, StepDue, Traveller
from zoco.mail.journeys.tests.conftest import GRAPH, NOW
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.sites.models import Site

ADMIN = "/admin/journeys/"


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    """Return a browser of somebody who may do everything."""
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


@pytest.fixture
def journey(db: None) -> Journey:
    """Return a journey that is drawn and does not run."""
    return Journey.objects.create(
        name="Welcome", created_at=NOW, held_out=0, draft={"graph": deepcopy(GRAPH), "entries": []}
    )


def test_steps_are_put_in_where_a_way_leads_on() -> None:
    graph, first = step_add(EMPTY, kind="tag")
    graph, wait = step_add(graph, kind="wait", after=first)
    graph, between = step_add(graph, kind="fact", after=first)
    graph, before = step_add(graph, kind="goal")

    assert graph["start"] == before
    assert graph["steps"][before]["next"] == {"": first}
    assert graph["steps"][first]["next"] == {"": between}
    assert graph["steps"][between]["next"] == {"yes": wait}
    assert EMPTY == {"start": "", "steps": {}}


def test_taken_out_what_led_to_it_leads_on() -> None:
    graph = step_remove(GRAPH, name="wait")
    assert graph["steps"]["hello"]["next"] == {"": "bye"}

    graph = step_remove(graph, name="hello")
    assert graph["start"] == "bye"
    assert step_remove(graph, name="bye") == EMPTY


def test_a_step_that_is_put_in_bears_no_name_of_one_that_was_taken_out() -> None:
    graph, first = step_add(EMPTY, kind="tag")
    graph, gone = step_add(graph, kind="wait", after=first)

    graph, other = step_add(step_remove(graph, name=gone), kind="letter", after=first)

    assert (first, gone, other) == ("s1", "s2", "s3")


def test_settings_that_are_saved_undo_no_pause_that_was_pressed_meanwhile(
    owner: Client, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = JourneyForm.clean_goal

    def slow(form: JourneyForm) -> str:
        Journey.objects.update(state=Journey.State.PAUSED)
        return read(form)

    monkeypatch.setattr(JourneyForm, "clean_goal", slow)
    owner.post(f"{ADMIN}{journey.pk}/settings/", {"name": "Hello", "held_out": 7, "save": 1})

    assert list(Journey.objects.values_list("name", "state", "held_out")) == [("Hello", "paused", 7)]


def test_many_journeys_are_listed_by_as_many_queries_as_one(owner: Client, journey: Journey) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get(ADMIN)
        return len(queries)

    asked()
    one = asked()
    for n in range(4):
        made = Journey.objects.create(name=f"No. {n}", created_at=NOW, held_out=0)
        version = made.versions.create(number=1, graph=deepcopy(GRAPH), at=NOW)
        person = Person.objects.create(created_at=NOW, changed_at=NOW)
        made.travellers.create(person=person, version=version, entered_at=NOW)

    assert asked() == one
    assert owner.get(ADMIN).content.decode().count('data-label="On the way">1</td>') == 4


def test_arms_that_are_gone_take_their_ways_along() -> None:
    graph, name = step_add(GRAPH, kind="split")
    graph = way_set(graph, name=name, way="b", to="bye")

    graph = step_set(graph, name=name, settings={"arms": {"b": 1, "c": 1}})

    assert graph["steps"][name]["next"] == {"b": "bye"}
    with pytest.raises(GraphWrong):
        way_set(graph, name=name, way="a", to="bye")


def test_every_step_that_is_wrong_is_named(db: None) -> None:
    graph, one = step_add(GRAPH, kind="wait")
    graph, two = step_add(graph, kind="tag")

    assert set(step_wrongs(graph)) == {one, two}


def test_boxes_stand_apart_and_lines_join_them() -> None:
    graph, name = step_add(GRAPH, kind="split", after="hello")
    graph, _other = step_add(graph, kind="tag", after=name, way="b")
    graph = way_set(graph, name="bye", way="", to="wait")

    made = canvas(graph, {(name, "a"): "a"})

    assert len({(node.x, node.y) for node in made.nodes}) == len(made.nodes) == 5
    assert len(made.ways) == 5
    assert all(node.right <= made.width for node in made.nodes)


@pytest.mark.markup
def test_a_journey_is_drawn_published_and_run(owner: Client) -> None:
    owner.post(f"{ADMIN}new/", {"name": "Hello", "held_out": 0})
    pk = Journey.objects.get().pk
    page = owner.get(f"{ADMIN}{pk}/").content.decode()
    assert "Nothing is drawn yet." in page

    owner.post(f"{ADMIN}{pk}/steps/add/", {"kind": "tag"})
    owner.post(f"{ADMIN}{pk}/steps/s1/", {"name": "hello", "do": "add", "act": "save", "way:": ""})
    owner.post(f"{ADMIN}{pk}/steps/add/?after=s1&way=", {"kind": "wait"})
    bad = owner.post(f"{ADMIN}{pk}/steps/s2/", {"count": 900, "unit": "days", "act": "save"})
    assert bad.status_code == 422
    assert "Nobody waits longer than 400 days." in bad.content.decode()
    far = owner.post(f"{ADMIN}{pk}/steps/s2/", {"count": 10**20, "unit": "days", "act": "save"})
    assert (far.status_code, "Nobody waits longer than 400 days." in far.content.decode()) == (422, True)
    owner.post(f"{ADMIN}{pk}/steps/s2/", {"count": 2, "unit": "days", "act": "save"})
    owner.post(f"{ADMIN}{pk}/settings/", {"kind": "fact", "fact": "shop.order.placed", "put": 1})
    asked = owner.get(f"{ADMIN}{pk}/publish/").content.decode()
    assert "Nobody is on the way yet." in asked
    assert "Only whoever comes from now on" not in asked
    owner.post(f"{ADMIN}{pk}/act/", {"act": "publish"})
    owner.post(f"{ADMIN}{pk}/act/", {"act": "run"})

    found = Journey.objects.get()
    assert found.state == "running"
    assert [each["fact"] for each in found.entries] == ["shop.order.placed"]
    page = owner.get(f"{ADMIN}{pk}/").content.decode()
    assert "Pause: holds 0 people" in page
    assert "2 days" in page


@pytest.mark.markup
def test_what_failed_is_shown_and_tried_again(owner: Client, journey: Journey) -> None:
    for act in ("publish", "run"):
        owner.post(f"{ADMIN}{journey.pk}/act/", {"act": act})
    journey.refresh_from_db()
    (written,) = people_write([Incoming((identity_read("email", "ana@shop.example"),))], at=NOW)
    assert written.person
    enter(journey=journey, person=written.person, by="hand", now=NOW)
    StepDue.objects.update(state="failed", reason="RuntimeError: out of order")

    assert "1 failed" in owner.get(f"{ADMIN}{journey.pk}/").content.decode()
    owner.post(f"{ADMIN}{journey.pk}/act/", {"act": "again", "step": "hello"})
    running.due_run(now=NOW.replace(year=2030))

    assert StepDue.objects.get(step="hello").state == "done"


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("act/", {"act": "fly"}, 422),
        ("act/", {"act": "run"}, 422),
        ("steps/add/?after=none", {"kind": "wait"}, 422),
        ("steps/add/?after=hello&way=yes", {"kind": "wait"}, 422),
        ("steps/add/", {"kind": "rocket"}, 422),
        ("steps/none/", {}, 404),
        ("steps/hello/", {"name": "", "do": "add"}, 422),
        ("steps/hello/", {"name": "x", "do": "add", "way:": "none"}, 422),
        ("settings/", {"kind": "fact", "fact": "x", "put": 1}, 422),
        ("settings/", {"kind": "date", "put": 1}, 422),
    ],
)
@pytest.mark.markup
def test_what_cannot_be_says_so_and_changes_nothing(
    owner: Client, journey: Journey, path: str, data: dict[str, object], status: int
) -> None:
    before = journey.draft

    answer = owner.post(f"{ADMIN}{journey.pk}/{path}", data)

    assert answer.status_code == status
    journey.refresh_from_db()
    assert (journey.draft, journey.state) == (before, "draft")


def test_ready_ones_are_whole_but_for_their_letters() -> None:
    for ready in READY:
        steps = ready.graph["steps"]
        assert ready.graph["start"] in steps
        assert {each["kind"] for each in steps.values()} - {"letter"} <= set(KINDS.keys())
        for step in steps.values():
            assert set(step["next"].values()) <= set(steps)
        asked = [*ready.entries, *(each["settings"] for each in steps.values())]
        assert {each["fact"] for each in asked if "fact" in each} | ({ready.goal} - {""}) <= set(NAMES)
        wants = {name for name, step in steps.items() if step["kind"] == "letter"}
        assert set(ready.letters) == wants
        assert all(ready_of(each) for each in ready.letters.values())


def test_begun_with_letters_nothing_is_left_to_set(owner: Client) -> None:
    Topic.objects.create(key="news", label="News")
    site = Site.objects.create(slug="shop", name="Shop")
    signed = Letter(name="First", purpose="marketing")
    letter_begin(letter=signed, ready=ready_of("offer"), languages=["en"], at=NOW)
    edition = signed.editions.get()
    edition.blocks[-1]["value"].update(company="Miel", address="Calle 1, Lugo")
    edition.save()
    page = owner.get(f"{ADMIN}new/?ready=welcome").content.decode()
    assert "Write its letters from ready ones" in page

    wrong = owner.post(f"{ADMIN}new/?ready=welcome", {"name": "", "held_out": 0, "letters": "on"})
    assert wrong.status_code == 422
    said = {"name": "Hello", "held_out": 0, "letters": "on", "topic": "news"}
    assert owner.post(f"{ADMIN}new/?ready=welcome", said).status_code == 302

    graph = Journey.objects.get().draft["graph"]
    assert step_wrongs(graph) == {}
    made = Letter.objects.filter(name__startswith="Hello ").order_by("pk")
    assert [each.name for each in made] == [
        "Hello 1: Welcome letter", "Hello 2: Announcement", "Hello 3: Offer",
    ]  # fmt: skip
    assert {(each.topic, each.site) for each in made} == {("news", site)}
    foot = made[0].editions.get().blocks[-1]["value"]
    assert (foot["company"], foot["address"]) == ("Miel", "Calle 1, Lugo")


def test_the_effect_is_the_difference_to_those_held_out(journey: Journey) -> None:
    version = journey.versions.create(number=1, graph=GRAPH, at=NOW)
    people = Person.objects.bulk_create([Person(created_at=NOW, changed_at=NOW) for _ in range(150)])
    Traveller.objects.bulk_create(
        Traveller(
            journey=journey, version=version, person=person, entered_at=NOW,
            state="going" if at < 70 else "held_out",
            goal_at=NOW if at < 56 or 70 <= at < 118 else None,
        )
        for at, person in enumerate(people)
    )  # fmt: skip

    found = effect(journey)

    assert (found.came, found.reached, found.held, found.held_reached) == (70, 56, 80, 48)
    assert found.points == pytest.approx(20)
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=0.00005)
    assert found.is_clear
