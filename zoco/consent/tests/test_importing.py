"""What a file says of permission: whoever left stays away, whatever else stands in the file."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from zoco.consent.asking import Request, may_contact
from zoco.consent.importing import ConsentKeeper
from zoco.consent.models import Choice
from zoco.consent.services import choice_record
from zoco.people.identities import identity_read
from zoco.people.importing.permission import Told
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
