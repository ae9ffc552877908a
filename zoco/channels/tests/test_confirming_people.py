"""The link of a confirmation after whom it asked was erased, merged or parted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zoco.channels.tests.conftest import NOON
from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import Asked, Asking, confirmation_ask, token_of
from zoco.consent.models import Choice, Topic
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store import opening
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

pytestmark = pytest.mark.django_db


def made(name: str) -> Person:
    (written,) = people_write([Incoming((identity_read("email", f"{name}@shop.example"),))], at=NOON)
    assert written.person is not None
    return written.person


@pytest.fixture
def ana() -> Person:
    """Return whom a letter asks."""
    Topic.objects.create(key="news", label="News")
    person = made("ana")
    given = {"fields": {"name": "Zenobia"}}
    asking = Asking(person.pk, "ana@shop.example", ("news",), "en", {"form": "footer"}, given=given)
    assert confirmation_ask(asking, at=timezone.now()) == Asked.SENT
    return person


@pytest.fixture
def where(ana: Person) -> str:
    return f"/confirm/{token_of(Confirmation.objects.get())}"


def agreed() -> list[int]:
    return list(Choice.objects.filter(state="given").order_by("pk").values_list("person", flat=True))


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_of_whoever_was_erased_it_confirms_and_shows_nothing(
    ana: Person, where: str, client: Client, is_confirmed: bool
) -> None:
    if is_confirmed:
        client.post(where)
    facts_erase(store=opening.store(), persons=[ana.number], at=timezone.now() + timedelta(seconds=1))

    answers = [client.get(where), client.post(where)]

    assert [each.status_code for each in answers] == [410, 410]
    assert not any("Zenobia" in (said := each.content.decode()) or "ana@" in said for each in answers)
    assert (agreed(), Person.objects.count(), Confirmation.objects.count()) == ([], 0, 0)


def test_of_whoever_was_merged_it_confirms_for_the_survivor(ana: Person, where: str, client: Client) -> None:
    bea = made("bea")
    people_merge(person=ana, into=bea, why="", at=timezone.now())

    assert client.post(where).status_code == 200

    assert agreed() == [bea.pk]


def test_of_whoever_was_parted_again_it_confirms_for_himself(ana: Person, where: str, client: Client) -> None:
    bea = made("bea")
    merge_undo(merge=people_merge(person=ana, into=bea, why="", at=NOON), at=NOON)

    assert client.post(where).status_code == 200

    assert agreed() == [ana.pk]
    names = dict(Person.objects.values_list("pk", "name"))
    assert names == {ana.pk: "Zenobia", bea.pk: ""}


def test_a_token_with_one_sign_changed_confirms_nothing(where: str, client: Client) -> None:
    head, token = where.rsplit("/", 1)
    wrong = [token[:n] + ("A" if sign != "A" else "B") + token[n + 1 :] for n, sign in enumerate(token)]
    wrong += [token.swapcase(), token.upper(), token.lower(), token[:-1], token[1:], token + "="]

    assert {client.post(f"{head}/{each}").status_code for each in wrong if each != token} == {404}
    assert agreed() == []
