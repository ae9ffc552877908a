"""Who makes what the messages of a batch say: a plug, opened once in each process that sends."""

from collections.abc import Sequence
from typing import Protocol

from zoco.channels.bulk.models import Batch
from zoco.channels.contract import Content, Refused
from zoco.channels.drafts import Claimed
from zoco.kit.plugs import Registry


class Making(Protocol):
    """An open making: what all messages of a batch share is ready."""

    def contents(self, claimed: Sequence[Claimed]) -> Sequence[Content | Refused]:
        """Return what each says, in this order; Refused where it cannot be made for one of them."""


class Maker(Protocol):
    """Makes messages. The sender calls `open` once for each batch in a process."""

    @property
    def key(self) -> str: ...

    def open(self, batch: Batch) -> Making:
        """Make ready what all messages share; what it raises pauses the batch."""


MAKERS: Registry[Maker] = Registry("maker of messages")
