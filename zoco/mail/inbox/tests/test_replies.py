"""What people replied: on a page of its own and in the timeline, for whoever may see it, until they go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.contracts.many_facts import write_spool
from zoco.channels.models import Message
from zoco.kit.ids import uuid7, uuid8
from zoco.kit.periods import micros
from zoco.ledger.erasing import ERASERS
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.mail.inbox.following import REPLIED
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.mail.inbox.reads import replies_page
from zoco.people.merging import people_merge
from zoco.people.models import NUMBER_BASE, Person
from zoco.people.naming import facts_worded
from zoco.people.screens import history
from zoco.project.tests.readers import body, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.markup]
NOW = timezone.now().replace(microsecond=123_456)


@pytest.fixture
def box(db: None) -> Mailbox:
    return Mailbox.objects.create(name="Answers", host="127.0.0.1", user="answers")


def known(name: str) -> Person:
    return Person.objects.create(name=name, created_at=NOW, changed_at=NOW)


def replied(box: Mailbox, person: Person, text: str, *, at: datetime = NOW, **more: Any) -> Reply:
    number = Arrival.objects.count()
    arrival = Arrival.objects.create(
        mailbox=box,
        uid_validity=1,
        uid=number,
        digest=str(number),
        kind="reply",
        person=person,
        at=at,
        **more,
    )
    return Reply.objects.create(arrival=arrival, person=person, subject="Re: Honey", text=text, at=at)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what lets the ledger know that people replied."""
    made: list[DuckStore] = []

    def tell(*replies: Reply) -> None:
        rows = [
            Fact(
                id=uuid8(b"replied", each.pk), name="mail.reply.received", site=0, origin="server",
                occurred_at=micros(each.at), received_at=micros(each.at), verdict="server",
                person=NUMBER_BASE | each.person_id,
            )
            for each in replies
        ]  # fmt: skip
        write_spool(tmp_path / "spool", rows)
        made.append(DuckStore(tmp_path, lead=True))
        made[-1].drain()
        monkeypatch.setattr(history, "store", lambda: made[-1])

    yield tell
    for each in made:
        each.close()


def test_replies_stand_with_who_when_and_to_which_letter_as_plain_words(box: Mailbox) -> None:
    ana = known("Ana")
    letter = Message.objects.create(
        uid=uuid7(), key="k", adapter="email", person=ana, to="ana@shop.example", subject="Honey of May",
        created_at=NOW,
    )  # fmt: skip
    replied(box, ana, "Thank you!\n<script>alert(1)</script>", message=letter)
    replied(box, known("Bea"), "honey " * 200 + "and the end")

    page = client_of("analyst").get(reverse("zoco_replies"))

    said = page.content.decode()
    assert "Thank you!<br>&lt;script&gt;alert(1)&lt;/script&gt;" in said
    assert "<script>alert(1)" not in said
    assert [said.count(each) for each in ("Honey of May", "Re: Honey", "and the end", "All of it")] == [
        1, 2, 1, 1,
    ]  # fmt: skip
    assert said.index(">Bea</a>") < said.index(">Ana</a>")


def test_pages_go_on_from_a_reply_and_back_and_say_what_to_do_where_there_is_none(box: Mailbox) -> None:
    owner, where = client_of("owner"), reverse("zoco_replies")
    empty = body(owner.get(where))
    assert "Nobody replied yet" in empty
    assert reverse("zoco_mailboxes") in empty
    ana, bea = known("Ana"), known("Bea")
    made = [replied(box, ana, f"word {number}.").pk for number in range(70)]
    replied(box, bea, "mine")

    first = owner.get(where)
    older = owner.get(where + first.context["older"])
    newer = owner.get(where + older.context["newer"])

    assert [line["reply"].pk for line in first.context["lines"]][1:] == made[:20:-1]
    assert [line["reply"].pk for line in older.context["lines"]] == made[20::-1]
    assert [line["reply"] for line in newer.context["lines"]] == [
        line["reply"] for line in first.context["lines"]
    ]
    assert (first.context["newer"], older.context["older"], newer.context["newer"]) == ("", "", "")
    of_bea = owner.get(where, {"person": bea.pk})
    assert ([line["words"] for line in of_bea.context["lines"]], of_bea.context["older"]) == (["mine"], "")
    assert "Only what Bea wrote." in body(of_bea)
    for odd in ("x", "9" * 30, "-1", "٣"):
        assert len(owner.get(where, {"before": odd}).context["lines"]) == 50


def test_number_of_queries_of_the_page_is_the_same_for_one_reply_and_for_many(
    box: Mailbox, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        replied(box, known(f"{number}"), "word")
    with django_assert_num_queries(1):
        found = replies_page(size=20)
        assert len({(each.person.name, each.arrival.message) for each in found.rows}) == 20


def test_timeline_says_the_first_words_and_leads_to_all_of_them(box: Mailbox, told: Any) -> None:
    ana = known("Ana")
    replied(box, ana, "Earlier", at=NOW - timedelta(days=2))
    reply = replied(box, ana, "<b>When</b> do you open " + "again " * 40)
    told(reply)

    page = client_of("analyst").get(reverse("zoco_person_timeline", args=[ana.pk]))
    (line,) = page.context["lines"]
    ((words, url),) = line["said"]

    assert (words[:23], len(words)) == ("<b>When</b> do you open", 80)
    assert "&lt;b&gt;When&lt;/b&gt; do you open" in page.content.decode()
    shown = client_of("marketer").get(url).context["lines"]
    assert next(each["reply"].pk for each in shown) == reply.pk


def test_words_are_shown_to_nobody_who_may_not_see_replies(box: Mailbox, told: Any) -> None:
    ana = known("Ana")
    told(replied(box, ana, "Secret honey"))
    user = User.objects.create_user("desk")
    names = ("access_admin", "view_person", "view_fact", "view_facts")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="zoco_ledger"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)

    timeline = client.get(reverse("zoco_person_timeline", args=[ana.pk]))

    assert timeline.status_code == 200
    assert "Letter replied to" in body(timeline)
    assert "Secret honey" not in body(timeline)
    assert client.get(reverse("zoco_replies")).status_code in (302, 403)


def owner_may(_permission: str) -> bool:
    return True


def test_words_go_over_with_a_merge_and_away_with_the_person(box: Mailbox) -> None:
    ana, bea = known("Ana"), known("Bea")
    reply = replied(box, ana, "Secret honey")
    owner = client_of("owner")
    people_merge(person=ana, into=bea, why="", at=NOW)
    assert "Secret honey" in body(owner.get(reverse("zoco_replies"), {"person": bea.pk}))
    ((words, _url),) = facts_worded(bea.pk, [(REPLIED, reply.at)], owner_may)[REPLIED][reply.at]
    assert words == "Secret honey"

    later = micros(timezone.now() + timedelta(minutes=1))
    erasure = Erasure(at=later, site=0, visitors=(), persons=(ana.number, bea.number))
    ERASERS.get("people").erase(erasure)

    assert not Reply.objects.exists()
    assert "Nobody replied yet" in body(owner.get(reverse("zoco_replies")))
    assert facts_worded(bea.pk, [(REPLIED, reply.at)], owner_may) == {REPLIED: {}}
