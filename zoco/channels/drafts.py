"""What is to be sent, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from zoco.channels.contract import Channel, Content, Opened
from zoco.channels.models import Message
from zoco.kit.ids import uuid8
from zoco.kit.said import Said

Maker = Callable[[str], Content]
KEPT = frozenset({"subject", "text", "html", "headers", "data", "sender"})
"""What of a content is kept as it is, until it is sent."""


class DraftWrong(Said, ValueError):
    """A message cannot be what it is said to be; nothing was kept of any of the call."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sent. The same `key` twice is one message.

    Content is kept until the message's fate is known, and sent from here when its time has come. Whoever
    gives a function instead (of the message's id) makes it when it is needed, and calls again with the same
    key at the time that a fate names; `subject` says meanwhile what it is. `to` is an address of the
    person's, else the one that is used. Without a person it is for everybody who follows the account, or for
    its program; permission is nobody's then.
    """

    key: str
    account: int
    content: Content | Maker
    person: int = 0
    purpose: str = ""
    topic: str = ""
    to: str = ""
    campaign: str = ""
    about_kind: str = ""
    about: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message so far; `until` is when it may go on, for one that waits."""

    message: int
    key: str
    state: Message.State
    because: str = ""
    until: datetime | None = None
    reason: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that may leave now, by whoever claimed it."""

    message: int
    key: str
    uid: str
    tries: int
    to: str
    name: str
    account: Opened
    account_key: int
    channel: Channel
    content: Content | Maker
    person: int = 0


def message_uid(key: str) -> UUID:
    """Return the id of the message of a key, also before it is there. Nobody else can work it out.

    Whoever answers is believed because he knows it; keys of messages are easily guessed.
    """
    return UUID(uuid8(b"message", _secret(), key.encode()))


def _secret() -> bytes:
    given: str | bytes = settings.SECRET_KEY
    return given if isinstance(given, bytes) else given.encode()


def fate_of(message: Message, *, is_new: bool = False) -> Fate:
    """Return the fate of a message."""
    until = message.next_at if message.state == Message.State.WAITS else None
    state = Message.State(message.state)
    return Fate(message.pk, message.key, state, message.because, until, message.reason, is_new)


def kept_body(content: Content) -> dict[str, Any]:
    """Return a content as a message keeps it until it is sent."""
    return {name: getattr(content, name) for name in KEPT} | {"raw": content.whole.decode("latin-1")}


def kept_draft(message: Message) -> Draft:
    """Return what a message that is kept was drafted as."""
    kept = {name: value for name, value in (message.body or {}).items() if name in KEPT}
    raw = str((message.body or {}).get("raw", "")).encode("latin-1")
    return Draft(
        key=message.key,
        account=message.account_id or 0,
        content=Content(raw=raw, **kept),
        person=message.person_id or 0,
        purpose=message.purpose,
        topic=message.topic,
        to=message.to,
    )
