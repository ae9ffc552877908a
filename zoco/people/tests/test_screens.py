"""Pages of people: list and search, one person and all that is done there, own fields, who may see it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.channels.facts import SENT
from zoco.consent.models import Choice, Topic
from zoco.consent.services import choice_record
from zoco.ledger.store.joins import JOINED, MERGED, MERGES_SITE
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.people.audiences.models import Audience
from zoco.people.audiences.telling import ENTERED
from zoco.people.identities import identity_read
from zoco.people.models import NUMBER_BASE, Attribute, Edit, Identity, Note, Person
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.access.models import SiteLimit
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
PEOPLE = "/admin/people/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def person(email: str, **fields: str) -> Person:
    (written,) = people_write([Incoming((identity_read("email", email),), fields)], at=NOW)
    assert written.person is not None
    return written.person


@pytest.fixture
def ana() -> Person:
    return person("ana@shop.example", name="Ana Prieto", city="Lugo", country="ES")


@pytest.fixture
def marketer() -> Client:
    return client_of("marketer")


def act(client: Client, who: Person, do: str, value: object = "", **more: str) -> Any:
    return client.post(f"{PEOPLE}{who.pk}/act/", {"do": do, "value": value, **more})


def test_an_empty_list_says_what_to_do_and_a_search_finds_by_beginnings(marketer: Client) -> None:
    assert "Nobody is known yet" in body(marketer.get(PEOPLE))
    for number in range(52):
        person(f"p{number}@shop.example", name=f"Zed {number}")
    ana = person("ana@shop.example", name="Ana Prieto")
    marketer.post(f"{PEOPLE}{ana.pk}/act/", {"do": "tag", "value": "vip"})

    with CaptureQueriesContext(connection) as asked:
        first = body(marketer.get(PEOPLE))

    assert "1–50 of 53" in first
    assert len(asked) <= 20
    second = _led(marketer, first, "next")
    assert "51–53 of 53" in second
    assert 'rel="next"' not in second
    assert "1–50 of 53" in _led(marketer, second, "prev")
    found = body(marketer.get(f"{PEOPLE}?q=pri"))
    assert "Ana Prieto" in found
    assert "Zed" not in found
    assert "1–1 of 1" in body(marketer.get(f"{PEOPLE}?tag=vip"))
    assert "Nobody fits" in body(marketer.get(f"{PEOPLE}?q=nobody"))
    for nowhere in ("before=1", "after=9999999999", "before=²&after=x&from=-"):
        assert "1–50 of 53" in body(marketer.get(f"{PEOPLE}?{nowhere}"))
    for nowhere in ("before=1", "after=9999999999"):
        assert "1–1 of 1" in body(marketer.get(f"{PEOPLE}?tag=vip&{nowhere}"))


def _led(client: Client, shown: str, rel: str) -> str:
    """Follow the link of a page to the next or previous one."""
    found = re.search(rf'rel="{rel}" href="([^"]*)"', shown)
    assert found is not None
    return body(client.get(f"{PEOPLE}{found[1]}"))


def test_somebody_is_added_once_and_a_second_time_is_led_to_the_first(marketer: Client) -> None:
    given = {"kind": "phone", "value": "600 123 456", "country": "ES", "name": "Ana"}

    assert marketer.post(f"{PEOPLE}new/", {**given, "country": ""}).status_code == 422
    made = marketer.post(f"{PEOPLE}new/", given)
    again = marketer.post(f"{PEOPLE}new/", given)

    ana = Person.objects.get()
    assert made["location"] == f"{PEOPLE}{ana.pk}/"
    assert ana.identities.get().key == "+34600123456"
    assert again.status_code == 422
    assert "Ana has it already." in body(again)
    assert f'href="{PEOPLE}{ana.pk}/"' in body(again)


def test_identities_are_added_and_removed_and_refused_with_reasons(marketer: Client, ana: Person) -> None:
    bob = person("bob@shop.example", name="Bob")
    name = {"kind": "external", "space": "shop"}

    assert marketer.post(f"{PEOPLE}{ana.pk}/act/", {"do": "name", "value": "7", **name}).status_code == 302
    second = marketer.post(f"{PEOPLE}{ana.pk}/act/", {"do": "name", "value": "8", **name})
    nowhere = marketer.post(f"{PEOPLE}{ana.pk}/act/", {"do": "name", "value": "8", "kind": "social"})
    taken = marketer.post(
        f"{PEOPLE}{ana.pk}/act/", {"do": "name", "value": "bob@shop.example", "kind": "email"}
    )
    last = act(marketer, bob, "unname", bob.identities.get().pk)

    assert "In shop this person is 7 already" in body(second)
    assert "Say in which system" in body(nowhere)
    assert "belongs to Bob; merge the two" in body(taken)
    assert "is all by which this person is known" in body(last)
    assert [each.status_code for each in (second, nowhere, taken, last)] == [422] * 4
    act(marketer, ana, "unname", ana.identities.get(kind="email").pk)
    act(marketer, ana, "unname", bob.identities.get().pk)
    assert sorted(Identity.objects.values_list("value", flat=True)) == ["7", "bob@shop.example"]


def test_moments_are_those_of_the_zone_that_the_page_names(marketer: Client, ana: Person) -> None:
    Site.objects.create(slug="shop", name="Shop", zone="America/Argentina/Buenos_Aires")
    reads.forget()
    Note.objects.create(person=ana, text="Called.", at=datetime(2026, 5, 18, 1, 30, tzinfo=UTC))

    shown = body(marketer.get(f"{PEOPLE}{ana.pk}/"))

    assert "17\xa0May\xa02026, 22:30" in shown
    assert "Moments are those of America/Argentina/Buenos Aires." in shown


def test_tags_and_notes_come_and_go(marketer: Client, ana: Person) -> None:
    act(marketer, ana, "tag", " fair  2026 ")
    act(marketer, ana, "tag", "fair 2026")
    act(marketer, ana, "note", "Called.\nWants honey.")
    refused = act(marketer, ana, "note", "x" * 5001)

    shown = body(marketer.get(f"{PEOPLE}{ana.pk}/"))
    assert "fair 2026" in shown
    assert "Called.<br>Wants honey." in shown
    assert "this one has 5001" in body(refused)
    act(marketer, ana, "untag", "fair 2026")
    act(marketer, ana, "unnote", Note.objects.get().pk)
    assert not ana.tagged.exists()
    assert not Note.objects.exists()


def test_own_fields_are_typed_and_changes_are_told_with_the_person_alone(
    marketer: Client, ana: Person
) -> None:
    Attribute.objects.create(key="size", label="Shoe size", kind="number")
    Attribute.objects.create(key="likes", label="Likes", kind="choices", choices=["Honey", "Wax"])
    given = {"name": "Ana", "city": "", "country": "ES", "own_size": "38,5", "own_likes": ["Honey", "Wax"]}

    wrong = marketer.post(f"{PEOPLE}{ana.pk}/edit/", {**given, "own_size": "big"})
    done = marketer.post(f"{PEOPLE}{ana.pk}/edit/", given)

    assert "is no number" in body(wrong)
    assert done.status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.city, ana.attributes) == ("Ana", "", {"size": 38.5, "likes": ["Honey", "Wax"]})
    shown = body(marketer.get(f"{PEOPLE}{ana.pk}/"))
    assert "City: Lugo → –" in shown
    assert "Shoe size: – → 38.5" in shown
    told = Change.objects.get(kind="zoco_people.person")
    assert (told.subject_name, told.details["city"]) == (f"#{ana.pk}", ["•••", None])
    assert "Lugo" not in str(told.details)
    marketer.post(f"{PEOPLE}{ana.pk}/edit/", {**given, "own_size": "", "own_likes": []})
    ana.refresh_from_db()
    assert ana.attributes == {}


def test_time_zones_offered_are_those_of_places_and_the_one_that_is_kept(
    marketer: Client, ana: Person
) -> None:
    Person.objects.filter(pk=ana.pk).update(zone="US/Pacific")

    offered = re.findall(r'<option value="([^"]+)"', body(marketer.get(f"{PEOPLE}{ana.pk}/edit/")))

    assert {"UTC", "Europe/Madrid", "US/Pacific"} <= set(offered)
    assert {"Factory", "localtime", "Zulu", "posixrules", "US/Eastern"}.isdisjoint(offered)


def test_fields_are_defined_kept_to_their_kind_and_go_with_their_values(
    marketer: Client, ana: Person
) -> None:
    fields = "/admin/people-fields/"
    given = {"label": "Plan", "key": "plan", "kind": "choice", "choices": "Small\nLarge", "note": ""}
    assert "Write what may be chosen" in body(marketer.post(f"{fields}new/", {**given, "choices": ""}))
    marketer.post(f"{fields}new/", given)
    plan = Attribute.objects.get()
    marketer.post(f"{PEOPLE}{ana.pk}/edit/", {"own_plan": "Large"})

    kept = marketer.post(f"{fields}edit/{plan.pk}/", {**given, "choices": "Small", "kind": "text"})
    asked = body(marketer.get(f"{fields}delete/{plan.pk}/"))
    marketer.post(f"{fields}delete/{plan.pk}/")

    assert "1 person has Large; it cannot be left out." in body(kept)
    assert "1 person has a value of Plan" in asked
    ana.refresh_from_db()
    assert ana.attributes == {}
    assert not Attribute.objects.exists()


def test_who_sees_some_sites_only_changes_no_field_of_all_people() -> None:
    plan = Attribute.objects.create(label="Plan", key="plan", kind="text")
    limited = client_of("marketer")
    SiteLimit.objects.create(user=User.objects.get(username="marketer"))

    limited.post(f"/admin/people-fields/delete/{plan.pk}/")
    limited.post("/admin/people-fields/new/", {"label": "Size", "key": "size", "kind": "text"})

    assert list(Attribute.objects.all()) == [plan]


def test_permission_stands_on_the_page_with_its_reason(marketer: Client, ana: Person) -> None:
    Topic.objects.create(key="news", label="News")
    proof = {"form": "footer"}
    choice_record(person=ana.pk, state=Choice.State.WITHDRAWN, proof=proof, at=NOW, topic="news")

    shown = body(marketer.get(f"{PEOPLE}{ana.pk}/"))

    assert "Marketing: News" in shown
    assert "This person wants it no more." in shown
    assert "Form: footer" in shown


def test_timeline_has_own_merged_and_joined_facts_and_a_browser_is_taken_away(
    marketer: Client, ana: Person, tmp_path: Path
) -> None:
    at, number = "2026-03-28 10:0", NUMBER_BASE | ana.pk
    vips = Audience.objects.create(name="VIPs", kind=Audience.Kind.STATIC, created_at=NOW)
    facts = [
        fact(f"{at}0:00", 1, "/mine", known=500),
        fact(f"{at}1:00", 1, "/other", known=600),
        fact(f"{at}2:00", 0, "", name="shop.order.placed", person=77, subject="order-9"),
        fact(f"{at}2:30", 0, "", name=SENT, person=77, subject="0b1c", subject_kind="message"),
        fact(f"{at}2:40", 0, "", name=ENTERED, person=77, subject=str(vips.pk), subject_kind="audience"),
        fact(f"{at}3:00", 0, "", name=JOINED, known=500, person=number),
        fact(
            f"{at}4:00",
            0,
            "",
            name=MERGED,
            person=77,
            subject=str(number),
            subject_kind="person",
            site=MERGES_SITE,
        ),
    ]
    Site.objects.create(pk=1, slug="shop", name="Honey shop", zone="Europe/Madrid")
    reads.forget()
    with ledger(tmp_path, facts):
        shown = body(marketer.get(f"{PEOPLE}{ana.pk}/timeline/"))
        assert "/mine" in shown
        assert "order-9" in shown
        assert "/other" not in shown
        assert "1–6 of 6" in shown
        assert ("0b1c" in shown, "VIPs" in shown) == (False, True)
        away = {"site": "1", "known": "500", "number": str(number)}
        assert marketer.post(f"{PEOPLE}{ana.pk}/timeline/", {**away, "known": "600"}).status_code == 302
        assert not Edit.objects.exists()
        marketer.post(f"{PEOPLE}{ana.pk}/timeline/", away)
        assert Edit.objects.get().what == Edit.What.UNJOINED


def test_an_analyst_reads_and_whoever_sees_some_sites_sees_nobody(ana: Person) -> None:
    analyst = client_of("analyst")

    assert "Ana Prieto" in body(analyst.get(PEOPLE))
    assert 'value="note"' not in body(analyst.get(f"{PEOPLE}{ana.pk}/"))
    assert act(analyst, ana, "tag", "x").status_code in (302, 403)
    assert not ana.tagged.exists()
    own = Site.objects.create(slug="own", name="Own")
    reads.forget()
    sites_seen_set(user=User.objects.get(username="analyst"), sites=[own])
    assert analyst.get(PEOPLE, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
    assert PEOPLE not in body(analyst.get("/admin/"))
