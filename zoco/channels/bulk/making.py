"""What makes the messages of a batch: a plug of whoever knows what they say."""

from collections.abc import Sequence
from typing import Protocol

from zoco.channels.bulk.models import Batch
from zoco.channels.contract import Content, Refused
from zoco.channels.drafts import Claimed
from zoco.kit.plugs import Registry


class MakingStopped(RuntimeError):
    """Raised where nobody's message can be made as things are: the batch waits, and nobody is refused."""


class Making(Protocol):
    """Makes messages of one batch in one process."""

    def contents(self, claimed: Sequence[Claimed]) -> Sequence[Content | Refused]:
        """Return what each says, in order. What raises is asked again one by one, so that one fails alone.

        Raises MakingStopped where it is not the matter of one.
        """


class Maker(Protocol):
    """Opens a batch. `key` is what its batches name."""

    @property
    def key(self) -> str: ...

    def open(self, batch: Batch) -> Making:
        """Make ready what all messages share: once a process and batch. If it raises, the batch waits."""


MAKERS: Registry[Maker] = Registry("maker of messages")
