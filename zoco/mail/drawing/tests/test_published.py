"""Publishing a journey asks what sendings ask; of two who draw nobody wins in silence."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.channels.models import SendingDomain
from zoco.mail.editing.models import Letter
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import JourneyHeld, drawn_mark, journey_draw, journey_publish
from zoco.mail.journeys.tests.conftest import GRAPH, NOW
from zoco.people.models import Attribute
from zoco.project.models import Change
from zoco.project.tests.readers import client_of

ADMIN = "/admin/journeys/"


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    """Return a browser of somebody who may do everything."""
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


def drawn(graph: object = GRAPH) -> Journey:
    """Return a journey that is drawn and does not run."""
    return Journey.objects.create(name="Hello", created_at=NOW, draft={"graph": graph, "entries": []})


def mark(client: Client, path: str) -> str:
    """Return the mark of the drawing that a page shows."""
    found = re.search(r'name="drawn" value="([0-9a-f]{24})"', client.get(path).content.decode())
    assert found is not None
    return found[1]


@pytest.fixture
def posting(letter: Letter) -> Journey:
    """Return a journey that sends a letter of advertising."""
    Letter.objects.update(purpose="marketing")
    step = {"kind": "letter", "settings": {"letter": letter.pk}, "next": {}}
    return drawn({"start": "s1", "steps": {"s1": step}})


def test_a_letter_without_an_address_stops_its_journey_for_everybody(
    owner: Client, posting: Journey, letter: Letter
) -> None:
    edition = letter.editions.get()
    edition.blocks[-1]["value"]["address"] = ""
    edition.save()

    held = owner.post(f"{ADMIN}{posting.pk}/act/", {"act": "publish", "reason": "I must"})

    assert held.status_code == 422
    shown = held.content.decode()
    assert "Basket (English): write your postal address into its footer." in shown
    assert 'value="publish"' not in shown
    posting.refresh_from_db()
    assert posting.version is None
    Letter.objects.update(purpose="transactional")
    assert owner.post(f"{ADMIN}{posting.pk}/act/", {"act": "publish"}).status_code == 302


def test_an_owner_publishes_from_a_domain_that_is_wrong_with_a_reason_alone(
    owner: Client, posting: Journey
) -> None:
    SendingDomain.objects.all().delete()
    marketer = client_of("marketer")

    asked = owner.get(f"{ADMIN}{posting.pk}/publish/").content.decode()
    refused = marketer.post(f"{ADMIN}{posting.pk}/act/", {"act": "publish", "reason": "Let me"})
    without = owner.post(f"{ADMIN}{posting.pk}/act/", {"act": "publish"})

    assert "Nobody has looked at shop.example yet" in asked
    assert "Publish all the same, because" in asked
    assert (refused.status_code, without.status_code) == (422, 422)
    assert "An owner may publish it all the same." in refused.content.decode()
    with pytest.raises(JourneyHeld):
        journey_publish(journey=posting, is_moving=False, at=NOW)
    done = owner.post(f"{ADMIN}{posting.pk}/act/", {"act": "publish", "reason": "DNS  is slow"})
    assert done.status_code == 302
    log = Change.objects.filter(kind="zoco_mail.journey", details__has_key="version").get()
    assert log.details["override"] == [None, "DNS is slow"]


def test_what_was_drawn_meanwhile_is_not_overwritten(owner: Client) -> None:
    journey = drawn()
    path = f"{ADMIN}{journey.pk}/steps/hello/"
    was = mark(owner, path)
    owner.post(f"{ADMIN}{journey.pk}/steps/bye/", {"name": "ciao", "do": "add", "drawn": was})

    said = {"name": "hola", "do": "add", "drawn": was}
    late = owner.post(path, said)

    assert late.status_code == 409
    assert "Somebody changed the drawing since you opened this page." in late.content.decode()
    assert 'value="hola"' in late.content.decode()
    journey.refresh_from_db()
    assert journey.draft["graph"]["steps"]["hello"]["settings"] == {"name": "hello"}
    assert f'name="drawn" value="{drawn_mark(journey)}"' in late.content.decode()
    assert owner.post(path, said | {"drawn": drawn_mark(journey)}).status_code == 302
    journey.refresh_from_db()
    names = {name: step["settings"].get("name") for name, step in journey.draft["graph"]["steps"].items()}
    assert names == {"hello": "hola", "wait": None, "bye": "ciao"}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("steps/add/", {"kind": "wait"}),
        ("settings/", {"kind": "program", "put": 1}),
        ("settings/", {"take": "0"}),
    ],
)
def test_steps_and_entries_are_put_in_only_where_nothing_changed(
    owner: Client, path: str, data: dict[str, object]
) -> None:
    journey = drawn()
    was = mark(owner, f"{ADMIN}{journey.pk}/{path}")
    changed = journey_draw(journey=journey, graph=GRAPH, entries=[{"kind": "program"}])

    assert owner.post(f"{ADMIN}{journey.pk}/{path}", data | {"drawn": was}).status_code == 409
    journey.refresh_from_db()
    assert journey.draft == changed.draft
    again = owner.post(f"{ADMIN}{journey.pk}/{path}", data | {"drawn": drawn_mark(journey)})
    assert again.status_code == 302


def test_only_what_was_shown_is_published(owner: Client) -> None:
    journey = drawn()
    was = mark(owner, f"{ADMIN}{journey.pk}/publish/")
    changed = journey_draw(journey=journey, graph=GRAPH, entries=[{"kind": "program"}])

    late = owner.post(f"{ADMIN}{journey.pk}/act/", {"act": "publish", "drawn": was})

    assert late.status_code == 409
    assert f'name="drawn" value="{drawn_mark(changed)}"' in late.content.decode()
    journey.refresh_from_db()
    assert journey.version is None
    now = {"act": "publish", "drawn": drawn_mark(changed)}
    assert owner.post(f"{ADMIN}{journey.pk}/act/", now).status_code == 302


def test_a_day_comes_once_and_a_fact_only_with_its_property(owner: Client) -> None:
    Attribute.objects.create(key="contract", label="Contract", kind="day")
    journey = drawn()
    path = f"{ADMIN}{journey.pk}/settings/"
    day = {"kind": "date", "day": "contract", "days": -30, "hour": 9, "put": 1}
    fact = {"kind": "fact", "fact": "shop.order.placed", "put": 1}

    for said in (day | {"every": "once"}, day, fact | {"field": "campaign", "value": "spring"}, fact):
        assert owner.post(path, said).status_code == 302
    halves = [owner.post(path, fact | half).status_code for half in ({"field": "campaign"}, {"value": "x"})]

    journey.refresh_from_db()
    assert halves == [422, 422]
    kept = journey.draft["entries"]
    assert [each.get("every") for each in kept] == ["once", "year", None, None]
    assert [each.get("where") for each in kept[2:]] == [
        [{"field": "campaign", "how": "is", "value": "spring"}],
        [],
    ]
    shown = " ".join(owner.get(path).content.decode().split())
    assert "a day that is known of them: Contract, 30 days before, at 09:00, once<" in shown
    assert "something that happens: Order placed, campaign = spring<" in shown
