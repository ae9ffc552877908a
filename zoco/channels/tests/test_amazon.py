"""Amazon SES: its API and SNS on loopback; signatures held against Amazon's own test suite."""

# ruff: noqa: F811
import base64
import json
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from zoco.channels.contract import CHANNELS, Later, Outcome, Outgoing, Refused, Unknown
from zoco.channels.delivering import deliver
from zoco.channels.mailing.amazon.signing import Signer
from zoco.channels.models import Account, Message
from zoco.channels.services import account_check, account_open
from zoco.channels.tests.amazon import Amazon, amazon, made  # noqa: F401
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.test_providers import HELLO, draft
from zoco.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "body", "given", "names", "signature"),
    [
        ("GET", b"", {}, "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", b"", {}, "host;x-amz-date",
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("POST", b"Param1=value1", {"Content-Type": "application/x-www-form-urlencoded"},
         "content-type;host;x-amz-date",
         "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ],
    ids=["get-vanilla", "post-vanilla", "post-x-www-form-urlencoded"],
)  # fmt: skip
def test_signature_is_that_of_amazons_test_suite(
    method: str, body: bytes, given: dict[str, str], names: str, signature: str
) -> None:
    """Source: github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4."""
    signer = Signer("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    at = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)

    found = signer.headers(method, "https://example.amazonaws.com/", body, at=at, given=given)

    assert found == {
        **given,
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}",
    }


def test_message_goes_signed_to_the_api_and_names_itself(amazon: Amazon, made: Account, ana: Person) -> None:
    fate = deliver(draft(made, ana), now=NOON)

    assert (fate.state, fate.reason) == (Message.State.SENT, "")
    message = Message.objects.get()
    assert message.known_as == "0102-42"
    ((method, path, headers, body),) = amazon.got
    assert (method, path) == ("POST", "/ses/v2/email/outbound-emails")
    said = json.loads(body)
    mail = base64.b64decode(said["Content"]["Raw"]["Data"]).decode()
    assert f"Message-ID: <{message.uid}@shop.example>\r\n" in mail
    assert said["Destination"] == {"ToAddresses": ["ana@shop.example"]}
    assert said["EmailTags"] == [{"Name": "message", "Value": str(message.uid)}]
    assert said["ConfigurationSetName"] == "news"
    at = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    url = f"http://{headers['Host']}{path}"
    wanted = Signer("AKIDEXAMPLE", "honeycomb", "eu-central-1", "ses").headers(
        "POST", url, body, at=at, given={"Content-Type": headers["Content-Type"]}
    )
    assert headers["Authorization"] == wanted["Authorization"]
    assert "honeycomb" not in str(headers) + body.decode()


def sent(made: Account) -> Outcome:
    with CHANNELS.get("ses").line(account_open(made)) as line:
        return line.send(Outgoing("1", "ana@shop.example", HELLO))


@pytest.mark.parametrize(
    ("status", "error", "said", "outcome"),
    [
        (400, "MailFromDomainNotVerifiedException", "?", Later("", "", 0, is_account=True)),
        (400, "SendingPausedException", "?", Later("", "", 0, is_account=True)),
        (400, "AccountSuspendedException", "?", Later("", "", 0, is_account=True)),
        (404, "NotFoundException", "?", Later("", "", 0, is_account=True)),
        (403, "SignatureDoesNotMatch", "?", Later("", "", 0, is_account=True)),
        (400, "MessageRejected", "Email address is not verified.", Later("", "", 0, is_account=True)),
        (429, "TooManyRequestsException", "Daily message quota exceeded", Later("", "", 0, is_account=True)),
        (429, "TooManyRequestsException", "Maximum sending rate exceeded.", Later("")),
        (503, "", "?", Later("")),
        (400, "MessageRejected", "Illegal address", Refused("")),
        (500, "InternalFailure", "?", Unknown("")),
        (502, "", "?", Unknown("")),
    ],
)
def test_error_of_the_api_is_what_it_says(
    status: int, error: str, said: str, outcome: Outcome, amazon: Amazon, made: Account
) -> None:
    amazon.status, amazon.error, amazon.said = status, error, said

    found = sent(made)

    assert type(found) is type(outcome)
    assert found.reason == f"{error} {said}".strip()  # type: ignore[union-attr]
    if isinstance(found, Later) and isinstance(outcome, Later):
        assert (found.code, found.is_account) == (error or str(status), outcome.is_account)


def test_what_was_cut_off_may_have_been_taken_and_what_was_not_reached_was_not(
    amazon: Amazon, made: Account
) -> None:
    amazon.hangs_up = True
    cut = sent(made)
    amazon.shutdown()
    amazon.server_close()

    away = sent(made)

    assert isinstance(cut, Unknown)
    assert amazon.count("outbound") == 1
    assert isinstance(away, Later)
    assert (away.code, away.is_account) == ("connection", True)


def test_account_is_tested_by_asking_for_it(amazon: Amazon, made: Account) -> None:
    assert account_check(account=made, at=NOON)
    assert amazon.got[0][:2] == ("GET", "/ses/v2/email/account")
    amazon.status, amazon.error = 403, "SignatureDoesNotMatch"

    assert not account_check(account=made, at=NOON)

    assert made.failure == "Amazon SES does not let us in: 403 SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("field", "value"),
    [("region", "eu-central-1.evil.example/"), ("region", "eu"), ("topic", "arn:aws:sqs:eu-central-1:1:x")],
)
def test_what_is_no_region_and_no_topic_is_refused(field: str, value: str) -> None:
    channel = CHANNELS.get("ses")

    with pytest.raises(ValidationError) as wrong:
        channel.validate({**channel.example, field: value})

    assert list(wrong.value.message_dict) == [field]
