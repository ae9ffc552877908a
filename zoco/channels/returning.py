"""Where does a message come back to that cannot be delivered? Who reads mailboxes lies above, and says it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol

from zoco.channels.contract import Content
from zoco.channels.drafts import Claimed


class Sender(Protocol):
    """Returns the address for the envelope of a message of an account; empty for the account's own."""

    def __call__(self, message_uid: str, account: int, *, on: date) -> str: ...


_senders: list[Sender] = []


def provide(sender: Sender) -> Callable[[], None]:
    """Register who knows; called once, by the app that reads mailboxes. Returns what takes it back."""
    _senders[:] = [sender]
    return _senders.clear


def returned(claimed: Claimed, content: Content, now: datetime) -> Content:
    """Return a content with its sender, for mail that goes by a server of an account."""
    if content.sender or claimed.channel.key != "email":
        return content
    for sender in _senders:
        if address := sender(claimed.uid, claimed.account_key, on=now.date()):
            return replace(content, sender=address)
    return content
