"""Of people with several addresses the rule of audiences and both doors look at the same one."""

import random
from datetime import timedelta

import pytest

from zoco.channels.bulk.claiming import batch_claim
from zoco.channels.bulk.services import batch_create, batch_fill, batch_start
from zoco.channels.bulk.tests.conftest import crowd, mail_account
from zoco.channels.claiming import claim_many
from zoco.channels.contract import Content
from zoco.channels.drafts import Draft
from zoco.channels.models import Message
from zoco.channels.services import account_open
from zoco.channels.tests.conftest import NOON
from zoco.consent.models import Purpose, Suppression
from zoco.consent.suppressing import suppress
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import rules_count
from zoco.people.identities import identity_read
from zoco.people.models import Identity
from zoco.people.writing import Incoming, people_write

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("maker"),
]


def addressed(people: list[int]) -> None:
    """Give people up to two more addresses, let some be unused, and suppress some."""
    rng = random.Random(5)
    for number in range(len(people)):
        first = identity_read("email", f"p{number}@shop.example")
        more = [identity_read("email", f"p{number}@{n}.example") for n in range(rng.randrange(3))]
        if more:
            people_write([Incoming((first, *more))], at=NOON - timedelta(days=60))
        for named in (first, *more):
            if rng.random() < 0.3:
                Identity.objects.filter(key=named.key).update(is_main=False)
            if rng.random() < 0.4:
                why = rng.choice((Suppression.Why.DEAD, Suppression.Why.COMPLAINT))
                suppress(identity=named, why=why, at=NOON - timedelta(days=30))


@pytest.mark.parametrize("purpose", [Purpose.MARKETING, Purpose.TRANSACTIONAL])
def test_the_number_before_sending_is_the_number_that_both_doors_let_through(purpose: Purpose) -> None:
    people = crowd(60)
    addressed(people)
    account = mail_account(25)
    rule = {"leaf": "consent", "purpose": purpose.value, "topic": ""}

    found = set(rules_count(rules_read({"version": 1, "rules": rule}), at=NOON).people)

    batch = batch_create(maker="plain", account=account, purpose=purpose, at=NOON)
    batch_fill(batch=batch, people=people, now=NOON)
    batch_start(batch=batch, at=NOON)
    taken = batch_claim(batch=batch, opened=account_open(account), now=NOON, most=100)
    assert {each.person for each in taken.claimed} == found
    drafts = [
        Draft(f"one-{pk}", account.pk, Content("Hello", "Hello"), person=pk, purpose=purpose) for pk in people
    ]
    fates, claimed = claim_many(drafts, now=NOON)
    assert {each.person for each in claimed} == found
    assert [fate.state == Message.State.CLAIMED for fate in fates] == [pk in found for pk in people]
    several = Identity.objects.filter(kind="email", key__endswith="@0.example").values_list(
        "person", flat=True
    )
    assert 0 < len(found & set(several)) < len(several)
