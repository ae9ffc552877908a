"""The share of complaints on a domain's page: of what its accounts sent lately, with how sure it is."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from zoco.channels.domains.complaints import (
    Complaints,
    accounts_from,
    certainty_said,
    complaints_of,
    complaints_said,
)
from zoco.channels.models import Account, Message, Told

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "of", "grade"), [(0, 0, ""), (0, 1_000, "good"), (1, 1_000, "warn"), (3, 1_000, "bad")]
)
def test_shares_are_held_against_the_bounds_of_large_mailboxes(count: int, of: int, grade: str) -> None:
    assert complaints_said(Complaints(count, of))["grade"] == grade


def test_it_is_said_how_sure_a_share_is() -> None:
    # 3 of 1,000: 0.1021 % to 0.8783 %, as prop.test of R without its correction has it.
    many, few, none = (certainty_said(Complaints(*each)) for each in ((3, 1_000), (0, 50), (0, 0)))

    assert "3 of 1,000 letters" in many
    assert "between 0.10% and 0.88%" in many
    assert "one complaint alone weighs 2.0%" in few
    assert "nobody could complain" in none


@pytest.mark.django_db
def test_what_counts_is_what_accounts_of_a_domain_sent_lately() -> None:
    senders = ("a@shop.example", "b@news.shop.example", "c@myshop.example")
    accounts = [
        Account.objects.create(adapter="email", name=each, options={"from_address": each}) for each in senders
    ]
    sent = Message.State.SENT
    for days, because in ((40, "complained"), (3, "bounced"), (2, "complained"), (1, "")):
        for number, account in enumerate(accounts):
            at = NOW - timedelta(days=days)
            message = Message.objects.create(
                uid=uuid4(), key=f"{number}-{days}", account=account, adapter="email", state=sent,
                because=because, created_at=at, done_at=at,
            )  # fmt: skip
            if because:
                for event in ("x", "y"):
                    Told.objects.create(
                        account=account, event=f"{event}{days}", told=because, message=message, at=at
                    )

    mine = accounts_from("shop.example")

    assert mine == [accounts[0].pk, accounts[1].pk]
    assert complaints_of(mine, now=NOW) == Complaints(2, 4)
