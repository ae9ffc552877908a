"""Whose fault it is that a provider's API did not take a message, and what follows for the others."""

# ruff: noqa: F811
import json
from typing import Any

import pytest

from zoco.channels.contract import CHANNELS, Later, Opened, Outcome, Outgoing, Refused, Sent
from zoco.channels.delivering import deliver
from zoco.channels.judging import judged
from zoco.channels.mailing import outcomes
from zoco.channels.mailing.faults import Fault, fault_of
from zoco.channels.mailing.outcomes import UNCLEAR_MOST, UNCLEAR_SECONDS, Unclear
from zoco.channels.services import account_open
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.test_providers import ANA, HELLO, Api, account, api, draft  # noqa: F401
from zoco.consent.suppressing import suppressed
from zoco.people.models import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]
UNSURE = {"ErrorCode": 402, "Message": "Invalid JSON"}


@pytest.fixture(autouse=True)
def unclear(monkeypatch: pytest.MonkeyPatch) -> Unclear:
    fresh = Unclear(clock=lambda: fresh.now)  # type: ignore[attr-defined]
    fresh.now = 0.0  # type: ignore[attr-defined]
    for module in ("zoco.channels.mailing.outcomes.UNCLEAR", "zoco.channels.mailing.provider.UNCLEAR"):
        monkeypatch.setattr(module, fresh)
    return fresh


@pytest.mark.parametrize(
    ("provider", "status", "said", "fault"),
    [
        ("mailgun", 404, {"message": "Domain not found: shop.example"}, Fault.ACCOUNT),
        ("mailgun", 403, {"message": "Domain shop.example is not allowed to send"}, Fault.ACCOUNT),
        ("mailgun", 400, {"message": "'from' parameter is not a valid address."}, Fault.ACCOUNT),
        ("mailgun", 400, {"message": "'to' parameter is not a valid address."}, Fault.MESSAGE),
        ("mailgun", 400, {"message": "Something else, sent from there to here"}, Fault.UNCLEAR),
        ("postmark", 422, {"ErrorCode": 400, "Message": "Sender Signature not found"}, Fault.ACCOUNT),
        ("postmark", 422, {"ErrorCode": 405, "Message": "Not allowed to send"}, Fault.ACCOUNT),
        ("postmark", 422, {"ErrorCode": 300, "Message": "Invalid 'From' address: 'x'."}, Fault.ACCOUNT),
        ("postmark", 422, {"ErrorCode": 300, "Message": "Error parsing 'To': Illegal"}, Fault.MESSAGE),
        ("postmark", 422, {"ErrorCode": 300, "Message": "Invalid metadata content."}, Fault.UNCLEAR),
        ("postmark", 422, {"ErrorCode": 406, "Message": "Inactive recipient"}, Fault.MESSAGE),
        ("postmark", 413, {}, Fault.MESSAGE),
        ("brevo", 400, {"code": "account_under_validation", "message": ""}, Fault.ACCOUNT),
        ("brevo", 404, {"code": "document_not_found", "message": ""}, Fault.ACCOUNT),
        ("brevo", 400, {"code": "invalid_parameter", "message": "sender is not valid"}, Fault.ACCOUNT),
        ("brevo", 400, {"code": "invalid_parameter", "message": "email is not valid in to"}, Fault.MESSAGE),
        ("brevo", 400, {"code": "missing_parameter", "message": "to is missing"}, Fault.UNCLEAR),
        ("sendgrid", 403, {"errors": [{"field": "from", "message": "verified Sender"}]}, Fault.ACCOUNT),
        ("sendgrid", 400, {"errors": [{"field": "from.email", "message": ""}]}, Fault.ACCOUNT),
        ("sendgrid", 400, {"errors": [{"field": "personalizations.0.to.0.email"}]}, Fault.MESSAGE),
        ("sendgrid", 400, {"errors": [{"field": None, "message": "Bad Request"}]}, Fault.UNCLEAR),
        ("sendgrid", 400, {"errors": "?"}, Fault.UNCLEAR),
        ("elsewhere", 400, {"message": "?"}, Fault.UNCLEAR),
    ],
)
def test_fault_by_what_each_provider_documents(
    provider: str, status: int, said: dict[str, Any], fault: Fault
) -> None:
    assert fault_of(provider, status, json.dumps(said)) == fault


@pytest.mark.parametrize("body", ["", "<html>", "[]", "[" * 100_000, "null"])
def test_what_is_no_answer_of_a_provider_is_unclear(body: str) -> None:
    assert fault_of("brevo", 400, body) == Fault.UNCLEAR


def sent(opened: Opened) -> Outcome:
    with CHANNELS.get("postmark").line(opened) as line:
        return line.send(Outgoing("1", "ana@shop.example", HELLO))


def test_sender_that_is_not_known_there_loses_no_letter(api: Api) -> None:
    opened = account_open(account("postmark"))
    api.status, api.answer = 422, {"ErrorCode": 400, "Message": "Sender Signature not found"}

    found = [sent(opened) for _ in range(UNCLEAR_MOST + 1)]

    assert all(isinstance(each, Later) and each.is_account and each.code == "422" for each in found)
    assert len(api.got) == UNCLEAR_MOST + 1


def test_recipient_whom_a_provider_does_not_take_is_refused_however_many_there_are(api: Api) -> None:
    opened = account_open(account("postmark"))
    api.status, api.answer = 413, {}

    found = [sent(opened) for _ in range(UNCLEAR_MOST + 2)]

    assert all(isinstance(each, Refused) and each.code == "413" for each in found)


def test_what_nobody_understands_stops_after_a_few_letters(api: Api, unclear: Any) -> None:
    opened, other = (
        account_open(account("postmark")),
        Opened("other", account_open(account("brevo")).settings),
    )
    api.status, api.answer = 422, UNSURE

    kinds = [type(sent(opened)) for _ in range(UNCLEAR_MOST + 2)]

    assert kinds == [Refused] * UNCLEAR_MOST + [Later] * 2
    assert isinstance(sent(other), Refused)
    unclear.now = UNCLEAR_SECONDS
    assert isinstance(sent(opened), Refused)
    assert outcomes.UNCLEAR is unclear


def test_letter_that_is_taken_says_that_the_account_works(api: Api) -> None:
    opened = account_open(account("postmark"))
    for _ in range(3):
        api.status, api.answer = 422, UNSURE
        assert all(isinstance(sent(opened), Refused) for _ in range(UNCLEAR_MOST))
        api.status, api.answer = 200, None

        assert isinstance(sent(opened), Sent)


def test_words_of_an_api_say_nothing_of_an_address(api: Api, ana: Person) -> None:
    words = "550 5.1.1 user unknown. Found inactive addresses: ana@shop.example. Inactive recipients are ones"
    api.answer = {"ErrorCode": 406, "Message": words}

    fate = deliver(draft(account("postmark"), ana), now=NOON)

    assert fate.state == "failed"
    assert judged(fate.reason).is_dead
    assert suppressed([ANA]) == {}
