"""E-mail by the API of a provider, by django-anymail.

What becomes of a message they tell later, signed or with a word that the account has; see `views.heard`.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from zoco.channels.adapters.email import SENDER_FIELDS, sender_validate
from zoco.channels.contract import (
    Field,
    Heard,
    ListenRefused,
    Opened,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Told,
)
from zoco.channels.mailing.api import NOT_SIGNED, MailApi
from zoco.channels.mailing.faults import fault_of
from zoco.channels.mailing.mime import MessageUnfit, letter_of
from zoco.channels.mailing.outcomes import UNCLEAR, Said, answered, unanswered

TOLD = {
    "bounced": Told.BOUNCED,
    "rejected": Told.BOUNCED,
    "complained": Told.COMPLAINED,
    "unsubscribed": Told.UNSUBSCRIBED,
    "delivered": Told.DELIVERED,
    "opened": Told.OPENED,
    "clicked": Told.CLICKED,
}
"""What follows from an event, by anymail's name for it."""
NOT_THERE = "invalid"
"""Anymail's name for an address of which the provider says that it is none."""
_NO_REPORT = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)
"""What anymail raises for what providers never send; whoever is not proved yet may send anything."""
# What brings anymail in stands inside functions: it takes requests along, and few processes send.


@dataclass(frozen=True, slots=True)
class Provider:
    """What providers differ in. `proof` is the field that proves who tells, and what anymail calls it.

    `once` gives what a request that was proved serves once by, where the proof is not of its body.
    """

    key: str
    label: Any
    name: str
    fields: tuple[Field, ...]
    proof: tuple[str, str]
    looks_at: str
    headers: Callable[[Mapping[str, str]], dict[str, str]]
    bases: Mapping[str, str]
    access: str = "api_key"
    once: Callable[..., str] | None = None


class ProviderLine:
    """Sends by one session of HTTP."""

    def __init__(self, channel: "ProviderChannel", account: Opened) -> None:
        self.channel, self.account = channel, account
        self._backend: Any = None

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one message."""
        from anymail.exceptions import AnymailError, AnymailRequestsAPIError

        if outgoing.content.raw or outgoing.content.wire:
            return Refused("The API of a provider takes no message that is made already.", "unfit")
        try:
            letter: Any = letter_of(outgoing, self.account)
        except MessageUnfit as error:
            return Refused(str(error), "unfit")
        letter.metadata = {"message": outgoing.id}
        if stream := self.account.settings.get("stream"):
            letter.esp_extra = {"MessageStream": stream}
        if self._backend is None:
            self._backend = self.channel.backend(self.account)
            self._backend.open()
        try:
            self._backend.send_messages([letter])
        except AnymailRequestsAPIError as error:
            return self._outcome(error)
        except AnymailError as error:
            return Refused(str(error), "refused")
        UNCLEAR.worked(self.channel.key, self.account)
        return Sent(str(letter.anymail_status.message_id or ""))

    def close(self) -> None:
        """End the session."""
        if self._backend is not None:
            with suppress(OSError):
                self._backend.close()

    def _outcome(self, error: Any) -> Outcome:
        said, status = str(error), error.status_code
        if status is None:
            return unanswered(said, error.__cause__)
        fault = fault_of(self.channel.key, status, error.response.text)
        return answered(self.channel.key, self.account, Said(said, status, fault=fault))


class ProviderChannel(MailApi):
    """E-mail by a provider's API."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.key, self.label, self.named = provider.key, provider.label, provider.name
        self.fields = (*SENDER_FIELDS, *provider.fields)
        given = {each.name: "honeycomb-1" if each.kind == "secret" else each.default for each in self.fields}
        self.example = {**given, "from_address": "news@shop.example"}

    @contextmanager
    def line(self, account: Opened) -> Iterator[ProviderLine]:
        """Give a session."""
        with closing(ProviderLine(self, account)) as line:
            yield line

    def validate(self, settings: Mapping[str, Any]) -> None:
        """Refuse what is no address, and a key that is none."""
        sender_validate(settings)
        if settings.get("verification_key"):
            try:
                base64.b64decode(settings["verification_key"], validate=True)
            except ValueError:
                said = _("Copy the whole key, without the lines before and after it.")
                raise ValidationError({"verification_key": said}) from None

    def check(self, account: Opened) -> None:
        """Ask the provider who we are. Raises CheckFailed."""
        headers = {"Accept": "application/json", **self.provider.headers(account.secrets)}
        self.let_in(self.base(account) + self.provider.looks_at, headers)

    def base(self, account: Opened) -> str:
        """Return the address of the API, with a slash at its end."""
        elsewhere = getattr(django_settings, "ANYMAIL", {}).get(f"{self.provider.name.upper()}_API_URL", "")
        return elsewhere or self.provider.bases[account.settings.get("region", "")]

    def backend(self, account: Opened) -> Any:
        """Return what sends."""
        access = self.provider.access
        options = {
            "api_url": self.base(account),
            "requests_timeout": self.limits.seconds / 2,
            access: account.secrets.get(access, ""),
        }
        if domain := account.settings.get("sender_domain"):
            options["sender_domain"] = domain
        return import_string(f"anymail.backends.{self.key}.EmailBackend")(**options)

    def listen(self, account: Opened, request: HttpRequest) -> list[Heard]:
        """Return what became of messages: delivered, opened, come back … Raises ListenRefused."""
        from anymail.exceptions import AnymailWebhookValidationFailure

        field, option = self.provider.proof
        proof = account.secrets.get(field) or account.settings.get(field)
        if not proof:
            raise self.unproved(account)
        place = f"anymail.webhooks.{self.key}.{self.provider.name}TrackingWebhookView"
        try:
            view = import_string(place)(**{option: proof})
            view.run_validators(request)
            proof = self.provider.once(request, now=timezone.now()) if self.provider.once else ""
            events = [each for each in view.parse_events(request) if each.event_type in TOLD]
            return [replace(_heard(each), proof=proof) for each in events if each.recipient]
        except ListenRefused:
            raise
        except (AnymailWebhookValidationFailure, *_NO_REPORT) as error:
            raise ListenRefused(NOT_SIGNED) from error


def _heard(event: Any) -> Heard:
    if not isinstance(event.recipient, str):
        raise TypeError("An address is text.")
    raw = json.dumps(event.esp_event, default=str, sort_keys=True)
    name = event.event_id or blake2b(raw.encode(), digest_size=16).hexdigest()
    said = " ".join(filter(None, (event.mta_response, event.description)))
    return Heard(
        event=f"{event.event_type} {name}",
        told=TOLD[event.event_type],
        to=event.recipient,
        message=str((event.metadata or {}).get("message", "")),
        reason=said,
        is_dead=event.reject_reason == NOT_THERE,
        seen_at=event.timestamp,
        agent=(event.user_agent or "")[:500],
        url=(event.click_url or "")[:2_000],
        machine=_machine(event.esp_event),
    )


def _machine(said: Any) -> str:
    """Return whose program fetched the image ahead of its reader, where the provider says that one did."""
    if not isinstance(said, Mapping):
        return ""
    client = said.get("client-info")
    bot = client.get("bot") if isinstance(client, Mapping) else ""
    if said.get("sg_machine_open") or "proxy_open" in str(said.get("event", "")):
        return "proxy"
    return str(bot or "")[:40]
