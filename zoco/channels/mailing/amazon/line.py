"""A line to Amazon SES: one session of HTTP, each message made as mail and signed.

Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings as django_settings

from zoco.channels.contract import Limits, Opened, Outcome, Outgoing, Refused, Sent
from zoco.channels.mailing.amazon.signing import Signer
from zoco.channels.mailing.faults import Fault, amazon_fault
from zoco.channels.mailing.mime import MessageUnfit, bytes_of, envelope_address
from zoco.channels.mailing.outcomes import UNCLEAR, Said, answered, unanswered

KEY = "ses"
SEND = "v2/email/outbound-emails"
LOOK = "v2/email/account"
SAID_MOST = 2_000


def base(account: Opened, service: str) -> str:
    """Return where a service of Amazon is in the account's region, with a slash at its end."""
    elsewhere = getattr(django_settings, "ANYMAIL", {}).get(f"AMAZON_{service.upper()}_API_URL", "")
    return elsewhere or f"https://{service}.{account.settings['region']}.amazonaws.com/"


def signed(account: Opened, method: str, url: str, body: bytes = b"") -> dict[str, str]:
    """Return the headers of a request to SES."""
    settings, secret = account.settings, account.secrets.get("secret_key", "")
    signer = Signer(settings["access_key"], secret, settings["region"], "ses")
    given = {"Content-Type": "application/json"} if body else {}
    return signer.headers(method, url, body, at=datetime.now(UTC), given=given)


def error_of(headers: Any, body: str) -> tuple[str, str]:
    """Return the name of an error and what is said of it."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    name = str(headers.get("x-amzn-errortype") or said.get("__type") or "")
    name = name.partition(":")[0].rpartition("#")[2]
    return name[:40], str(said.get("message") or said.get("Message") or body)[:SAID_MOST]


class AmazonLine:
    """Sends by one session of HTTP."""

    def __init__(self, account: Opened, limits: Limits) -> None:
        self.account, self.limits = account, limits
        self._session: Any = None

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one message."""
        from requests.exceptions import RequestException

        try:
            body = self._body(outgoing)
        except MessageUnfit as error:
            return Refused(str(error), "unfit")
        url = base(self.account, "email") + SEND
        try:
            answer = self._opened().post(
                url,
                data=body,
                auth=_Kept(),
                headers=signed(self.account, "POST", url, body),
                timeout=self.limits.seconds / 2,
                allow_redirects=False,
            )
        except RequestException as error:
            return unanswered(str(error), error)
        if answer.status_code != 200:
            code, said = error_of(answer.headers, answer.text)
            fault = amazon_fault(answer.status_code, code, said)
            return answered(
                KEY, self.account, Said(f"{code} {said}".strip(), answer.status_code, code, fault)
            )
        return self._taken(answer.text)

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()

    def _taken(self, body: str) -> Outcome:
        try:
            known_as = json.loads(body)["MessageId"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return answered(
                KEY, self.account, Said(f"No answer of SES: {body[:200]}", 200, "", Fault.UNCLEAR)
            )
        UNCLEAR.worked(KEY, self.account)
        return Sent(str(known_as))

    def _opened(self) -> Any:
        import requests

        if self._session is None:
            self._session = requests.Session()
        return self._session

    def _body(self, outgoing: Outgoing) -> bytes:
        content = outgoing.content
        raw = b"".join(content.wire) if content.wire else bytes_of(outgoing, self.account)
        told: dict[str, Any] = {
            "Destination": {"ToAddresses": [envelope_address(outgoing.to)[0]]},
            "Content": {"Raw": {"Data": base64.b64encode(raw).decode()}},
            "EmailTags": [
                {"Name": "message", "Value": re.sub(r"[^\w.@-]", "-", outgoing.id, flags=re.ASCII)}
            ],
        }
        if chosen := self.account.settings.get("configuration_set"):
            told["ConfigurationSetName"] = chosen
        return json.dumps(told).encode()


class _Kept:
    """Leaves the signature as it is: without it, requests would put what stands in a .netrc in its place."""

    def __call__(self, request: Any) -> Any:
        return request
