"""What people are called on pages, in letters and by whoever searches them."""

from datetime import UTC, datetime

import pytest

from zoco.mail.letters.values import values_of
from zoco.people.called import full_name
from zoco.people.finding import people_found
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "family", "whole"),
    [
        ("怡君", "林", "林怡君"), ("民秀", "金", "金民秀"), ("민수", "김", "김민수"),
        ("太郎", "山田", "山田太郎"), ("さくら", "佐々木", "佐々木さくら"), ("文雄", "阮", "阮文雄"),
        ("タロウ", "ヤマダ", "ヤマダタロウ"), ("Ana", "Ruiz", "Ana Ruiz"), ("Анна", "Орлова", "Анна Орлова"),
        ("Yijun", "林", "Yijun 林"), ("怡君", "", "怡君"), ("", "林", "林"), ("", "", ""),
    ],
)  # fmt: skip
def test_in_han_kana_and_hangul_the_family_name_comes_first(given: str, family: str, whole: str) -> None:
    assert full_name(given, family) == whole
    assert str(Person(pk=7, given_name=given, family_name=family)) == (whole or "Person 7")


@pytest.mark.django_db
def test_names_known_apart_are_searched_and_greeted_as_they_are_written() -> None:
    lin = Incoming((identity_read("email", "lin@shop.example"),), {"given_name": "怡君", "family_name": "林"})
    own = Incoming((identity_read("email", "ana@shop.example"),), {"name": "Ana R.", "given_name": "Ana"})
    one, two = (each.person for each in people_write([lin, own], at=NOW))
    assert one is not None
    assert two is not None

    values = values_of([one, two])

    assert [values[each.pk]["person"]["name"] for each in (one, two)] == ["林怡君", "Ana R."]
    for query in ("林怡君", "林怡", "怡君", "林"):
        assert list(people_found(query)) == [one]
