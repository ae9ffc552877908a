"""Whoever was asked by a form and never confirmed is forgotten after a month, unless more is known of him."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zoco.channels.models import Message
from zoco.consent.confirming import forgetting
from zoco.consent.confirming.forgetting import strangers_forget
from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import confirmations_prune
from zoco.consent.confirming.tasks import strangers_go
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.periodic import strangers_look
from zoco.consent.services import choice_record
from zoco.consent.signup.asking import FillForm
from zoco.consent.signup.challenges import challenge_make
from zoco.consent.signup.filling import Filling, form_fill
from zoco.consent.signup.models import Form
from zoco.consent.suppressing import suppress
from zoco.ledger.store.joins import JOINED
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.people.audiences.services import audience_write, members_add
from zoco.people.editing import Hand, tag_add
from zoco.people.identities import identity_read
from zoco.people.importing import running
from zoco.people.merging import people_merge
from zoco.people.models import Audience, Note, Person
from zoco.people.writing import Incoming, people_write
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]
SOON = timedelta(days=36)
LATE = timedelta(days=38)
NAMES = (
    "lone", "given", "left", "tagged", "noted", "typed", "put_in", "written_to", "ordered", "joined",
    "merged", "listed", "kept", "asked_again",
)  # fmt: skip


@pytest.fixture
def fill() -> Callable[[str, datetime], str]:
    made = Form.objects.create(key="news", name="Footer", site=Site.objects.create(slug="shop", name="Shop"))
    made.topics.add(Topic.objects.get_or_create(key="news", defaults={"label": "News"})[0])

    def filled(email: str, at: datetime) -> str:
        form = FillForm(
            {"email": email, "topics": ["news"]}, form=made, topics=list(made.topics.all()), language="es"
        )
        assert form.is_valid(), form.errors
        filling = Filling(challenge=challenge_make("news", at=at), language="es", text="Acepto.")
        return form_fill(form=made, filled=form, filling=filling, at=at)

    return filled


def letter(who: Person, about_kind: str) -> None:
    Message.objects.create(
        uid=uuid4(), key=f"{about_kind}.{who.pk}", adapter="email", person=who, about_kind=about_kind,
        created_at=who.created_at,
    )  # fmt: skip


def told(known: dict[str, Person], then: datetime, now: datetime) -> None:
    """Let something be known of each but the lone one, of whom there is only what was asked of him."""
    for name, state in (("given", Choice.State.GIVEN), ("left", Choice.State.WITHDRAWN)):
        choice_record(person=known[name].pk, topic="news", state=state, proof={}, at=then)
    tag_add(person=known["tagged"], name="vip", hand=Hand(now))
    Note.objects.create(person=known["noted"], text="Called.", at=now)
    people_write([Incoming((identity_read("email", "typed@shop.example"),), {"city": "Lugo"})], at=now)
    audience = audience_write(name="Some", kind=Audience.Kind.STATIC, at=now)
    members_add(audience=audience, people=[known["put_in"].pk], at=now)
    for each in known.values():
        letter(each, "confirmation")
    letter(known["written_to"], "order")
    (other,) = people_write([Incoming((identity_read("email", "other@shop.example"),))], at=then)
    assert other.person is not None
    people_merge(person=other.person, into=known["merged"], why="", at=now)
    table = b"email\nlisted@shop.example\n"
    run = running.import_begin(name="list.csv", size=len(table), by=None, at=now)
    running.RUNS.part_take(run, offset=0, piece=table)
    assert running.step_begin(run=run, step="read")
    running.through(key=run.pk)
    Confirmation.objects.filter(person=known["kept"]).update(confirmed_at=now)


def test_only_those_go_of_whom_nothing_else_is_known(
    fill: Callable[[str, datetime], str], data: Path
) -> None:
    now = timezone.now()
    then = now - LATE
    assert {fill(f"{each}@shop.example", then) for each in NAMES} == {"asked"}
    known = {each: Person.objects.get(identities__key=f"{each}@shop.example") for each in NAMES}
    people_write([Incoming((identity_read("email", "list@shop.example"),))], at=then)
    fill("list@shop.example", then + timedelta(hours=1))
    fill("young@shop.example", now - SOON)
    fill("asked_again@shop.example", now - SOON)
    told(known, then, now)
    confirmations_prune(now=now)
    facts = [
        fact("2026-03-28 10:00:00", 0, "", name=name, person=known[whose].number, known=browser)
        for name, whose, browser in (
            ("shop.order.placed", "ordered", 0), (JOINED, "joined", 7),
            ("channels.message.sent", "lone", 0), ("people.audience.entered", "lone", 0),
        )
    ]  # fmt: skip

    strangers_look()
    with ledger(data, facts) as store:
        assert strangers_forget(store=store, now=now) == 1
        assert strangers_forget(store=store, now=now) == 0
        asked = f"SELECT count(*) AS n FROM facts WHERE person = {known['lone'].number}"
        assert store.query(asked).to_pylist() == [{"n": 0}]

    assert not Choice.objects.filter(person=known["lone"].pk).exists()
    assert set(Person.objects.filter(pk__in=[each.pk for each in known.values()])) == {
        each for name, each in known.items() if name != "lone"
    }
    assert Person.objects.filter(identities__key__in=("young@shop.example", "list@shop.example")).count() == 2
    assert DBTaskResult.objects.filter(task_path=strangers_go.module_path).count() == 1


def test_those_of_whom_more_is_known_stand_in_nobodys_way(
    fill: Callable[[str, datetime], str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST", 2)
    now = timezone.now()
    names = ("first", "second", "third", "lone", "alone", "single")
    assert {fill(f"{each}@shop.example", now - LATE) for each in names} == {"asked"}
    people = [Person.objects.get(identities__key=f"{each}@shop.example") for each in names]
    audience = audience_write(name="Some", kind=Audience.Kind.STATIC, at=now)
    members_add(audience=audience, people=[each.pk for each in people[:3]], at=now)
    confirmations_prune(now=now)

    with ledger(data, []) as store:
        gone = [strangers_forget(store=store, now=now) for _ in range(3)]

    assert gone == [2, 1, 0]
    assert list(Person.objects.order_by("pk")) == people[:3]


def test_nothing_is_begun_where_nobody_is_to_be_forgotten(fill: Callable[[str, datetime], str]) -> None:
    fill("young@shop.example", timezone.now() - SOON)

    strangers_look()

    assert not DBTaskResult.objects.filter(task_path=strangers_go.module_path).exists()


def test_whoever_is_new_and_not_even_asked_is_not_kept(fill: Callable[[str, datetime], str]) -> None:
    at = datetime(2026, 5, 17, 12, tzinfo=UTC)
    suppress(identity=identity_read("email", "ana@shop.example"), why=Suppression.Why.DEAD, at=at)

    assert fill("ana@shop.example", at) == "suppressed"

    assert not Person.objects.exists()
