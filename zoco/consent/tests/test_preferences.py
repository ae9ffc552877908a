"""The preference centre: what is ticked holds, looking changes nothing, and only a true link opens it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zoco.consent.confirming.posting import POSTS, Letter
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.public.tokens import PREFERENCES_HOLD_DAYS, Links, signed
from zoco.consent.suppressing import suppress, suppressed
from zoco.consent.tests.test_unsubscribing import BASE, gets, path_of, somebody
from zoco.ledger.models import OutboxRow
from zoco.people.editing import Hand, identity_add
from zoco.people.identities import identity_read
from zoco.people.merging import people_merge
from zoco.people.models import Person

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    for key in ("news", "offers", "events"):
        Topic.objects.create(key=key, label=key.title(), words={"es": {"label": f"{key} en español"}})
    Topic.objects.create(key="staff", label="Staff", is_public=False)
    return somebody("ana")


def where(person: Person, days_ago: int = 0) -> str:
    links = Links(on=timezone.now().date() - timedelta(days=days_ago), base=BASE)
    return links.preferences(person=person, message="m-1").removeprefix(BASE)


def test_what_is_ticked_holds_and_looking_changes_nothing(ana: Person) -> None:
    client, page = Client(enforce_csrf_checks=True), where(ana)
    before = Choice.objects.count()

    looked = client.get(page)
    shown = looked.content.decode()
    assert (looked.status_code, len(looked.cookies), Choice.objects.count()) == (200, 0, before)
    assert (looked.headers["X-Robots-Tag"], looked.headers["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert "ana@shop" not in shown
    assert "Staff" not in shown

    given = {"act": "save", "topic": ["news", "events", "staff"], "language": "es", "zone": "America/Lima"}
    saved = client.post(page, given)
    client.post(page, given)

    assert [gets(ana, each) for each in ("news", "offers", "events", "staff")] == [True, False, True, False]
    assert "events en español" in saved.content.decode()
    ana.refresh_from_db()
    assert (ana.language, ana.zone) == ("es", "America/Lima")
    new = Choice.objects.get(topic="events")
    assert (new.adapter, new.proof["form"], new.proof["text"]) == ("email", "preferences", "Events")
    assert new.proof["token"] not in page
    assert Choice.objects.count() == before + 2
    assert OutboxRow.objects.filter(name="consent.choice.withdrawn").count() == 1


def test_clocks_of_places_are_offered_and_one_that_is_kept_stays(ana: Person) -> None:
    client, page = Client(), where(ana)
    offered = set(re.findall(r"<option[^>]*>([^<]+)</option>", client.get(page).content.decode()))
    odd = {"Factory", "localtime", "Zulu", "posixrules", "Etc/GMT+5", "US/Pacific", "SystemV/PST8"}

    client.post(page, {"act": "save", "topic": [], "zone": "Zulu"})

    assert {"UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires"} <= offered
    assert offered.isdisjoint(odd)
    ana.refresh_from_db()
    assert ana.zone == ""
    Person.objects.filter(pk=ana.pk).update(zone="US/Pacific")
    assert "<option selected>US/Pacific</option>" in client.get(page).content.decode()


def test_nothing_any_more_ends_all_and_a_tick_takes_that_back_but_no_dead_address(ana: Person) -> None:
    place = identity_read("email", "ana@shop.example")
    for why in (Suppression.Why.UNSUBSCRIBED, Suppression.Why.COMPLAINT, Suppression.Why.DEAD):
        suppress(identity=place, why=why, at=AT)
    client = Client()

    client.post(where(ana), {"act": "nothing", "topic": ["news"]})
    assert [gets(ana, each) for each in ("news", "offers")] == [False, False]
    again = client.post(where(ana), {"act": "save", "topic": ["news"]})

    assert [gets(ana, each) for each in ("news", "offers")] == [True, False]
    assert suppressed([place.place]) == {place.place: {"dead"}}
    assert "are stopped" in again.content.decode()


def test_only_a_topic_that_is_newly_ticked_takes_a_complaint_back(ana: Person) -> None:
    place = identity_read("email", "ana@shop.example")
    client, page = Client(), where(ana)
    suppress(identity=place, why=Suppression.Why.COMPLAINT, at=AT)
    before = Choice.objects.count()

    assert " checked>" not in client.get(page).content.decode().partition("</fieldset>")[0]
    for untouched in ([], ["invented"], ["staff"]):
        client.post(page, {"act": "save", "topic": untouched})
        assert suppressed([place.place]) == {place.place: {"complaint"}}
    assert Choice.objects.count() == before

    client.post(page, {"act": "save", "topic": ["news"]})
    assert not suppressed([place.place])
    assert Choice.objects.get(topic="news", proof__form="preferences").state == Choice.State.GIVEN
    suppress(identity=identity_read("email", "ana@other.example"), why=Suppression.Why.COMPLAINT, at=AT)
    identity_add(person=ana, named=identity_read("email", "ana@other.example"), hand=Hand(AT))
    client.post(page, {"act": "save", "topic": ["news", "invented"]})
    assert list(suppressed([("email", "", "ana@other.example")]).values()) == [{"complaint"}]


def test_forged_cut_swapped_and_old_links_change_nothing(ana: Person) -> None:
    page, other = where(ana), somebody("ben")
    leaving = path_of(ana).removeprefix("/unsubscribe/")
    wrong = [page[:-1], page + "A", page.replace(f"p.{ana.pk}-", f"p.{other.pk}-"), f"/preferences/{leaving}"]
    wrong += ["/preferences/" + signed(f"c.{ana.pk}"), "/preferences/" + "9" * 5000]
    before = Choice.objects.count()

    assert {Client().post(each, {"act": "nothing"}).status_code for each in wrong} == {404}
    assert Client().post(where(ana, PREFERENCES_HOLD_DAYS + 1), {"act": "nothing"}).status_code == 410
    token = page.removeprefix("/preferences/")
    assert Client().post(f"/unsubscribe/{token}").status_code == 404

    assert Choice.objects.count() == before
    assert f"/preferences/p.{ana.pk}-" in Client().get(path_of(ana)).content.decode()
    gone = where(Person(pk=99_999_999, created_at=AT))
    assert Client().post(gone, {"act": "save", "topic": "news"}).status_code == 200


def test_an_old_link_brings_a_new_one_to_the_own_address_once_a_day(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[tuple[str, str, str]] = []

    def send(_post: object, letter: Letter, _words: object, *, at: datetime) -> str:
        left.append((letter.key, letter.to, letter.link))
        return ""

    for post in POSTS:
        monkeypatch.setattr(type(post), "send", send)
    old = where(ana, PREFERENCES_HOLD_DAYS + 1)
    assert (Client().get(old).status_code, left) == (410, [])
    assert "Send me a new link" in Client().get(old).content.decode()

    sent = Client().post(old, {"act": "new"})

    assert (sent.status_code, len(left), left[0][1]) == (200, 1, "ana@shop.example")
    assert left[0][0] == f"preferences.{ana.pk}.{timezone.now().date()}"
    assert Client().get("/preferences/" + left[0][2].partition("/preferences/")[2]).status_code == 200


def test_a_link_of_somebody_else_who_had_the_number_before_opens_nothing_and_sends_nothing(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    for post in POSTS:
        monkeypatch.setattr(type(post), "send", lambda _post, letter, _words, *, at: left.append(letter.to))
    now = timezone.now()
    links = [Links(on=now.date() - timedelta(days=days), base=BASE) for days in (0, 2_000)]
    ways = [
        where(ana), where(ana, PREFERENCES_HOLD_DAYS + 1),
        links[0].preferences_asked(person=ana).removeprefix(BASE),
        *(each.unsubscribe(person=ana, topic="news").removeprefix(BASE) for each in links),
    ]  # fmt: skip
    Person.objects.filter(pk=ana.pk).update(created_at=AT + timedelta(microseconds=1))
    before = Choice.objects.count()

    for way in ways:
        for given in ({"act": "nothing"}, {"act": "new"}):
            answer = Client().post(way, given)
            assert (answer.status_code, b"<button" in answer.content) == (410, False)
            assert "does not lead to you any more" in answer.content.decode()
    assert (Choice.objects.count(), left) == (before, [])

    Person.objects.filter(pk=ana.pk).update(created_at=AT)
    assert Client().get(ways[0]).status_code == Client().post(ways[4]).status_code == 200
    assert not gets(ana, "news")
    ben = somebody("ben")
    people_merge(person=ana, into=ben, why="", at=AT)
    Person.objects.filter(pk=ben.pk).update(created_at=now)
    assert Client().get(ways[0]).status_code == 200
