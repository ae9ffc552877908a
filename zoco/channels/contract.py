"""What an adapter is: one file with a subclass of Channel, registered by `@CHANNELS.plug`.

An adapter knows neither people nor permission: it is handed what may leave, and says what became of it.
`zoco.testing.channels` holds every adapter to this contract.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from socket import socket
from typing import Any, Literal, Protocol, runtime_checkable

from django.http import HttpRequest

from zoco.consent.deciding import Decision
from zoco.kit.plugs import Registry
from zoco.kit.said import Said

FieldKind = Literal["text", "number", "choice", "flag", "secret"]
NOT_PRINTED = "•••"


class Ability(StrEnum):
    """What an adapter can do: reach one person, tell everybody, hear what comes back."""

    SEND = "send"
    PUBLISH = "publish"
    LISTEN = "listen"


class CheckFailed(Said, RuntimeError):
    """An account does not work; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it. `known_as` is its own name for the message, if it has one."""

    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not taken, and will not be however often it is tried. `code` is what the other side calls it."""

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """It was not taken, and may be later: after so many seconds, or after the usual pause if 0.

    `is_account`: nothing was said of this message, for the account does not work at all. `is_destination` is
    set by who judges the words: they are of where it goes to.
    """

    reason: str
    code: str = ""
    after_seconds: float = 0.0
    is_account: bool = False
    is_destination: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it was taken: the other side was told, and did not answer."""

    reason: str


Outcome = Sent | Refused | Later | Unknown


class Told(StrEnum):
    """What another side tells of a message later, as far as something follows from it."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"


class ListenRefused(Said, ValueError):
    """What came in was not proved to come from the account's other side."""


class ListenLater(Said, RuntimeError):
    """What came in cannot be proved now; it may come again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was told. `event` is its name there: told twice, it is one. `message` is our id.

    `is_dead`: the other side itself says that nobody can be reached at the address. `is_judged`: whoever
    heard it has judged the address, and its reason is not looked at again; `judged_by` is what decided. Of
    what was opened or followed: `seen_at` when, `agent` and `url` with what and which link, `machine` whose
    program it was, if it was one. `proof` is what serves once, where what proved it is not of what was told.
    """

    event: str
    told: Told
    to: str
    message: str = ""
    reason: str = ""
    is_dead: bool = False
    is_judged: bool = False
    judged_by: Decision | None = None
    seen_at: datetime | None = None
    agent: str = ""
    url: str = ""
    machine: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What an account of an adapter must say. The value of a `secret` is sealed and never shown again.

    `is_place`: secrets go where this says, or as whose this says; whoever changes it enters them again. A
    secret that is `of` another field goes when that is left empty.
    """

    name: str
    label: Any
    kind: FieldKind = "text"
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    default: str | int | bool = ""
    is_needed: bool = True
    is_place: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` is of one message in bytes, `seconds` how long one may take until its fate is unknown.

    `characters` is how many a text may have (code points), 0 where nobody says.
    """

    size: int = 10_000_000
    seconds: float = 60.0
    characters: int = 0


class Hidden(dict[str, str]):
    """Secrets that do not print themselves."""

    def __repr__(self) -> str:
        return NOT_PRINTED

    __str__ = __repr__

    def scrubbed(self, text: str) -> str:
        """Return a text without them: what another side says may repeat what it was told."""
        for value in sorted(self.values(), key=len, reverse=True):
            text = text.replace(value, NOT_PRINTED) if value else text
        return text


@dataclass(frozen=True, slots=True)
class Opened:
    """An account as its adapter gets it."""

    name: str
    settings: Mapping[str, Any]
    secrets: Hidden = field(default_factory=Hidden)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says; an adapter takes what it can carry.

    `raw` is a whole message (RFC 5322) made already, which goes as it is. `wire` is one in pieces, of which
    many may be other messages' too: first the head with the empty line after it, then a body, whose last
    line is not empty. Whoever made it ended every line by CR LF, at most 998 octets long, with no dot at its
    beginning and no blank at its end. `sender` is the address that what cannot be delivered comes back to,
    where it is not the account's; `data` what a program reads.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    sender: str = ""
    raw: bytes = b""
    wire: tuple[bytes, ...] = ()

    @property
    def whole(self) -> bytes:
        """Return the message that is made already; nothing where there is none."""
        return self.raw or b"".join(self.wire)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. `id` is the same each time that it is tried; `to` is empty where it is for everybody."""

    id: str
    to: str
    content: Content
    name: str = ""


class Line(Protocol):
    """A way to the other side that several messages may take, one after the other, in one thread."""

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send one; whatever may happen is an outcome, never an exception."""


class Talk(Protocol):
    """A message on its way over a connection: one thread goes on with many of them.

    `waits_for` is what the next step waits for at `sock`, as `selectors` has it; `is_void` says that the
    connection was no more and nothing was said: the message is sent as any other.
    """

    sock: socket
    waits_for: int
    is_void: bool

    def go_on(self) -> Outcome | None:
        """Do what can be done without waiting; None where there is more to do."""

    def abandon(self) -> None:
        """Hang up in the middle."""


@runtime_checkable
class TalkingLine(Protocol):
    """A line that can send without waiting, once it is connected."""

    def talk(self, outgoing: Outgoing) -> Talk | None:
        """Begin to send one message; None where it is to be sent by `send`."""


class Channel:
    """A way to reach people. Subclass it, say what it is, and register it with `@CHANNELS.plug`.

    `identity` is how people are known there: a kind of identity and its space. `fields` are what an account
    must say, `example` is one that leads to nobody. Where `repeats` is true the other side knows a message
    again by its id, so that one whose fate is unknown is tried again. `means` is what people agree to, where
    several adapters lead to the same: whoever wants e-mail wants it by whichever server. Where `is_direct`
    is true, what is said of a message may be the words of the server that its address is at.
    """

    key: str
    label: Any
    abilities: frozenset[Ability]
    means: str = ""
    identity: tuple[str, str] | None = None
    fields: tuple[Field, ...] = ()
    example: Mapping[str, Any] = {}
    limits: Limits = Limits()
    repeats: bool = False
    is_direct: bool = False

    @contextmanager
    def line(self, account: Opened) -> Iterator[Line]:
        """Give a line. It connects with its first message, so that what fails there is an outcome."""
        raise NotImplementedError
        yield

    def validate(self, settings: Mapping[str, Any]) -> None:
        """Refuse settings that cannot be. Raises ValidationError, by field."""

    def check(self, account: Opened) -> None:
        """Look whether an account works, without sending anything to anybody. Raises CheckFailed."""
        raise NotImplementedError

    def listen(self, account: Opened, request: HttpRequest) -> list[Heard]:
        """Return what a request tells, once it is proved who tells it. Raises ListenRefused, ListenLater."""
        raise NotImplementedError

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Names of the fields whose values are sealed."""
        return tuple(each.name for each in self.fields if each.kind == "secret")

    def may(self, ability: Ability) -> bool:
        """Return whether it can do this."""
        return ability in self.abilities


CHANNELS: Registry[Channel] = Registry("channel")
