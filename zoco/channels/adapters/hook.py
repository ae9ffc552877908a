"""Web hooks: a program of one's own is told, by JSON that is signed, as often as it takes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy, gettext_noop

from zoco.channels.contract import (
    CHANNELS,
    Ability,
    Channel,
    CheckFailed,
    Content,
    Field,
    Later,
    Limits,
    Opened,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
)
from zoco.kit import hooks, http

GONE = 410
PING = "zoco.ping"


class HookLine:
    """Tells one address; each message is a request of its own."""

    def __init__(self, account: Opened, limits: Limits) -> None:
        self.account, self.limits = account, limits

    def send(self, outgoing: Outgoing) -> Outcome:
        """Tell it. Whoever says Gone is told nothing more of this; any other no may heal."""
        body = body_of(outgoing)
        if len(body) > self.limits.size:
            return Refused(f"It has {len(body)} bytes; at most {self.limits.size} go.", "size")
        try:
            answer = hooks.hook_post(
                self.account.settings["url"],
                secret=self.account.secrets.get("key", ""),
                event=outgoing.id,
                body=body,
            )
        except http.AddressRefused as error:
            return Later(str(error), "address")
        except http.FetchFailed as error:
            return Unknown(str(error))
        said, code = f"The address answered with {answer.status}.", str(answer.status)
        if 200 <= answer.status < 300:
            return Sent()
        if answer.status == GONE:
            return Refused(said, code)
        wanted = answer.headers.get("retry-after", "")
        return Later(said, code, float(wanted) if wanted.isascii() and wanted.isdigit() else 0.0)


def body_of(outgoing: Outgoing) -> bytes:
    """Return what is sent: the same bytes each time, so that the signature is the same."""
    told = {"id": outgoing.id, "event": outgoing.content.subject, "data": outgoing.content.data}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@CHANNELS.plug
class HookChannel(Channel):
    """JSON by POST to an address, signed with its key; receivers know a message again by its id."""

    key = "hook"
    label = gettext_lazy("Web hook")
    abilities = frozenset({Ability.PUBLISH})
    limits = Limits(size=1_000_000, seconds=hooks.SECONDS)
    repeats = True
    fields = (
        Field(
            "url",
            gettext_lazy("Address"),
            help=gettext_lazy("It gets JSON by POST, signed in the header X-Zoco-Signature."),
            is_place=True,
        ),
        Field(
            "key",
            gettext_lazy("Key"),
            "secret",
            help=gettext_lazy("Your program checks the signature with it."),
        ),
    )
    example = {"url": "http://127.0.0.1:9/hook", "key": "sixteen-honeycombs"}

    @contextmanager
    def line(self, account: Opened) -> Iterator[HookLine]:
        """Give a line; it holds nothing open."""
        yield HookLine(account, self.limits)

    def validate(self, settings: Mapping[str, Any]) -> None:
        """Refuse an address that leads inside."""
        try:
            http.address_check(settings["url"])
        except http.AddressRefused as error:
            raise ValidationError({"url": str(error)}) from error

    def check(self, account: Opened) -> None:
        """Tell the address that this is a test. Raises CheckFailed."""
        test = Outgoing("00000000-0000-8000-8000-000000000000", "", Content(PING))
        with self.line(account) as line:
            outcome = line.send(test)
        if not isinstance(outcome, Sent):
            words = gettext_noop("The address does not take it: %(why)s")
            raise CheckFailed(words, why=account.secrets.scrubbed(outcome.reason))
