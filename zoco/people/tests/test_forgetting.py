"""One person is given everything that is held, and erased from every table and every file of the folder."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.deletion import Collector
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zoco.channels.models import Message
from zoco.consent.confirming.models import Confirmation
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.kit.periods import micros
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store.base import Erasure
from zoco.ledger.tests.reports.made import fact, ledger
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.people import tasks
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.audiences.services import audience_write, members_add
from zoco.people.audiences.telling import ENTERED
from zoco.people.doubles.looking import some_compare
from zoco.people.erasing import PeopleEraser, merged_with
from zoco.people.giving.person import person_told
from zoco.people.identities import identity_read
from zoco.people.importing import running
from zoco.people.importing.made import Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.steps import REFUSED, ROWS
from zoco.people.merging import people_merge
from zoco.people.models import NUMBER_BASE, Note, Person
from zoco.people.tests.test_importing import imported
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
OF_ANA = r"(?<![a-z])ana\.prieto@|600 ?123 ?456|Ana Prieto|Dear Prieto|am Prieto|order-of-prieto"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def person(email: str, phone: str, **fields: str) -> Person:
    named = (identity_read("email", email), identity_read("phone", phone))
    (written,) = people_write([Incoming(named, fields)], at=NOW)
    assert written.person is not None
    return written.person


@pytest.fixture
def ana() -> Person:
    """Return somebody of whom every app holds something."""
    made = person("ana.prieto@shop.example", "+34600123456", name="Ana Prieto", city="Lugo")
    person("joana.prieto@shop.example", "+34600999999", name="Jo Prieto Vega", city="Lugo")
    Topic.objects.get_or_create(key="news", defaults={"label": "News"})
    proof = {"form": "shop", "text": "ana.prieto@shop.example wants it"}
    choice_record(person=made.pk, topic="news", state=Choice.State.GIVEN, proof=proof, at=NOW)
    suppress(identity=identity_read("email", "ana.prieto@shop.example"), why=Suppression.Why.DEAD, at=NOW)
    Note.objects.create(person=made, text="Prieto called from 600123456.", by=None, at=NOW)
    message = Message.objects.create(
        uid=uuid4(), key="k", adapter="fake", person=made, to="ana.prieto@shop.example",
        subject="Dear Prieto", body={"text": "Dear Prieto"}, created_at=NOW,
    )  # fmt: skip
    box = Mailbox.objects.create(name="box")
    arrival = Arrival.objects.create(
        mailbox=box, uid_validity=1, uid=1, digest="d", kind="reply", message=message, person=made, at=NOW,
        said="550 <ana.prieto@shop.example> unknown",
    )  # fmt: skip
    Reply.objects.create(arrival=arrival, person=made, subject="Re", text="I am Prieto", at=NOW)
    Confirmation.objects.create(
        person=made, to="ana.prieto@shop.example", given={"name": "Prieto"}, asked_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )  # fmt: skip
    return made


def tables_with(pattern: str) -> set[str]:
    """Return the tables of the database in any of whose columns this stands."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor:
                cells = (bytes(each) if isinstance(each, memoryview) else each for each in row)
                if re.search(pattern, repr(list(cells)), re.IGNORECASE):
                    found.add(table)
    return found


def files_with(folder: Path, pattern: str) -> set[str]:
    """Return the files below a folder in whose bytes this stands."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.name for path in paths if re.search(pattern.encode(), path.read_bytes(), re.IGNORECASE)}


def of_ana(who: Person) -> list[Any]:
    number, name = NUMBER_BASE | who.pk, "shop.order.placed"
    return [
        fact(
            "2026-03-28 10:00:00", 0, "", name=name, person=number, subject="order-of-prieto",
            user_agent="Browser of Prieto/1.0", referrer="https://mail.example/am%20Prieto",
            source="letter", campaign="spring",
        )
    ]  # fmt: skip


def unfinished() -> PeopleImport:
    """Return an import that was tried out and not written: two rows name her, of which one is refused."""
    table = (
        "email,phone,name\njoana.prieto@shop.example,,Jo\n Ana.Prieto@shop.example,,A\n"
        "no address,0600 123 456,B\n"
    )
    run = running.import_begin(name="list.csv", size=len(table), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=table.encode())
    assert running.step_begin(run=run, step="read")
    running.through(key=run.pk)
    run.refresh_from_db()
    assert running.plan_begin(run=run, mapping=run.mapping, options=Options(**run.options))
    running.through(key=run.pk)
    run.refresh_from_db()
    return run


def test_whoever_is_erased_is_in_no_table_and_no_file(ana: Person, data: Path) -> None:
    imported("old.csv", "email,name\nno address,ana.prieto@shop.example\n")
    run = unfinished()
    rows = running.RUNS.folder_of(run) / ROWS
    size = rows.stat().st_size
    while some_compare(now=NOW):
        pass
    with ledger(data, of_ana(ana)) as store:
        assert {"zoco_people_identity", "zoco_channels_message", "zoco_people_peopleimport"} < tables_with(
            OF_ANA
        )
        assert {ROWS, REFUSED} < files_with(data, OF_ANA)

        for _twice in range(2):
            facts_erase(store=store, persons=[NUMBER_BASE | ana.pk], at=datetime.now(UTC))

        assert tables_with(OF_ANA) == set()
        assert files_with(data, OF_ANA) == set()
    assert sorted(Suppression.objects.values_list("why", flat=True)) == [
        "dead",
        "unsubscribed",
        "unsubscribed",
    ]
    assert rows.stat().st_size == size
    assert json.loads(rows.read_text().splitlines()[0])[2][0] == "joana.prieto@shop.example"
    run.refresh_from_db()
    assert running.write_begin(run=run)
    running.through(key=run.pk)
    run.refresh_from_db()
    assert (run.state, run.counts["refused"], run.counts.get("added", 0)) == ("done", 2, 0)
    assert tables_with(OF_ANA) == set()


def test_whoever_asks_is_given_all_that_would_be_erased(ana: Person, data: Path) -> None:
    with ledger(data, of_ana(ana)):
        answer = client_of("owner").post(f"/admin/people/{ana.pk}/export/")
        pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]

    rows = json.loads(pack.read("person.json"))
    assert rows["zoco_people.Identity"][0]["value"] == "ana.prieto@shop.example"
    assert [each["text"] for each in rows["zoco_people.Note"]] == ["Prieto called from 600123456."]
    assert {
        "zoco_channels.Message", "zoco_mail.Reply", "zoco_consent.Choice", "zoco_consent.Confirmation",
    } < set(rows)  # fmt: skip
    assert "joana" not in str(rows)
    (told,) = map(json.loads, pack.read("facts.ndjson").splitlines())
    sent = ("subject", "user_agent", "referrer", "own_source", "own_campaign")
    assert [told[each] for each in sent] == [
        "order-of-prieto", "Browser of Prieto/1.0", "https://mail.example/am%20Prieto", "letter", "spring",
    ]  # fmt: skip
    assert Change.objects.get(action="exported").subject_name == f"#{ana.pk}"
    assert client_of("analyst").post(f"/admin/people/{ana.pk}/export/")["Location"] == "/admin/"


def test_whoever_was_merged_by_way_of_another_is_given_and_goes_too(ana: Person, data: Path) -> None:
    ben, cy = (person(f"{who}@shop.example", f"+3460011111{who}") for who in "45")
    with ledger(data, of_ana(ana)) as store:
        people_merge(person=ana, into=ben, why="", at=NOW)
        people_merge(person=Person.objects.get(pk=ben.pk), into=cy, why="", at=NOW)
        given = zipfile.ZipFile(person_told(store=store, person=Person.objects.get(pk=cy.pk)))
        assert len(json.loads(given.read("person.json"))["zoco_people.Person"]) == 3

        tasks.person_erase.func(person=cy.pk)

        assert not Person.objects.filter(pk__in=[ana.pk, ben.pk, cy.pk]).exists()
        assert tables_with(OF_ANA) == set()
        assert files_with(data, OF_ANA) == set()


def test_killed_while_people_go_a_second_try_still_finds_who_was_merged(
    ana: Person, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = person("4@shop.example", "+34600111114")
    people_merge(person=ana, into=ben, why="", at=NOW)
    erasure = Erasure(at=micros(timezone.now()), persons=(ana.number, ben.number))
    whole = Collector.delete

    def killed(rows: Collector) -> Any:
        if Person in rows.data:
            raise KeyboardInterrupt
        return whole(rows)

    with monkeypatch.context() as patched:
        patched.setattr(Collector, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            PeopleEraser().erase(erasure)

    assert merged_with([ben.pk]) == {ana.pk, ben.pk}
    assert PeopleEraser().erase(erasure) == 2
    assert not Person.objects.filter(pk__in=[ana.pk, ben.pk]).exists()


def test_erasing_wants_the_name_typed_and_is_done_by_the_worker(ana: Person, data: Path) -> None:
    owner, page = client_of("owner"), f"/admin/people/{ana.pk}/erase/"
    asked = DBTaskResult.objects.filter(task_path="zoco.people.tasks.person_erase")
    assert page in body(owner.get(f"/admin/people/{ana.pk}/"))

    refused = owner.post(page, {"typed": "Jo"})
    assert (refused.status_code, asked.count()) == (422, 0)
    assert "This is another name" in body(refused)
    for client in (client_of("analyst"), client_of("marketer")):
        assert client.get(page)["Location"] == "/admin/"
        assert page not in body(client.get(f"/admin/people/{ana.pk}/"))

    assert owner.post(page, {"typed": " ana  prieto"}).status_code == 302

    assert asked.get().args_kwargs == {"args": [], "kwargs": {"person": ana.pk, "merged": []}}
    assert Change.objects.get(action="erased").subject_name == f"#{ana.pk}"
    with ledger(data, of_ana(ana)):
        tasks.person_erase.func(person=ana.pk)
        tasks.person_erase.func(person=ana.pk)
    assert not Person.objects.filter(pk=ana.pk).exists()


def test_killed_once_people_are_gone_a_second_run_still_takes_the_merged_out_of_sets(
    ana: Person, data: Path
) -> None:
    ben = person("4@shop.example", "+34600111114")
    audience = audience_write(name="Some", kind=Audience.Kind.STATIC, at=NOW)
    members_add(audience=audience, people=[ana.pk, ben.pk], at=NOW)
    people_merge(person=ana, into=ben, why="", at=NOW)
    client_of("owner").post(f"/admin/people/{ben.pk}/erase/", {"typed": "Ana Prieto"})
    asked = DBTaskResult.objects.get(task_path="zoco.people.tasks.person_erase").args_kwargs["kwargs"]
    PeopleEraser().erase(Erasure(at=micros(timezone.now()), persons=(ana.number, ben.number)))
    assert asked == {"person": ben.pk, "merged": [ana.pk]}

    with ledger(data, of_ana(ana)):
        tasks.person_erase.func(**asked)

    assert [list(unpacked(each.entered)) for each in AudienceChange.objects.all()] == [[]]


def test_a_fact_says_which_audience_somebody_entered(ana: Person, data: Path) -> None:
    audience = audience_write(name="Old friends", kind=Audience.Kind.STATIC, at=NOW)
    entered = fact(
        "2026-03-28 10:00:00", 0, "", name=ENTERED, person=ana.number, subject=str(audience.pk),
        subject_kind="audience",
    )  # fmt: skip
    with ledger(data, [entered, *of_ana(ana)]) as store:
        given = zipfile.ZipFile(person_told(store=store, person=ana)).read("facts.ndjson")

    rows = {row["name"]: row.get("subject_name") for row in map(json.loads, given.splitlines())}
    assert rows == {ENTERED: "Old friends", "shop.order.placed": None}
