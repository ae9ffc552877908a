"""Whoever was merged, also by way of others, is whom he was merged into; of whoever is erased nobody."""

from datetime import UTC, datetime

import pytest

from zoco.people.identities import identity_read
from zoco.people.merging import people_merge
from zoco.people.models import Merge, Person
from zoco.people.standing import standing, standing_for
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_last_of_several_merges_stands_for_all() -> None:
    rows = [Incoming((identity_read("email", f"{each}@shop.example"),)) for each in "abc"]
    a, b, c = (each.person.pk for each in people_write(rows, at=NOW) if each.person is not None)
    for gone, kept in ((a, b), (b, c)):
        one, other = Person.objects.get(pk=gone), Person.objects.get(pk=kept)
        people_merge(person=one, into=other, why="", at=NOW)

    assert [standing_for(each) for each in (a, b, c)] == [c, c, c]
    assert standing(Person.objects.get(pk=a)).pk == c

    Merge.objects.all().delete()
    Person.objects.update(merged_into=None)
    Person.objects.filter(pk=b).delete()

    assert [standing_for(each) for each in (a, b, c)] == [a, None, c]
