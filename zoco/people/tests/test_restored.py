"""An older backup brings nobody back: whoever was erased since goes again, from every app."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from zoco.channels.models import Batch, Message
from zoco.consent.deciding import Decision
from zoco.consent.models import Choice, Standing, Suppression, SuppressionEvent, Topic
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.ledger.erasing import copies_held, facts_erase, facts_erase_again
from zoco.ledger.store.erasures import Erasures
from zoco.ledger.tests.reports.made import ledger
from zoco.mail.counting.models import TallyKept
from zoco.mail.editing.models import Letter
from zoco.mail.inbox.models import SoftCount
from zoco.mail.inbox.resting import failure_count
from zoco.mail.sending.models import ListErased, Sending
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import AudienceChange
from zoco.people.audiences.services import audience_write, members_add
from zoco.people.giving.person import rows_held
from zoco.people.identities import identity_read
from zoco.people.models import Audience, Person
from zoco.people.tests.test_importing import imported
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
BEN = identity_read("email", "ben@shop.example")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


@pytest.fixture
def people() -> list[Person]:
    """Return two of whom every app holds something that no key of theirs leads to."""
    written = people_write([Incoming((each,)) for each in (ANA, BEN)], at=NOW)
    made = [each.person for each in written if each.person is not None]
    Topic.objects.get_or_create(key="news", defaults={"label": "News"})
    audience = audience_write(name="Both", kind=Audience.Kind.STATIC, at=NOW)
    members_add(audience=audience, people=[each.pk for each in made], at=NOW)
    batch = Batch.objects.create(
        maker="m", adapter="email", purpose="marketing", state="finished", created_at=NOW
    )
    Sending.objects.create(
        name="s", letter=Letter.objects.create(name="l", created_at=NOW, changed_at=NOW), created_at=NOW,
        people=bytes(Audience.objects.get().members), total=2,
    )  # fmt: skip
    TallyKept.objects.create(batch=batch, mark="m", counted={})
    for named, each in zip((ANA, BEN), made, strict=True):
        choice_record(person=each.pk, topic="news", state=Choice.State.GIVEN, proof={}, at=NOW)
        decision = Decision(SuppressionEvent.By.SERVER, said=f"no box of {each.pk}")
        suppress(identity=named, why=Suppression.Why.DEAD, at=NOW, decision=decision)
        failure_count(identity=named, weight=1.0, at=NOW)
        row = {"adapter": "email", "to": named.value, "created_at": NOW, "state": "sent"}
        Message.objects.create(uid=uuid4(), key=f"address {each.pk}", **row)
        Message.objects.create(uid=uuid4(), key=f"person {each.pk}", person=each, batch=batch, **row)
    Standing.objects.filter(person=made[0]).delete()  # whose address died without a choice
    return made


def held(people: list[Person]) -> dict[str, Any]:
    """Return what is held of each, as the tables say."""
    changes = [unpacked(each.entered) for each in AudienceChange.objects.order_by("pk")]
    return {
        "people": sorted(Person.objects.values_list("pk", flat=True)),
        "audience": (list(unpacked(Audience.objects.get().members)), Audience.objects.get().size),
        "entered": sorted({each for some in changes for each in some}),
        "sending": list(unpacked(Sending.objects.get().people)),
        "messages": sorted(Message.objects.values_list("to", flat=True)),
        "failures": SoftCount.objects.count(),
        "said": sorted(SuppressionEvent.objects.values_list("said", flat=True)),
        "tallies": TallyKept.objects.count(),
        "copies": copies_held(persons=[people[0].number]),
        "counted": sorted(ListErased.objects.exclude(kind="person").values_list("kind", "count")),
    }


def test_whoever_was_erased_since_the_backup_goes_again_from_every_app(
    people: list[Person], data: Path
) -> None:
    ben, backup = people[1].pk, held(people)
    with ledger(data, []) as store, transaction.atomic():
        before = transaction.savepoint()
        facts_erase(store=store, persons=[people[0].number], at=datetime.now(UTC))
        erased = held(people)
        transaction.savepoint_rollback(before)
    assert held(people) == backup

    facts_erase_again(book=Erasures(data))

    assert held(people) == erased == {
        "people": [ben],
        "audience": ([ben], 1),
        "entered": [ben],
        "sending": [ben],
        "messages": [BEN.value, BEN.value],
        "failures": 1,
        "said": ["", "", f"no box of {ben}"],
        "tallies": 0,
        "copies": [],
        "counted": [("audience", 1)],
    }  # fmt: skip


def test_whoever_asks_is_given_also_what_no_key_of_his_leads_to(people: list[Person]) -> None:
    imported("list.csv", "email,phone\nno address,ana@shop.example\nno address,ben@shop.example\n")
    ana = people[0].pk

    rows = rows_held([ana])

    assert [each["key"] for each in rows["zoco_channels.Message"]] == [f"person {ana}", f"address {ana}"]
    assert [each["why"] for each in rows["zoco_consent.Suppression"]] == ["dead"]
    assert [each["said"] for each in rows["zoco_consent.SuppressionEvent"]] == [f"no box of {ana}"]
    assert [each["points"] for each in rows["zoco_mail.SoftCount"]] == [1.0]
    assert rows["zoco_mail.Sending"] == [{"name": "s"}]
    assert {str(each) for each in rows["zoco_people.PeopleImport"]} == {
        "{'cells': ['no address', 'ana@shop.example']}"
    }
    assert "ben@" not in str(rows)
