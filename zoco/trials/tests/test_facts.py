"""That an arm was seen is told once for each trial and person."""

import json
from datetime import UTC, datetime

import pytest

from zoco.ledger.models import OutboxRow
from zoco.trials import facts

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_who_saw_an_arm_twice_counts_once() -> None:
    facts.shown(trial="spring", seen=[(7, "a"), (8, "b")], at=NOW)
    facts.shown(trial="spring", seen=[(7, "a")], at=NOW)

    told = [json.loads(text) for text in OutboxRow.objects.order_by("id").values_list("fact", flat=True)]
    assert [(each["person"], each["subject"], each["props"]["arm"]) for each in told] == [
        (7, "spring", "a"),
        (8, "spring", "b"),
    ]


@pytest.mark.django_db
def test_a_key_that_is_used_again_is_of_another_trial() -> None:
    for number in (1, 1, 2):
        facts.shown(trial="spring", seen=[(7, "a")], at=NOW, site=1, number=number)

    told = [json.loads(text)["id"] for text in OutboxRow.objects.values_list("fact", flat=True)]
    assert len(told) == len(set(told)) == 2
