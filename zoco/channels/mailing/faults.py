"""Whose fault is it that an API did not take a message? By the codes that each provider documents.

Mailgun: https://documentation.mailgun.com/docs/mailgun/api-reference/intro (status codes; the domain is part
of the address, so 404 is of the domain). Postmark: https://postmarkapp.com/developer/api/overview#error-codes.
Brevo: https://developers.brevo.com/docs/how-it-works#error-codes. SendGrid: the field that an error names,
https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors, and 403 for a sender that is not
verified, https://www.twilio.com/docs/api/errors/60222. Amazon SES:
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and
https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html.
"""

import json
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

TOO_LARGE = 413


class Fault(StrEnum):
    """What an answer is about."""

    ACCOUNT = "account"
    MESSAGE = "message"
    UNCLEAR = "unclear"


_POSTMARK_ACCOUNT = {10, 400, 401, 405, 412, 413}
"""No such token; sender not found or not confirmed; no credits; pending; may not send."""
_POSTMARK_MESSAGE = {406, 411}
"""A recipient who is inactive; an attachment that is forbidden."""
_POSTMARK_INVALID = 300
_BREVO_ACCOUNT = {
    "account_under_validation", "document_not_found", "not_enough_credits", "permission_denied",
    "reseller_permission_denied", "unauthorized",
}  # fmt: skip
_AMAZON_ACCOUNT = {
    "AccountSuspendedException", "LimitExceededException", "MailFromDomainNotVerifiedException",
    "NotFoundException", "SendingPausedException",
}  # fmt: skip
_SENDER = re.compile(r"\bfrom\b|\bsender\b|\breply.?to\b", re.IGNORECASE)
_RECIPIENT = re.compile(r"\bto\b|\brecipient\b", re.IGNORECASE)


def fault_of(provider: str, status: int, body: str) -> Fault:
    """Return what an answer of a provider is about."""
    if status == TOO_LARGE:
        return Fault.MESSAGE
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    reader = _READERS.get(provider)
    return reader(status, said if isinstance(said, dict) else {}) if reader else Fault.UNCLEAR


def amazon_fault(status: int, code: str, message: str) -> Fault:
    """Return what an error of Amazon SES is about, by its name."""
    if code in _AMAZON_ACCOUNT or status in {403, 404}:
        return Fault.ACCOUNT
    if code == "MessageRejected":  # of the sender, or of everybody while the account is in the sandbox
        return Fault.ACCOUNT if "not verified" in message else Fault.MESSAGE
    if code == "TooManyRequestsException" and "quota" in message.lower():
        return Fault.ACCOUNT
    return Fault.UNCLEAR


def _mailgun(status: int, said: dict[str, Any]) -> Fault:
    if status in {403, 404}:
        return Fault.ACCOUNT
    words = str(said.get("message", ""))
    return _by_words(words) if "parameter is not a valid address" in words else Fault.UNCLEAR


def _postmark(status: int, said: dict[str, Any]) -> Fault:
    code = said.get("ErrorCode")
    if code in _POSTMARK_ACCOUNT:
        return Fault.ACCOUNT
    if code in _POSTMARK_MESSAGE:
        return Fault.MESSAGE
    found = re.match(r"(?:Invalid|Error parsing) '([\w-]+)'", str(said.get("Message", "")))
    return _by_words(found[1]) if code == _POSTMARK_INVALID and found else Fault.UNCLEAR


def _brevo(status: int, said: dict[str, Any]) -> Fault:
    if said.get("code") in _BREVO_ACCOUNT:
        return Fault.ACCOUNT
    return (
        _by_words(str(said.get("message", ""))) if said.get("code") == "invalid_parameter" else Fault.UNCLEAR
    )


def _sendgrid(status: int, said: dict[str, Any]) -> Fault:
    errors = said.get("errors")
    named = [
        str(each.get("field") or "")
        for each in (errors if isinstance(errors, list) else [])
        if isinstance(each, dict)
    ]
    if any(re.match(r"from\b|reply_to|template_id", each) for each in named):
        return Fault.ACCOUNT
    if named and all(re.match(r"personalizations\.\d+\.to\b", each) for each in named):
        return Fault.MESSAGE
    return Fault.UNCLEAR


def _by_words(words: str) -> Fault:
    if _SENDER.search(words):
        return Fault.ACCOUNT
    return Fault.MESSAGE if _RECIPIENT.search(words) else Fault.UNCLEAR


_READERS: dict[str, Callable[[int, dict[str, Any]], Fault]] = {
    "mailgun": _mailgun,
    "postmark": _postmark,
    "brevo": _brevo,
    "sendgrid": _sendgrid,
}
