"""Messages when people are merged, parted and erased, also while they are written to."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tools.isolation import OTHER_DATABASE
from zoco.channels import claiming
from zoco.channels.claiming import claim_many
from zoco.channels.contract import Content
from zoco.channels.drafts import Draft
from zoco.channels.erasing import _addressed
from zoco.channels.hearing import _wrote
from zoco.channels.models import Account, Message
from zoco.channels.tests.conftest import NOON, agreed
from zoco.consent.models import Contact, Reservation
from zoco.kit.periods import micros
from zoco.ledger.erasing import ERASERS
from zoco.ledger.store.base import Erasure
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Identity, Person
from zoco.people.writing import Incoming, people_write

HELLO = Content("Hello", "Hello")


def draft(account: Account, person: Person) -> Draft:
    return Draft(f"m{person.pk}", account.pk, HELLO, person=person.pk, purpose="transactional")


def beside(act: Callable[[], Any]) -> Any:
    """Do it over a connection that ends with it."""
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason=f"SQLite has one writer at a time: {OTHER_DATABASE}."
)
def test_people_are_merged_while_they_are_written_to(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = agreed("ana"), agreed("ben")
    for person in (ana, ben):
        Contact.objects.update_or_create(person=person, defaults={"most": person.pk, "days": 7})
    is_locked, found = Event(), claiming._placed

    def slow(cases: Any) -> None:
        """Claim on as soon as the merge waits for the rows that are locked here."""
        is_locked.set()
        late = time.monotonic() + 10
        with connection.cursor() as cursor:
            while time.monotonic() < late:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.02)
        found(cases)

    monkeypatch.setattr(claiming, "_placed", slow)
    drafts = [draft(account, ana), draft(account, ben)]

    with ThreadPoolExecutor(2) as pool:
        claimed = pool.submit(beside, lambda: claim_many(drafts, now=NOON))
        assert is_locked.wait(10)
        merged = pool.submit(beside, lambda: people_merge(person=ana, into=ben, why="", at=NOON))
        fates, _leaving = claimed.result(30)
        merged.result(30)

    assert [each.state for each in fates] == ["claimed", "claimed"]
    assert set(Message.objects.values_list("person", flat=True)) == {ben.pk}
    assert set(Reservation.objects.values_list("person", flat=True)) == {ben.pk}


@pytest.mark.django_db
def test_message_to_an_address_goes_with_whoever_has_it() -> None:
    (written,) = people_write([Incoming((identity_read("email", "Ana@shop.example"),))], at=NOON)
    assert written.person is not None
    row = {"uid": "", "adapter": "email", "created_at": NOON, "state": "sent"}
    for number, to in enumerate(("ana@SHOP.example", "Ana@shop.example", "ben@shop.example", ""), 1):
        Message.objects.create(**row | {"uid": f"{number:032x}", "key": f"k{number}", "to": to})
    erasure = Erasure(at=micros(NOON), site=0, visitors=(), persons=(written.person.number,))

    for _twice in range(2):
        ERASERS.get("messages").keep(erasure)  # type: ignore[attr-defined]

    assert list(Message.objects.order_by("pk").values_list("key", flat=True)) == ["k3", "k4"]


def test_messages_to_an_address_are_read_by_their_index(account: Account, ana: Person) -> None:
    named = Identity.objects.filter(person=ana)
    with CaptureQueriesContext(connection) as asked:
        assert not [list(rows) for rows in _addressed(named) if rows]
        assert not _wrote(account, "ana@shop.example")

    assert all("SCAN zoco_channels_message" not in plan_of(each["sql"]) for each in asked)
    assert connection.vendor != "sqlite" or "to_nobody" in "".join(plan_of(each["sql"]) for each in asked)


def plan_of(statement: str) -> str:
    """Return how SQLite reads what a statement asks; nothing of others, which read small tables whole."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        return " ".join(str(row) for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("own", [None, (None, None), (3, None), (1, 5), (5, 40)])
def test_stricter_wishes_win_and_go_back(own: tuple[int | None, int | None] | None) -> None:
    ana, ben = agreed("ana"), agreed("ben")
    Contact.objects.all().delete()
    Contact.objects.create(person=ana, most=2, days=7, paused_until=NOON + timedelta(hours=9))
    if own is not None:
        pause = NOON + timedelta(hours=own[1]) if own[1] else None
        Contact.objects.create(person=ben, most=own[0], days=own[0] and 7, paused_until=pause)
    before = serialize("json", Contact.objects.order_by("pk"))

    merge = people_merge(person=ana, into=ben, why="", at=NOON)

    now = Contact.objects.get(person=ben)
    assert now.most == (1 if own == (1, 5) else 2)
    assert now.paused_until == NOON + timedelta(hours=40 if own == (5, 40) else 9)
    merge_undo(merge=merge, at=NOON)
    assert serialize("json", Contact.objects.order_by("pk")) == before
