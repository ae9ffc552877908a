"""People who are likely one: found by what they share, proposed with the reason, said to be two for good."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zoco.people.doubles.likeness import mailbox, subscriber
from zoco.people.doubles.looking import COMMON, some_compare
from zoco.people.doubles.models import Likeness
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.project.tests.readers import body, client_of

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
PAGE = "/admin/people/doubles/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def person(*names: tuple[str, str, str], company: str = "", **fields: str) -> Person:
    named = tuple(identity_read(kind, value, space=space) for kind, value, space in names)
    own = {"company": company} if company else {}
    (written,) = people_write([Incoming(named, fields, own)], at=NOW)
    assert written.person is not None
    return written.person


def mail(address: str) -> tuple[str, str, str]:
    return ("email", address, "")


def found() -> list[tuple[int, int, list[str]]]:
    while some_compare(now=NOW):
        pass
    return list(
        Likeness.objects.filter(state="proposed").order_by("low", "high").values_list("low", "high", "why")
    )


def test_mailboxes_and_numbers_are_the_same_only_where_their_providers_say_so() -> None:
    assert mailbox("A.na+shop@GoogleMail.com") == mailbox("ana@gmail.com") == "ana@gmail.com"
    assert mailbox("ana+x@outlook.com") == "ana@outlook.com"
    assert mailbox("a.na+x@shop.example") == "a.na+x@shop.example"
    assert mailbox("a.na@outlook.com") == "a.na@outlook.com"
    assert subscriber("+5215512345678") == subscriber("+525512345678")
    assert subscriber("+34600123456") == "+34600123456"


def test_pairs_share_a_mailbox_a_handle_or_a_name_with_something_else() -> None:
    one = person(mail("ana.prieto@gmail.com"), name="Ana Prieto", city="Lugo", country="ES")
    two = person(mail("anaprieto+x@gmail.com"), name="PRIETO, Ana", city="lugo", country="ES")
    three = person(("social", "@annie", "mastodon"), name="Ana Prieto", city="Toledo", country="ES")
    four = person(("social", "@Annie", "bluesky"), name="Ana", city="Lugo", country="ES")
    five = person(mail("a@a.example"), name="王小明", company="Acme")
    six = person(mail("b@b.example"), name="王小明", company="ACME")

    assert found() == [
        (one.pk, two.pk, ["city", "mailbox"]),
        (three.pk, four.pk, ["handle"]),
        (five.pk, six.pk, ["company"]),
    ]


def test_two_numbers_of_one_system_are_two_people_and_what_many_share_tells_nothing() -> None:
    for number in ("7", "8"):
        person(("external", number, "shop"), name="Ana Prieto", city="Lugo")
    for each in range(COMMON + 1):
        person(mail(f"p{each}@a.example"), name="John Smith", city="London")

    assert found() == []


def test_whoever_changes_is_compared_anew_and_a_merge_and_its_undo_are_followed() -> None:
    one = person(mail("ana@a.example"), name="Ana Prieto", city="Lugo")
    two = person(mail("ana@b.example"), name="Ana Prieto", city="Lugo")
    pair = (one.pk, two.pk, ["city"])
    assert found() == [pair]

    merge = people_merge(person=two, into=one, why="", at=NOW)
    assert found() == []
    merge_undo(merge=merge, at=NOW)
    assert found() == [pair]

    people_write([Incoming((identity_read("email", "ana@b.example"),), {"city": "Toledo"})], at=NOW)
    assert found() == []


def test_a_pair_is_shown_side_by_side_and_never_again_once_it_is_said_to_be_two() -> None:
    marketer = client_of("marketer")
    assert "No two look like one person" in body(marketer.get(PAGE))
    one = person(mail("ana@a.example"), name="Ana Prieto", city="Lugo")
    two = person(mail("ana@b.example"), name="Ana Prieto", city="Lugo")
    ((_low, _high, _why),) = found()
    pair = Likeness.objects.get()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = body(marketer.get(PAGE))

    assert "the same name and city" in shown
    assert "ana@a.example" in shown
    assert "ana@b.example" in shown
    assert f"/admin/people/{one.pk}/merge/?with={two.pk}" in shown
    assert len([each for each in asked if "zoco_people_" in each["sql"]]) == 5
    assert client_of("analyst").get(PAGE)["Location"] == "/admin/"

    assert marketer.post(PAGE, {"pair": pair.pk}).status_code == 302

    pair.refresh_from_db()
    assert (pair.state, pair.decided_by is None) == ("not_same", False)
    Person.objects.update(is_compared=False)
    assert found() == []
    assert "No two look like one person" in body(marketer.get(PAGE))
