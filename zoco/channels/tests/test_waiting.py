"""Messages that one line takes one after the other: permission holds for a few seconds only."""

from datetime import timedelta
from pathlib import Path

import pytest

from zoco.channels import delivering, due
from zoco.channels.delivering import deliver_many
from zoco.channels.models import Account, Message
from zoco.channels.tests.conftest import NOON, agreed
from zoco.channels.tests.test_delivering import draft
from zoco.consent.models import Choice, Reservation
from zoco.consent.services import choice_record
from zoco.people.models import Person
from zoco.testing.channels import taken

pytestmark = pytest.mark.django_db
State = Message.State


def test_who_leaves_while_a_slow_line_keeps_him_waiting_gets_nothing(
    account: Account, ana: Person, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bea, cleo = agreed("bea"), agreed("cleo")
    monkeypatch.setattr(delivering, "HORIZON_SECONDS", 0.0)

    fates = deliver_many(
        [draft(account, each, key) for key, each in (("m1", ana), ("m2", bea), ("m3", cleo))], now=NOON
    )

    assert [each.state for each in fates] == [State.SENT, State.WAITS, State.WAITS]
    assert set(Message.objects.values_list("state", "tries")) == {(State.SENT, 1), (State.WAITS, 0)}
    assert Reservation.objects.filter(is_released=False).count() == 1
    choice_record(person=bea.pk, state=Choice.State.WITHDRAWN, proof={}, at=NOON)
    monkeypatch.undo()
    due.due_send(now=NOON + timedelta(minutes=1))
    assert [each.to for each in taken(file)] == ["ana", "cleo"]
    assert Message.objects.get(key="m2").because == "withdrawn"
