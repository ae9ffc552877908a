"""Recording a fact: in the transaction of the change, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from zoco.kit.ids import uuid8
from zoco.ledger.models import OutboxRow
from zoco.ledger.schema import Fact, decoder
from zoco.ledger.services import FactWrong, record, record_many

NOON = datetime(2026, 5, 17, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.django_db
def test_a_recorded_fact_is_a_row_with_the_line_of_the_spool() -> None:
    told = record(
        name="shop.order.placed",
        site=3,
        at=NOON,
        visitor=7,
        person=9,
        amount=Decimal("12.50"),
        currency="EUR",
        props={"note": "a\x00b"},
    )

    row = OutboxRow.objects.get()
    fact = decoder.decode(row.fact)
    assert (str(row.fact_id), row.name, row.site, row.visitor, row.person) == (told, fact.name, 3, 7, 9)
    assert (row.position, row.spooled_at) == (None, None)
    assert fact.occurred_at == 1_779_019_200_250_000
    assert fact.received_at > 1_700_000_000_000_000
    assert (fact.origin, fact.amount, fact.props) == ("server", Decimal("12.50"), {"note": "a\x00b"})


@pytest.mark.django_db
def test_a_rolled_back_change_leaves_no_fact() -> None:
    with transaction.atomic():
        record(name="shop.order.placed", site=1)
        transaction.set_rollback(True)

    assert not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_the_same_id_twice_is_one_fact() -> None:
    same = uuid8(b"payment", 17)

    assert [record(name="shop.order.paid", site=1, id=same) for _ in range(2)] == [same, same]

    assert OutboxRow.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "OrderPlaced"}, "is no name of a fact"),
        ({"amount": Decimal(1)}, "without a currency"),
        ({"verdict": "alien"}, "verdict 'alien'"),
        ({"quantity": "two"}, "cannot be written"),
        ({"title": "\ud800"}, "cannot be written"),
        ({"props": {"x": object()}}, "cannot be written"),
        ({"visitor": 1 << 63}, "visitor"),
        ({"id": "17"}, "UUID"),
    ],
)
def test_a_fact_that_nobody_could_read_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    given: dict[str, Any] = {"name": "shop.order.placed", "site": 1, **wrong}

    with pytest.raises(FactWrong, match=sentence):
        record(**given)

    assert not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_one_wrong_fact_refuses_them_all() -> None:
    good = Fact(id=uuid8(b"1"), site=1, name="shop.order.placed", origin="server", occurred_at=1)
    bad = Fact(id=uuid8(b"2"), site=1, name="placed", origin="server", occurred_at=1)

    with pytest.raises(FactWrong):
        record_many([good, bad])

    assert not OutboxRow.objects.exists()
