"""Pages of sendings: prepared, looked at, started, watched, held, and what came of it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.models import Account, Message, SendingDomain, Told
from zoco.channels.tests.mailbox import Mailbox
from zoco.mail.counting.models import Look
from zoco.mail.editing.models import Letter
from zoco.mail.sending.again import again_make
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.reads import progress_of
from zoco.mail.sending.screens.saying import verdict_said
from zoco.mail.sending.services import SendingHeld
from zoco.mail.sending.tests.conftest import go, start
from zoco.people.audiences.models import Audience
from zoco.people.models import Person
from zoco.project.roles import roles_ensure

pytestmark = [pytest.mark.django_db, pytest.mark.markup]
LIST = "/admin/sendings/"


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


def words(client: Client, address: str) -> str:
    """Return what a page says, without tags."""
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", page.content.decode().partition("<main")[2]).split())


def test_prepared_looked_at_started_and_watched(
    owner: Client, letter: Letter, audience: Audience, account: Account, server: Mailbox
) -> None:
    assert "Nothing was sent yet." in words(owner, LIST)
    given = {"name": "May", "letter": letter.pk, "audience": audience.pk, "campaign": "spring"}
    made = owner.post(f"{LIST}new/", given, follow=True)
    sending = Sending.objects.get()
    here = f"{LIST}{sending.pk}/"
    assert (made.redirect_chain[-1][0], sending.account, sending.state) == (here, account, "draft")

    draft = words(owner, here)
    assert "3 people" in draft
    assert "Nothing speaks against it." in draft
    asked = owner.get(f"{here}start/").content.decode()
    assert "Send it to 3 people" in asked
    people = re.search(r'name="people" value="(\d+)"', asked)
    assert people is not None
    refused = owner.post(f"{here}start/", {"people": "2"})
    assert (refused.status_code, "not 2; look again" in refused.content.decode()) == (422, True)
    owner.post(f"{here}start/", {"people": people[1]})
    sending.refresh_from_db()
    assert sending.state == "planned"

    going = owner.get(here).content.decode()
    assert "data-z-again" in going
    owner.post(f"{here}act/", {"act": "pause"})
    assert "Go on sending" in words(owner, here)
    owner.post(f"{here}act/", {"act": "resume"})
    go(sending)
    assert len(server.letters) == 3
    ended = owner.get(here).content.decode()
    assert ("data-z-again" in ended, "Send again to who did not open" in ended) == (False, True)
    assert "May" in words(owner, LIST)
    left = re.findall(r'role="rowheader">([^<]*)<', owner.get("/admin/messages/").content.decode())
    assert left == ["May"] * 3  # not the key of each message


def test_report_counts_people_and_says_how_sure_it_is(
    owner: Client, sending: Sending, server: Mailbox
) -> None:
    go(start(sending))
    batch = sending.legs.get().batch
    assert batch is not None
    first, second, third = Message.objects.order_by("pk")
    at = timezone.now() - timedelta(hours=1)
    for message, kind, verdict in (
        (first, "open", "person"), (first, "click", "person"), (second, "click", "scanner"),
    ):  # fmt: skip
        Look.objects.create(
            message_id=message.uid, batch=batch.pk, kind=kind, language="en", number=1, at=at, verdict=verdict
        )
    assert first.account is not None
    for n, told in enumerate(("complained", "bounced")):
        message = (second, third)[n]
        Told.objects.create(account=first.account, event=f"{n}", told=told, message=message, at=at)
    leave = re.search(r"/unsubscribe/[\w.-]+", server.letters[0]["List-Unsubscribe"])
    assert leave is not None
    owner.post(leave[0])

    said = words(owner, f"{LIST}{sending.pk}/")

    assert "Delivered 2 66.7% 20.8% – 93.9%" in said
    assert "Opened by people 1 50.0% 9.5% – 90.5%" in said
    assert "Followed a link 1 50.0%" in said
    assert "Unsubscribed 1 50.00%" in said
    assert "Came back 1 33.3%" in said
    assert "50.00% complained: from 0.3% on large mailboxes take it for spam, or refuse it." in said
    assert "machines alone opened 0 and followed links in 1." in said
    assert "https://shop.example/honey English 1 1" in said
    assert "not judged yet" not in said


def test_whoever_followed_a_link_just_now_is_not_judged_yet_and_that_is_said(
    owner: Client, sending: Sending, server: Mailbox
) -> None:
    go(start(sending))
    first = Message.objects.earliest("pk")
    assert first.batch_id is not None
    Look.objects.create(message_id=first.uid, batch=first.batch_id, kind="click", number=1, at=timezone.now())

    pages = [words(owner, f"{LIST}{sending.pk}/{more}") for more in ("", "report/")]

    assert all("followed a link in the last 11 minutes is not judged yet" in page for page in pages)


def test_a_letter_leads_to_its_sending(owner: Client, sending: Sending) -> None:
    page = owner.get(f"/admin/letters/{sending.letter_id}/").content.decode()
    prepared = owner.get(f"{LIST}new/?letter={sending.letter_id}").content.decode()

    assert f'href="{LIST}new/?letter={sending.letter_id}"' in page
    assert f'<option value="{sending.letter_id}" selected>' in prepared


def test_what_left_is_shown_whatever_the_letter_says_now(owner: Client, sending: Sending) -> None:
    subjects = dict(sending.letter.editions.values_list("language", "subject"))
    start(sending)
    sending.letter.editions.update(subject="Changed since")

    said = words(owner, f"{LIST}{sending.pk}/")

    assert "Changed since" not in said
    assert all(f") {each} " in said for each in subjects.values())


@pytest.mark.parametrize(("p", "said"), [(0.00001, "(p < 0.001,"), (0.0316, "(p = 0.032,")])
def test_a_winner_is_as_sure_as_can_be_said_and_never_wholly(p: float, said: str) -> None:
    sending = Sending(verdict=Sending.Verdict.WON, winner="b", decision={"p": p})

    assert verdict_said(sending) == f"B is better, and everybody else gets it {said} Fisher's exact test)."


def test_who_may_do_what(client: Client, sending: Sending) -> None:
    roles_ensure()
    SendingDomain.objects.all().delete()
    here = f"{LIST}{sending.pk}/"
    for role, sees, starts in (("analyst", 200, 302), ("marketer", 200, 200)):
        user = User.objects.create_user(role, password=uuid4().hex)
        user.groups.add(*user.groups.model.objects.filter(name=role))
        client.force_login(user)
        assert client.get(here).status_code == sees
        assert client.get(f"{here}start/").status_code == starts
        assert client.post(f"{here}act/", {"act": "stop"}).status_code == (422 if starts == 200 else 302)
    told = client.get(f"{here}start/").content.decode()
    assert "An owner may start it all the same." in told
    assert client.post(f"{here}start/", {"people": "3", "reason": "Mine"}).status_code == 422
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    assert client.post(f"{here}start/", {"people": "3", "reason": "Ours"}).status_code == 302
    sending.refresh_from_db()
    assert (sending.state, sending.override) == ("planned", "Ours")


def test_again_goes_to_who_did_not_open(
    owner: Client, sending: Sending, server: Mailbox, people: list[Person]
) -> None:
    go(start(sending))
    opened = Message.objects.get(person=people[0].pk)
    batch = sending.legs.get().batch_id or 0
    Look.objects.create(
        message_id=opened.uid, batch=batch, kind="open", at=timezone.now(), verdict=Look.Verdict.PERSON
    )

    owner.post(f"{LIST}{sending.pk}/act/", {"act": "again"})

    again = Sending.objects.get(is_again=True)
    assert "2 people" in words(owner, f"{LIST}{again.pk}/")
    server.envelopes.clear()
    go(start(again))
    assert sorted(to for _by, to in server.envelopes) == ["bea@shop.example", "carl@shop.example"]
    assert again.total == 2


def test_end_is_not_before_a_lease_left_behind_is_over(sending: Sending, server: Mailbox) -> None:
    go(start(sending))
    now = timezone.now() + timedelta(minutes=3)
    last = Message.objects.order_by("pk").last()
    assert last is not None
    Message.objects.filter(pk=last.pk).update(
        state=Message.State.CLAIMED, next_at=now + timedelta(minutes=7), done_at=None
    )
    Batch.objects.update(state=Batch.State.RUNNING)

    assert progress_of(sending, now=now).ends_at == now + timedelta(minutes=7)


def test_again_is_refused_where_it_is_not_known_who_opened(
    owner: Client, sending: Sending, server: Mailbox, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(start(sending))
    act = f"{LIST}{sending.pk}/act/"

    Leg.objects.update(is_counted=False)
    uncounted = owner.post(act, {"act": "again"})
    Leg.objects.update(is_counted=True)
    monkeypatch.setenv("ZOCO_MAIL_COUNT_OPENS", "0")
    switched_off = owner.post(act, {"act": "again"})
    monkeypatch.delenv("ZOCO_MAIL_COUNT_OPENS")
    Sending.objects.update(started_at=timezone.now() - timedelta(days=401))
    old = owner.post(act, {"act": "again"})

    assert [each.status_code for each in (uncounted, switched_off, old)] == [422, 422, 422]
    assert "Openings of this letter are not counted" in uncounted.content.decode()
    assert "Openings of this letter are not counted" in switched_off.content.decode()
    assert "single openings are deleted already" in old.content.decode()
    assert Sending.objects.count() == 1


def test_again_that_was_prepared_does_not_start_once_openings_are_gone(
    sending: Sending, server: Mailbox, people: list[Person]
) -> None:
    go(start(sending))
    again = again_make(sending=sending, at=timezone.now())
    Sending.objects.filter(pk=sending.pk).update(started_at=timezone.now() - timedelta(days=401))

    with pytest.raises(SendingHeld, match="single openings are deleted already"):
        start(Sending.objects.get(pk=again.pk))


def test_letter_leaves_the_public_archive_and_comes_back(
    owner: Client, sending: Sending, server: Mailbox, noted: list[dict[str, Any]]
) -> None:
    go(start(sending))
    here, public = f"{LIST}{sending.pk}/", f"/m/archive/{sending.uid}/"
    noted.clear()
    assert (owner.get(public).status_code, "Put into the public archive" in words(owner, here)) == (404, True)

    owner.post(f"{here}act/", {"act": "show"})
    shown = owner.get(public).status_code
    said = words(owner, here)
    owner.post(f"{here}act/", {"act": "hide"})
    owner.post(f"{here}act/", {"act": "hide"})

    assert (shown, "Take out of the public archive" in said) == (200, True)
    assert owner.get(public).status_code == 404
    kept = [(each["name"], each["details"], str(each["by"])) for each in noted]
    assert kept == [
        ("May", {"is_public": [False, True]}, "owner"),
        ("May", {"is_public": [True, False]}, "owner"),
    ]


def test_draft_goes_into_no_archive_and_who_may_not_start_changes_none(
    client: Client, owner: Client, sending: Sending, server: Mailbox
) -> None:
    assert owner.post(f"{LIST}{sending.pk}/act/", {"act": "show"}).status_code == 422
    go(start(sending))
    roles_ensure()
    writer = User.objects.create_user("writer", "writer@shop.example", "x")
    writer.user_permissions.add(*Permission.objects.filter(codename__in=["view_sending", "access_admin"]))
    client.force_login(writer)

    client.post(f"{LIST}{sending.pk}/act/", {"act": "show"})

    assert not Sending.objects.get().is_public


def test_deleting_a_draft_stands_in_the_log(
    owner: Client, sending: Sending, noted: list[dict[str, Any]]
) -> None:
    noted.clear()

    owner.post(f"{LIST}{sending.pk}/act/", {"act": "delete"})

    assert [(each["action"], each["kind"], each["name"], str(each["by"])) for each in noted] == [
        ("deleted", "zoco_mail.sending", "May", "owner")
    ]
