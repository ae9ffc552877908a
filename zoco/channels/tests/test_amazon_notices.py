"""What Amazon SES tells by SNS: proved by Amazon's signature, of the account's own topic, and once."""

# ruff: noqa: F811
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from zoco.channels.mailing.amazon import certificates
from zoco.channels.models import Account, Told
from zoco.channels.services import account_open, account_save
from zoco.channels.tests.amazon import (  # noqa: F401
    CERTIFICATE,
    TOPIC,
    Amazon,
    amazon,
    bounce,
    certificate_of,
    complaint,
    event,
    made,
    notice,
    post,
    uid,
)  # fmt: skip
from zoco.channels.tests.test_providers import ANA
from zoco.consent.suppressing import suppressed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(("made_of", "why"), [(bounce, "dead"), (complaint, "complaint")])
def test_what_is_told_is_done_once(
    made_of: Any, why: str, version: str, uid: str, amazon: Amazon, made: Account, client: Client
) -> None:
    said = notice(made_of(uid), version=version)

    assert [post(client, made, said) for _ in range(2)] == [200, 200]

    assert suppressed([ANA]) == {ANA: {why}}
    assert str(Told.objects.get().message.uid) == uid  # type: ignore[union-attr]
    assert amazon.count(".pem") == 1


def test_notices_of_the_older_form_name_the_letter_by_its_message_id(
    uid: str, made: Account, client: Client
) -> None:
    said = complaint(uid)
    said["notificationType"] = said.pop("eventType")
    said["mail"]["commonHeaders"] = {"messageId": f"<{uid}@shop.example>"}
    del said["mail"]["tags"]

    assert post(client, made, notice(said)) == 200

    assert str(Told.objects.get().message.uid) == uid  # type: ignore[union-attr]


def test_what_arrived_and_was_opened_is_noted_and_what_is_no_complaint_is_not(
    uid: str, made: Account, client: Client
) -> None:
    told = [
        event("Delivery", uid, recipients=["ana@shop.example"], timestamp="2026-05-17T12:00:00.000Z"),
        event("Open", uid, userAgent="Mail", timestamp="2026-05-17T12:00:00.000Z"),
        event("Send", uid),
        complaint(uid, complaintFeedbackType="not-spam"),
        "Successfully validated SNS topic for Amazon SES event publishing.",
    ]

    codes = [post(client, made, notice(each, MessageId=f"m{number}")) for number, each in enumerate(told)]

    assert codes == [200] * 5
    assert [each.told for each in Told.objects.order_by("pk")] == ["delivered", "opened"]
    assert suppressed([ANA]) == {}


EVIL = f"https://sns.eu-central-1.amazonaws.com.evil.example/{CERTIFICATE}"


@pytest.mark.parametrize(
    "over",
    [
        {"TopicArn": TOPIC.replace("123456789012", "210987654321")},
        {"SigningCertURL": EVIL},
        {"SigningCertURL": f"http://sns.eu-central-1.amazonaws.com/{CERTIFICATE}"},
        {"SigningCertURL": f"https://sns.eu-central-1.amazonaws.com:444/{CERTIFICATE}"},
        {"SigningCertURL": f"https://evil@sns.eu-central-1.amazonaws.com/{CERTIFICATE}"},
        {"SigningCertURL": f"https://sns.us-east-1.amazonaws.com/{CERTIFICATE}"},
        {"SigningCertURL": "https://sns.eu-central-1.amazonaws.com/?Action=x.pem"},
        {"Timestamp": "2026-05-17T12:00:00.000Z"},
        {"Timestamp": "2099-05-17T12:00:00.000Z"},
        {"Timestamp": "?"},
    ],
)
def test_notice_of_others_or_of_old_is_refused_before_anything_is_fetched(
    over: dict[str, str], uid: str, amazon: Amazon, made: Account, client: Client
) -> None:
    assert post(client, made, notice(complaint(uid), **over)) == 403

    assert suppressed([ANA]) == {}
    assert amazon.count(".pem") == 0


@pytest.mark.parametrize(
    "over",
    [
        {"Message": json.dumps(complaint(""))},
        {"MessageId": "another"},
        {"Subject": "added"},
        {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": "https://evil.example/"},
        {"Type": "UnsubscribeConfirmation"},
        {"SignatureVersion": "3"},
        {"Signature": "????"},
        {"Signature": ""},
        {"Message": None},
    ],
)
def test_what_was_changed_on_the_way_is_refused(
    over: dict[str, Any], uid: str, amazon: Amazon, made: Account, client: Client
) -> None:
    codes = [post(client, made, {**notice(complaint(uid)), **over}), post(client, made, over)]

    assert codes == [403, 403]
    assert suppressed([ANA]) == {}
    assert amazon.count("ConfirmSubscription") == 0
    bare: list[Any] = [[], None, "x", 5]
    assert [post(client, made, each) for each in bare] == [403] * 4


def test_certificate_that_is_over_proves_nothing(
    uid: str, amazon: Amazon, made: Account, client: Client
) -> None:
    amazon.certificate = certificate_of(days=-1)

    assert post(client, made, notice(complaint(uid))) == 403
    assert suppressed([ANA]) == {}


def test_certificate_that_cannot_be_had_is_asked_for_seldom_and_the_notice_may_come_again(
    uid: str, amazon: Amazon, made: Account, client: Client
) -> None:
    amazon.status = 500
    others = [CERTIFICATE.replace("0a0a0a0a", f"0a0a0a{number:02x}") for number in range(20)]
    where = "https://sns.eu-central-1.amazonaws.com/"

    codes = {post(client, made, notice(complaint(uid), SigningCertURL=where + each)) for each in others * 2}

    assert codes == {503}
    assert amazon.count(".pem") == certificates.MOST
    assert suppressed([ANA]) == {}


CONFIRM = {"Token": "2336412f", "SubscribeURL": "https://evil.example/?Action=ConfirmSubscription"}


def test_subscription_of_the_accounts_own_topic_is_confirmed_at_amazon_alone(
    amazon: Amazon, made: Account, client: Client
) -> None:
    said = notice("You have chosen …", "SubscriptionConfirmation", **CONFIRM)

    assert post(client, made, said) == 200

    asked = urlsplit(amazon.got[-1][1])
    assert asked.path == "/sns/"
    assert parse_qs(asked.query) == {
        "Action": ["ConfirmSubscription"], "TopicArn": [TOPIC], "Token": ["2336412f"],
        "Version": ["2010-03-31"],
    }  # fmt: skip


def test_subscription_of_another_topic_is_not_confirmed(
    amazon: Amazon, made: Account, client: Client
) -> None:
    said = notice("…", "SubscriptionConfirmation", **CONFIRM, TopicArn=TOPIC.replace("news", "other"))

    assert post(client, made, said) == 403
    assert amazon.got == []


def test_subscription_that_amazon_does_not_confirm_may_come_again(
    amazon: Amazon, made: Account, client: Client
) -> None:
    said = notice("…", "SubscriptionConfirmation", **CONFIRM)
    post(client, made, said)
    amazon.status = 403

    assert post(client, made, said) == 503


def test_account_without_a_topic_hears_nothing(uid: str, made: Account, client: Client) -> None:
    account_save(account=made, settings={**account_open(made).settings, "topic": ""}, secrets={})

    assert post(client, made, notice(complaint(uid))) == 403
    assert suppressed([ANA]) == {}
