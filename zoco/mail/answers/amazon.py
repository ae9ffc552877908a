"""Amazon SES's notices by mail: JSON in the text, sent by its notification service.

Source: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
from typing import Any

from zoco.mail.answers.kinds import Complaint
from zoco.mail.answers.mime import Message
from zoco.mail.answers.reports import RECIPIENTS_MOST, Reported
from zoco.mail.answers.smtp import address_of, status_in

_KINDS = {"bounce", "complaint", "delivery"}
JSON_MOST = 60_000


def notice(message: Message) -> dict[str, Any] | None:
    """Return the notice that a message holds, None where there is none."""
    for part in message.parts:
        text = part.text.lstrip()[:JSON_MOST]
        found = _read(text) if text.startswith("{") else None
        inner = _text(found, "Message", JSON_MOST) if found else ""
        found = _read(inner) if inner.startswith("{") else found
        if found and _KINDS & found.keys():
            return found
    return None


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def bounced(said: dict[str, Any]) -> list[Reported]:
    """Return the recipients that bounced, as a delivery status would name them."""
    bounce = said.get("bounce")
    listed = bounce.get("bouncedRecipients") if isinstance(bounce, dict) else None
    out = []
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and (address := address_of(_text(each, "emailAddress"))):
            diagnostic = _text(each, "diagnosticCode")
            status = status_in(_text(each, "status"))
            diagnostic = diagnostic.removeprefix("smtp;").strip()
            out.append(Reported(address, address, _text(each, "action") or "failed", status, diagnostic, ""))
    return out[:RECIPIENTS_MOST]


def complained(said: dict[str, Any]) -> Complaint | None:
    """Return the complaint that a notice tells of."""
    complaint = said.get("complaint")
    if not isinstance(complaint, dict):
        return None
    listed = complaint.get("complainedRecipients")
    recipients = [
        address
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and (address := address_of(_text(each, "emailAddress")))
    ]
    kind = _text(complaint, "complaintFeedbackType") or "abuse"
    return Complaint(kind, tuple(recipients[:RECIPIENTS_MOST]), "", _text(complaint, "arrivalDate"))


def _text(said: dict[str, Any], name: str, most: int = 2000) -> str:
    found = said.get(name)
    return found[:most] if isinstance(found, str) else ""
