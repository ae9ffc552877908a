"""Reservations and answered questions go once nothing depends on them."""

from datetime import UTC, datetime, timedelta

import pytest

from zoco.consent import pruning
from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import confirmations_prune
from zoco.consent.models import Contact, Reservation, Rule
from zoco.consent.periodic import prune
from zoco.consent.pruning import reservations_prune
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def ana() -> Person:
    (written,) = people_write([Incoming((identity_read("email", "ana@shop.example"),))], at=NOW)
    assert written.person is not None
    return written.person


def reserved(person: Person, key: str, days_ago: int) -> None:
    Reservation.objects.create(
        person=person, key=key, adapter="email", purpose="marketing", at=NOW - timedelta(days=days_ago)
    )


def test_reservations_go_that_no_cap_counts(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    for number, days_ago in enumerate((900, 396, 900, 397, 900, 10, 2, 3, 900, 900)):
        reserved(ana, f"m{number}", days_ago)
    Rule.objects.create(purpose="marketing", most=1, days=366)

    assert [reservations_prune(now=NOW) for _ in range(2)] == [4, 0]

    left = Reservation.objects.order_by("pk").values_list("key", flat=True)
    assert list(left) == ["m1", "m5", "m6", "m7", "m8", "m9"]


def test_reservations_stay_as_long_as_somebodys_own_wish_counts_them(ana: Person) -> None:
    reserved(ana, "m1", 900)
    Contact.objects.update_or_create(person=ana, defaults={"most": 1, "days": 900})

    assert reservations_prune(now=NOW) == 0

    Contact.objects.update(days=30)
    prune()
    assert not Reservation.objects.exists()


def test_answered_questions_go_once_their_page_leads_no_further(ana: Person) -> None:
    for days in (400, 401):
        at = NOW - timedelta(days=days)
        Confirmation.objects.create(person=ana, asked_at=at, expires_at=at, confirmed_at=at, form=str(days))
    Confirmation.objects.create(person=ana, asked_at=NOW, expires_at=NOW, form="open")

    assert confirmations_prune(now=NOW) == 1

    assert list(Confirmation.objects.order_by("pk").values_list("form", flat=True)) == ["400", "open"]
