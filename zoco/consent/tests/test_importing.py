"""What a file says of permission: whoever left stays away, whatever else stands in the file."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from django.contrib.auth.models import User

from zoco.consent.asking import Request, may_contact
from zoco.consent.importing import ConsentKeeper
from zoco.consent.models import Choice, Suppression
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppressed, suppressed_lift
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store import opening
from zoco.people.identities import identity_read
from zoco.people.importing.permission import Told, Word
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
pytestmark = pytest.mark.django_db


def of_year(year: int) -> datetime:
    return NOON.replace(year=year)


@pytest.mark.parametrize("years", list(permutations([2020, 2024])))
def test_of_two_rows_that_left_the_later_one_counts_whichever_stands_first(years: tuple[int, ...]) -> None:
    (written,) = people_write([Incoming((ANA,))], at=of_year(2019))
    assert written.person is not None
    ana = written.person.pk
    choice_record(person=ana, state=Choice.State.GIVEN, proof={}, at=of_year(2022), topic="news")

    counts = ConsentKeeper().take([Told(ana, "withdrawn", of_year(year), (ANA,)) for year in years])

    assert counts["withdrawn"] == 1
    left = Choice.objects.get(state=Choice.State.WITHDRAWN)
    assert (left.topic, left.at) == ("", of_year(2024))
    request = Request(ana, ANA.place, "email", "marketing", "news")
    assert may_contact(request, at=NOON, zone="UTC").because == "withdrawn"


@pytest.mark.parametrize("word", ["dead", "blocked"])
def test_who_was_let_go_is_not_suppressed_by_what_a_file_told_before(
    word: Word, django_user_model: type[User]
) -> None:
    (written,) = people_write([Incoming((ANA,))], at=of_year(2019))
    assert written.person is not None
    ana, keeper, boss = written.person.pk, ConsentKeeper(), django_user_model.objects.create(username="boss")
    proof = {"import": "list.csv", "line": "2"}
    first = Told(ana, word, of_year(2020), (ANA,), proof=proof)
    assert keeper.take([first])[word] == 1
    why = Suppression.Why(Suppression.objects.get().why)
    suppressed_lift(identity=ANA, why=why, reason="It works.", by=boss, at=of_year(2022))

    earlier = Told(ana, word, of_year(2021), (ANA,), proof={"import": "old.csv", "line": "7"})
    again = Told(ana, word, of_year(2023), (ANA,), proof=proof)
    for told in (first, earlier, again):
        assert not sum(keeper.take([told]).values())
    assert not suppressed([ANA.place])

    later = Told(ana, word, of_year(2023), (ANA,), proof={"import": "new.csv", "line": "2"})
    assert keeper.take([later])[word] == 1
    assert suppressed([ANA.place]) == {ANA.place: {why.value}}


def test_whoever_was_erased_gets_no_advertising_though_a_file_says_that_he_agreed() -> None:
    (written,) = people_write([Incoming((ANA,))], at=of_year(2019))
    assert written.person is not None
    choice_record(
        person=written.person.pk, state=Choice.State.GIVEN, proof={}, at=of_year(2020), topic="news"
    )
    facts_erase(store=opening.store(), persons=[written.person.number], at=of_year(2024))
    assert not Person.objects.exists()

    (again,) = people_write([Incoming((ANA,))], at=of_year(2025))
    assert again.person is not None
    ana, keeper = again.person.pk, ConsentKeeper()
    keeper.take([Told(ana, "given", of_year(2020), (ANA,), topic="news", proof={"import": "old.csv"})])

    for purpose, may in (("marketing", False), ("transactional", True)):
        topic = "news" if purpose == "marketing" else ""
        request = Request(ana, ANA.place, "email", purpose, topic)
        assert may_contact(request, at=of_year(2025), zone="UTC").is_yes is may
    assert keeper.suppressed([ANA.place]) == {ANA.place}
