"""Two who are one are merged; undone, everything is as it was, but for what was changed since."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.serializers import serialize

from zoco.consent.models import Choice, Standing
from zoco.consent.services import choice_record
from zoco.ledger.models import OutboxRow
from zoco.people.finding import people_found
from zoco.people.identities import identity_read
from zoco.people.merging import MERGERS, MergeRefused, merge_undo, people_merge
from zoco.people.models import AttributeValue, Identity, Note, Person, Tagged, Word
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Person, Person]:
    rows = [
        Incoming((identity_read("email", "ana@shop.example"),), {"name": "Ana"}, {"a": 1.0}, ("vip", "old")),
        Incoming(
            (identity_read("phone", "+34600123456"),), {"city": "Lugo"}, {"a": 2.0, "b": 3.0}, ("vip", "x")
        ),
    ]
    kept, gone = (each.person for each in people_write(rows, at=NOW))
    assert kept is not None
    assert gone is not None
    Note.objects.create(person=gone, text="Called.", by=None, at=NOW)
    return kept, gone


def everything() -> tuple[str, list[Any], list[Any]]:
    rows = [each for model in (Person, Identity, Note, Tagged) for each in model.objects.order_by("pk")]
    words = list(Word.objects.order_by("word", "person").values_list("word", "person"))
    return (
        serialize("json", rows),
        words,
        list(AttributeValue.objects.values_list("text", "number", "person")),
    )


def test_survivor_takes_what_it_lacks_and_the_ledger_is_told(two: tuple[Person, Person]) -> None:
    kept, gone = two

    people_merge(person=gone, into=kept, why="same phone", at=LATER)

    kept.refresh_from_db()
    assert (kept.name, kept.city, kept.attributes) == ("Ana", "Lugo", {"a": 1.0, "b": 3.0})
    assert kept.identities.count() == 2
    assert sorted(kept.tagged.values_list("tag__name", flat=True)) == ["old", "vip", "x"]
    assert [each.text for each in kept.notes.all()] == ["Called."]
    assert list(people_found("")) == list(people_found("600123")) == [kept]
    told = OutboxRow.objects.get()
    assert (told.name, told.person) == ("people.person.merged", gone.number)


def test_undone_everything_is_as_it_was(two: tuple[Person, Person]) -> None:
    kept, gone = two
    before = everything()

    merge_undo(merge=people_merge(person=gone, into=kept, why="", at=LATER), at=LATER)

    assert everything() == before
    assert [each.name for each in OutboxRow.objects.order_by("pk")] == [
        "people.person.merged",
        "people.person.parted",
    ]


def test_what_was_changed_since_stays(two: tuple[Person, Person]) -> None:
    kept, gone = two
    merge = people_merge(person=gone, into=kept, why="", at=LATER)
    people_write(
        [Incoming((identity_read("email", "ana@shop.example"),), {"city": "Vigo"}, {"b": 4.0, "c": 5.0})],
        at=LATER,
    )

    merge_undo(merge=merge, at=LATER)

    kept.refresh_from_db()
    assert (kept.name, kept.city, kept.attributes) == ("Ana", "Vigo", {"a": 1.0, "b": 4.0, "c": 5.0})
    assert Person.objects.get(pk=gone.pk).city == "Lugo"


def test_two_numbers_of_one_system_are_two_people(two: tuple[Person, Person]) -> None:
    kept, gone = two
    for person, number in ((kept, "7"), (gone, "8")):
        Identity.objects.create(
            person=person, kind="external", space="shop", key=number, value=number, created_at=NOW
        )
    before = everything()

    with pytest.raises(MergeRefused, match="In shop they are two: 8 and 7"):
        people_merge(person=gone, into=kept, why="", at=LATER)

    assert everything() == before
    assert not OutboxRow.objects.exists()


def test_nobody_is_merged_or_undone_twice(two: tuple[Person, Person]) -> None:
    kept, gone = two
    merge = people_merge(person=gone, into=kept, why="", at=LATER)

    with pytest.raises(MergeRefused, match="merged already"):
        people_merge(person=gone, into=kept, why="", at=LATER)
    with pytest.raises(MergeRefused, match="one and the same person"):
        people_merge(person=kept, into=kept, why="", at=LATER)
    with pytest.raises(MergeRefused, match="one of these is not there"):
        people_merge(person=Person(pk=kept.pk + 10_000), into=kept, why="", at=LATER)
    merge_undo(merge=merge, at=LATER)
    with pytest.raises(MergeRefused, match="undone already"):
        merge_undo(merge=merge, at=LATER)


def test_of_several_merges_the_latest_is_undone_first_so_that_a_refusal_holds(
    two: tuple[Person, Person],
) -> None:
    kept, gone = two
    (written,) = people_write(
        [Incoming((identity_read("email", "cy@shop.example"),), {"name": "Cy"})], at=NOW
    )
    assert written.person is not None
    given, withdrawn = Choice.State.GIVEN, Choice.State.WITHDRAWN
    choice_record(person=written.person.pk, state=withdrawn, proof={}, at=NOW, topic="news")
    choice_record(person=kept.pk, state=given, proof={}, at=LATER, topic="news")
    first = people_merge(person=gone, into=kept, why="", at=LATER)
    second = people_merge(person=written.person, into=kept, why="", at=LATER)
    before = everything()

    with pytest.raises(MergeRefused, match="Undo the later merge of Cy first"):
        merge_undo(merge=first, at=LATER)

    assert everything() == before
    assert Standing.objects.get(person=kept).state == withdrawn
    merge_undo(merge=second, at=LATER)
    merge_undo(merge=first, at=LATER)
    assert Standing.objects.get(person=kept).state == given
    assert Standing.objects.get(person=written.person).state == withdrawn


def test_apps_above_move_their_rows_and_move_them_back(two: tuple[Person, Person]) -> None:
    kept, gone = two
    User.objects.create(username="ana", first_name=str(gone.pk))

    class Accounts:
        key = "accounts"

        def merge(self, person: int, into: int) -> dict[str, Any]:
            mine = User.objects.filter(first_name=str(person))
            keys = list(mine.values_list("pk", flat=True))
            mine.update(first_name=str(into))
            return {"rows": keys}

        def part(self, person: int, into: int, before: dict[str, Any]) -> None:
            User.objects.filter(pk__in=before["rows"]).update(first_name=str(person))

    MERGERS.add(Accounts())
    try:
        merge = people_merge(person=gone, into=kept, why="", at=LATER)
        assert User.objects.get().first_name == str(kept.pk)
        merge_undo(merge=merge, at=LATER)
    finally:
        MERGERS.remove("accounts")

    assert User.objects.get().first_name == str(gone.pk)
