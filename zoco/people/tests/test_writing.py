"""What is said of people is brought together with what is known; saying it twice changes nothing."""

from datetime import UTC, datetime

import pytest

from zoco.people.editing import Hand, person_change
from zoco.people.finding import people_found
from zoco.people.identities import Named, identity_read
from zoco.people.models import Attribute, AttributeValue, Identity, Person, Tag, Word
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def email(value: str) -> Named:
    return identity_read("email", value)


def number(value: str) -> Named:
    return identity_read("external", value, space="shop")


def test_row_adds_then_changes_then_is_the_same() -> None:
    Attribute.objects.create(key="points", label="Points", kind="number")
    first = Incoming((email("ana@shop.example"),), {"name": "Ana"}, {"points": 3.0}, ("vip",))
    more = Incoming(
        (email("ANA@shop.example"), number("7")), {"city": "Cádiz"}, {"points": 5.0}, ("vip", "new")
    )

    states = [people_write([row], at=NOW)[0].state for row in (first, first, more, more)]

    assert states == ["added", "same", "changed", "same"]
    person = Person.objects.get()
    assert (person.name, person.city, person.attributes) == ("Ana", "Cádiz", {"points": 5.0})
    assert [each.place for each in person.identities.all()] == [
        ("email", "", "ana@shop.example"),
        ("external", "shop", "7"),
    ]
    assert list(person.tagged.values_list("tag__name", flat=True).order_by("tag__name")) == ["new", "vip"]
    assert list(AttributeValue.objects.values_list("number", flat=True)) == [5.0]


def test_two_rows_of_one_batch_are_one_person() -> None:
    rows = [Incoming((email("ana@shop.example"), number("7"))), Incoming((number("7"),), {"name": "Ana"})]

    written = people_write(rows, at=NOW)

    assert [each.state for each in written] == ["added", "changed"]
    assert Person.objects.get().name == "Ana"


def test_blank_changes_nothing_and_only_blank_keeps_what_is_known() -> None:
    people_write([Incoming((number("7"),), {"name": "Ana", "city": ""}, {"a": "x"})], at=NOW)

    people_write([Incoming((number("7"),), {"name": ""})], at=NOW)
    people_write([Incoming((number("7"),), {"name": "B", "city": "C"}, {"a": "y"})], at=NOW, only_blank=True)

    person = Person.objects.get()
    assert (person.name, person.city, person.attributes) == ("Ana", "C", {"a": "x"})


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Incoming(()), "It names nobody"),
        (Incoming((number("8"), identity_read("email", "ana@shop.example"))), "known in shop as 7, not as 8"),
        (
            Incoming((identity_read("email", "ana@shop.example"), identity_read("email", "li@shop.example"))),
            "li@shop.example belongs to somebody else",
        ),
    ],
)
def test_what_is_true_of_nobody_is_refused_and_changes_nothing(row: Incoming, said: str) -> None:
    there = [Incoming((number("7"), email("ana@shop.example"))), Incoming((email("li@shop.example"),))]
    people_write(there, at=NOW)
    before = list(Identity.objects.values()), list(Person.objects.values()), Word.objects.count()

    (written,) = people_write([row], at=NOW)

    assert written.state == "refused"
    assert said in str(written.why)
    assert (list(Identity.objects.values()), list(Person.objects.values()), Word.objects.count()) == before


def test_number_decides_before_address_before_phone() -> None:
    phone = identity_read("phone", "+34 600 123 456")
    people_write([Incoming((number("7"),)), Incoming((phone,))], at=NOW)

    added = people_write([Incoming((number("7"), email("ana@shop.example")))], at=NOW)
    refused = people_write([Incoming((phone, email("ana@shop.example")))], at=NOW)

    assert added[0].state == "changed"
    assert "+34 600 12 34 56 belongs to somebody else" in str(refused[0].why)


def test_people_are_found_by_beginnings_of_words() -> None:
    people_write(
        [
            Incoming((email("Ana.Lopez@shop.example"),), {"name": "Ana López"}),
            Incoming((identity_read("phone", "+34 600 123 456"),), {"name": "Анна Иванова"}),
            Incoming((email("li@shop.example"),), {"name": "李 娜"}),
        ],
        at=NOW,
    )

    def found(query: str) -> list[str]:
        return [each.name for each in people_found(query)]

    assert found("ana") == found("LÓP an") == found("lopez") == found("ana.lopez@sh") == ["Ana López"]
    assert found("600 12") == found("+34600123456") == found("иван") == ["Анна Иванова"]
    assert found("李") == found("li@shop.example") == ["李 娜"]
    assert found("shop.example") == ["李 娜", "Ana López"]
    assert found("nobody ana") == []
    assert len(found("")) == 3
    assert Tag.objects.count() == 0


def test_a_name_of_several_lines_is_one_line_whoever_says_it() -> None:
    """Else no letter could leave: it stands in a header."""
    name, said = " Ana\r\nBcc: eve@evil.example\u2028\x0b\x85 Prieto\n", "Ana Bcc: eve@evil.example Prieto"

    (written,) = people_write([Incoming((number("7"),), {"name": name})], at=NOW)

    assert written.person is not None
    assert Person.objects.get().name == said
    hand = Hand(NOW)
    assert person_change(person=written.person, fields={"city": "A\r\n\r\nB"}, attributes={}, hand=hand)
    assert not person_change(person=written.person, fields={"name": name}, attributes={}, hand=hand)
    assert Person.objects.values_list("name", "city").get() == (said, "A B")
