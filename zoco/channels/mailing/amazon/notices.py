"""Notices of Amazon SES by SNS: signed by Amazon, of the account's own topic, and not old.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (what is signed),
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (what is told).
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from zoco.channels.contract import Heard, ListenLater, ListenRefused, Opened, Told
from zoco.channels.mailing.amazon.certificates import key_of
from zoco.channels.mailing.amazon.line import base
from zoco.channels.mailing.api import AHEAD, NOT_SIGNED, TOO_OLD
from zoco.kit import http

TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}\Z", re.ASCII)
OLDEST = timedelta(hours=12)
"""SNS tries for an hour at most: docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html."""
NOTE, CONFIRM = "Notification", "SubscriptionConfirmation"
SIGNED = {
    NOTE: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRM: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
HASHES = {"1": SHA1, "2": SHA256}
RECIPIENTS_MOST = 50
TOLD = {
    "Bounce": Told.BOUNCED,
    "Reject": Told.BOUNCED,
    "Complaint": Told.COMPLAINED,
    "Delivery": Told.DELIVERED,
    "Open": Told.OPENED,
    "Click": Told.CLICKED,
}
_LISTS = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients", "Delivery": "recipients"}


def heard(account: Opened, body: bytes, *, now: datetime) -> list[Heard]:
    """Return what a notice tells, once it is proved. Raises ListenRefused, ListenLater."""
    try:
        said = json.loads(body)
        kind = said["Type"]
        _prove(account, said, kind, now)
        if kind == CONFIRM:
            _confirm(account, said["Token"])
            return []
        return _told(said)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ListenRefused):
            raise
        raise ListenRefused(NOT_SIGNED) from error


def _prove(account: Opened, said: Mapping[str, Any], kind: str, now: datetime) -> None:
    topic = account.settings["topic"]
    found = TOPIC.match(topic)
    if found is None or said["TopicArn"] != topic:
        raise ListenRefused(gettext_noop("It is of another topic than the account's."))
    at = parse_datetime(said["Timestamp"])
    if at is None or at.tzinfo is None or not -AHEAD <= now - at <= OLDEST:
        raise ListenRefused(TOO_OLD)
    names = [each for each in SIGNED[kind] if each != "Subject" or said.get(each) is not None]
    text = "".join(f"{name}\n{said[name]}\n" for name in names)
    key = key_of(said["SigningCertURL"], region=found[1], at=base(account, "sns"), now=now)
    signature = base64.b64decode(said["Signature"], validate=True)
    try:
        key.verify(signature, text.encode(), PKCS1v15(), HASHES[said["SignatureVersion"]]())
    except InvalidSignature as wrong:
        raise ListenRefused(NOT_SIGNED) from wrong


def _confirm(account: Opened, token: str) -> None:
    """Confirm the account's own topic. The address is made here; the one that was sent is not asked."""
    asked = {"Action": "ConfirmSubscription", "TopicArn": account.settings["topic"], "Token": token}
    url = f"{base(account, 'sns')}?{urlencode({**asked, 'Version': '2010-03-31'})}"
    words = gettext_noop("Amazon did not confirm the subscription: %(why)s")
    try:
        answer = http.fetch(url, limits=http.Limits(seconds=5.0, redirects=0))
    except (http.FetchFailed, http.AddressRefused) as error:
        raise ListenLater(words, why=str(error)) from error
    if answer.status != 200:
        raise ListenLater(words, why=str(answer.status))


def _told(said: Mapping[str, Any]) -> list[Heard]:
    try:
        event = json.loads(said["Message"])
    except ValueError:
        return []  # "Successfully validated SNS topic …"
    kind = event.get("eventType") or event.get("notificationType")
    of = event.get(str(kind).lower()) or {}
    if kind not in TOLD or of.get("complaintFeedbackType") == "not-spam":
        return []
    mail = event["mail"]
    listed = of.get(_LISTS.get(kind, "")) or mail["destination"]
    return [
        _one(each if isinstance(each, dict) else {"emailAddress": each}, kind, of, mail, said, number)
        for number, each in enumerate(listed[:RECIPIENTS_MOST])
    ]


def _one(
    whom: Mapping[str, Any], kind: str, of: Mapping[str, Any], mail: Mapping[str, Any],
    said: Mapping[str, Any], number: int,
) -> Heard:  # fmt: skip
    to, agent, url = whom["emailAddress"], of.get("userAgent") or "", of.get("link") or ""
    if not all(isinstance(each, str) for each in (to, agent, url)):
        raise TypeError("An address is text.")
    reason = whom.get("diagnosticCode") or of.get("reason") or of.get("complaintFeedbackType") or ""
    return Heard(
        event=f"{TOLD[kind]} {said['MessageId']} {number}",
        told=TOLD[kind],
        to=to,
        message=_message(mail),
        reason=str(reason).removeprefix("smtp;").strip(),
        seen_at=parse_datetime(of.get("timestamp") or said["Timestamp"]),
        agent=agent[:500],
        url=url[:2_000],
    )


def _message(mail: Mapping[str, Any]) -> str:
    """Return our id of a message: of its tag, else of the Message-ID that it was given to Amazon with."""
    if tags := (mail.get("tags") or {}).get("message"):
        return str(tags[0])
    named = str((mail.get("commonHeaders") or {}).get("messageId") or "")
    return named.strip("<>").partition("@")[0]
