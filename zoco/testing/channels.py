"""Channels for tests: what every adapter must hold, and one that keeps what it gets in a file.

The file is shared by all processes that know its path, so that they can count together.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from zoco.channels.contract import (
    CHANNELS,
    NOT_PRINTED,
    Ability,
    Channel,
    CheckFailed,
    Content,
    Field,
    Hidden,
    Later,
    Opened,
    Outcome,
    Outgoing,
    Refused,
    Sent,
    Unknown,
)
from zoco.testing.contracts import ContractBroken

PATIENCE_SECONDS = 30.0
PLACES = {"host", "port", "server", "url", "user"}
"""Names of fields that say where secrets go, or as whose."""
OUTCOMES = (Sent, Refused, Later, Unknown)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as the other side got it."""

    id: str
    to: str
    data: dict[str, Any]
    text: str = ""


class FakeLine:
    """Writes each message into the file before it answers."""

    def __init__(self, account: Opened) -> None:
        self.path, self.answer = Path(account.settings["file"]), account.settings["answer"]

    def send(self, outgoing: Outgoing) -> Outcome:
        """Take it, or answer as the account says."""
        match self.answer:
            case "refuse":
                return Refused("550 5.1.1 no such user", "5.1.1")
            case "later":
                return Later("451 4.7.1 try later", "4.7.1")
            case "slow":
                time.sleep(0.01)
        try:
            _write(self.path, outgoing)
        except sqlite3.Error as error:
            return Later(f"The file cannot be written: {error}.")
        return Unknown("It was told, and did not answer.") if self.answer == "silence" else Sent(outgoing.id)


class FakeChannel(Channel):
    """An adapter whose other side is a file; people are known to it by their handle."""

    key = "fake"
    label = "Fake"
    abilities = frozenset({Ability.SEND, Ability.PUBLISH})
    identity = ("social", "fake")
    is_direct = True
    fields = (
        Field("file", "File"),
        Field(
            "answer",
            "Answer",
            "choice",
            choices=tuple((each, each) for each in ("take", "refuse", "later", "silence", "slow")),
            default="take",
        ),
        Field("word", "Password", "secret", is_needed=False),
    )
    example = {"file": "/nowhere/at/all", "answer": "take", "word": "honeycomb"}

    @contextmanager
    def line(self, account: Opened) -> Iterator[FakeLine]:
        """Give a line."""
        yield FakeLine(account)

    def check(self, account: Opened) -> None:
        """Look whether the file can be there. Raises CheckFailed."""
        if not Path(account.settings["file"]).parent.is_dir():
            raise CheckFailed("There is no folder for %(file)s.", file=account.settings["file"])


@contextmanager
def fake_channel(channel: FakeChannel | None = None) -> Iterator[FakeChannel]:
    """Have the adapter meanwhile, or another one that is made of it."""
    channel = channel or FakeChannel()
    CHANNELS.add(channel)
    try:
        yield channel
    finally:
        CHANNELS.remove(channel.key)


def taken(path: Path) -> list[Taken]:
    """Return what the other side got, in order."""
    with closing(_opened(path)) as file:
        rows = file.execute("select id, receiver, data, text from taken order by rowid").fetchall()
    return [Taken(uid, to, json.loads(data), text) for uid, to, data, text in rows]


def channel_holds(channel: Channel) -> None:
    """Hold an adapter to what it says of itself, and to what it does where nobody is.

    Raises ContractBroken.
    """
    if not channel.abilities or not channel.label:
        raise ContractBroken(f"{channel.key} has no label, or can do nothing.")
    if channel.may(Ability.SEND) and channel.identity is None:
        raise ContractBroken(f"{channel.key} sends to people and does not say how they are known to it.")
    names = [each.name for each in channel.fields]
    if set(names) != set(channel.example) or len(set(names)) < len(names):
        raise ContractBroken(f"The example of {channel.key} has not the fields that its accounts have.")
    places = {each.name for each in channel.fields if each.is_place}
    if channel.secret_names and (open_places := PLACES.intersection(names) - places):
        raise ContractBroken(f"{channel.key} takes its secrets along when these change: {open_places}.")
    account = account_of(channel, channel.example)
    if any(value in repr(account) for value in account.secrets.values()):
        raise ContractBroken(f"Secrets of {channel.key} print themselves.")
    _nobody_is_an_outcome(channel, account)


def account_of(channel: Channel, given: Mapping[str, Any]) -> Opened:
    """Return an account of an adapter with these settings and secrets."""
    secrets = {name: str(given[name]) for name in channel.secret_names if name in given}
    settings = {each.name: each.default for each in channel.fields if each.kind != "secret"}
    return Opened("trial", settings | {k: v for k, v in given.items() if k not in secrets}, Hidden(secrets))


def _nobody_is_an_outcome(channel: Channel, account: Opened) -> None:
    outgoing = Outgoing("019a0000-0000-8000-8000-000000000000", "ana@shop.example", Content("Hello", "Hello"))
    with channel.line(account) as line:
        outcome = line.send(outgoing)
    if not isinstance(outcome, OUTCOMES) or isinstance(outcome, Sent):
        raise ContractBroken(f"{channel.key} says of a message to nobody: {outcome!r}.")
    try:
        channel.check(account)
    except CheckFailed as failed:
        told = [str(failed), outcome.reason]
    else:
        raise ContractBroken(f"{channel.key} finds an account in order that leads to nobody.")
    if any(value in text for value in account.secrets.values() for text in told):
        raise ContractBroken(f"{channel.key} tells its secrets when it fails; leave them {NOT_PRINTED}.")


def _write(path: Path, outgoing: Outgoing) -> None:
    with closing(_opened(path)) as file:
        file.execute(
            "insert into taken (id, receiver, data, text) values (?, ?, ?, ?)",
            (outgoing.id, outgoing.to, json.dumps(dict(outgoing.content.data)), outgoing.content.text),
        )


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    file.execute("create table if not exists taken (id text, receiver text, data text, text text)")
    return file


def batches_sent() -> None:
    """Send what is due of all batches now, as the workers do it, in this thread."""
    from zoco.channels.bulk.running import batch_go_on, batches_due

    for batch in batches_due(now=timezone.now(), without=[]):
        batch_go_on(batch=batch, stop=threading.Event())
