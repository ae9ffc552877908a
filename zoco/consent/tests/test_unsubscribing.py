"""Leaving by a link: at once, once, by nobody else's link, and never by looking."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zoco.consent.asking import Request, may_contact
from zoco.consent.models import Choice, Purpose, Topic
from zoco.consent.public import leaving
from zoco.consent.public.tokens import HOLDS_DAYS, Leaving, Links, LinkWrong, opened, person_mark
from zoco.consent.services import choice_record
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.merging import people_merge
from zoco.people.models import Person
from zoco.people.standing import standing_for
from zoco.people.writing import Incoming, people_write

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
BASE = "https://zoco.shop.example"
pytestmark = pytest.mark.django_db


def somebody(name: str) -> Person:
    (written,) = people_write([Incoming((identity_read("email", f"{name}@shop.example"),))], at=AT)
    assert written.person is not None
    for topic in ("news", "offers"):
        choice_record(
            person=written.person.pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=AT, topic=topic
        )
    return written.person


def gets(person: Person, topic: str) -> bool:
    place = identity_read("email", "nobody@shop.example").place
    request = Request(person.pk, place, "email", Purpose.MARKETING, topic)
    noon = timezone.now().replace(hour=12)
    return may_contact(request, at=noon, zone="UTC").because == "agreed"


def path_of(person: Person, topic: str = "news", message: str = "") -> str:
    links = Links(on=timezone.now().date(), base=BASE)
    return links.unsubscribe(person=person, topic=topic, message=message).removeprefix(BASE)


def test_one_click_leaves_at_once_and_once_and_looking_changes_nothing() -> None:
    ana, ben = somebody("ana"), somebody("ben")
    Topic.objects.create(key="news", label="<b>News</b>")
    client, where = Client(enforce_csrf_checks=True), path_of(ana, message="m-1")

    looked = client.get(where)
    client.head(where)

    assert (looked.status_code, len(looked.cookies)) == (200, 0)
    assert b"&lt;b&gt;News" in looked.content
    assert b"<b>News" not in looked.content
    assert looked.content.count(b"<button") == 1
    assert not Choice.objects.filter(state="withdrawn").exists()

    answers = [client.post(where, {"List-Unsubscribe": "One-Click"}) for _twice in range(2)]

    assert [(each.status_code, len(each.cookies)) for each in answers] == [(200, 0), (200, 0)]
    left = Choice.objects.get(state="withdrawn")
    assert (left.person_id, left.topic, left.proof["message"]) == (ana.pk, "news", "m-1")
    assert OutboxRow.objects.filter(name="consent.choice.withdrawn").count() == 1
    assert [gets(ana, "news"), gets(ana, "offers"), gets(ben, "news")] == [False, True, True]


def test_a_link_without_topic_leaves_all_even_what_was_given_in_the_future() -> None:
    ana = somebody("ana")
    ahead = timezone.now() + timedelta(days=400)
    choice_record(person=ana.pk, state=Choice.State.GIVEN, proof={}, at=ahead, topic="news", adapter="email")

    Client().post(path_of(ana, topic=""))

    assert [gets(ana, "news"), gets(ana, "offers")] == [False, False]


def test_links_of_merged_and_of_erased_people_still_answer() -> None:
    ana, ben = somebody("ana"), somebody("ben")
    where, gone = path_of(ana), path_of(Person(pk=99_999_999, created_at=AT))
    people_merge(person=ana, into=ben, why="test", at=AT)

    assert [Client().post(each).status_code for each in (where, gone)] == [200, 200]
    assert Choice.objects.get(state="withdrawn").person_id == ben.pk


def test_who_leaves_in_the_moment_of_a_merge_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = somebody("ana"), somebody("ben")
    found = standing_for
    merges = iter([lambda: people_merge(person=ana, into=ben, why="", at=AT)])

    def slow(person: int) -> int | None:
        """Let a merge come between who is meant and what is written."""
        stands = found(person)
        next(merges, lambda: None)()
        return stands

    monkeypatch.setattr(leaving, "standing_for", slow)

    Client().post(path_of(ana))

    assert not gets(ben, "news")
    assert gets(ben, "offers")


def test_forged_swapped_cut_and_old_links_change_nothing() -> None:
    ana, ben = somebody("ana"), somebody("ben")
    where = path_of(ana)
    swapped = where.replace(f"/{ana.pk}-", f"/{ben.pk}-")
    other = where.replace(".news.", ".offers.")

    for wrong in (swapped, other, where[:-1], where + "A", where + "%0d%0aX:1", "/unsubscribe/" + "9" * 5000):
        assert Client().post(wrong).status_code == 404

    assert not Choice.objects.filter(state="withdrawn").exists()


def test_a_link_holds_for_ten_years_and_names_only_what_is_a_name() -> None:
    made_on, seven = date(2026, 5, 17), Person(pk=7, created_at=AT)
    links = Links(on=made_on, base=BASE)
    token = links.unsubscribe(person=seven, topic="news").rpartition("/")[2]

    last = made_on + timedelta(days=HOLDS_DAYS)
    assert opened(token, on=last) == Leaving(7, person_mark(seven), "news", "")
    with pytest.raises(LinkWrong):
        opened(token, on=last + timedelta(days=1))
    for topic, message in (("a.b", ""), ("news\r\nX", ""), ("news", "a b")):
        with pytest.raises(ValueError, match="named by"):
            links.unsubscribe(person=seven, topic=topic, message=message)


def test_pages_speak_the_persons_language_and_the_browsers_where_none_is_known() -> None:
    ana, ben = somebody("ana"), somebody("ben")
    Person.objects.filter(pk=ana.pk).update(language="es-MX")
    links = Links(on=timezone.now().date(), base=BASE)
    client = Client(headers={"accept-language": "ru"})

    for person, language in ((ana, "es"), (ben, "ru")):
        for where in (path_of(person), links.preferences(person=person).removeprefix(BASE)):
            answer = client.get(where)
            assert answer.headers["Content-Language"] == language
            assert f'<html lang="{language}"' in answer.content.decode()
    assert "Darme de baja" in client.get(path_of(ana)).content.decode()
    assert client.post(path_of(ana)).headers["Content-Language"] == "es"
    assert client.get(path_of(ana)[:-4]).headers["Content-Language"] == "ru"  # a cut link is nobody's
