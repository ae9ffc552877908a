"""What apps hold of people without a key of theirs: by an address, its hash, a number in a bitmap."""

from collections.abc import Collection
from typing import Any, Protocol

from zoco.kit.plugs import Registry

Rows = dict[str, list[dict[str, Any]]]


class Giver(Protocol):
    """Gives what no key of a person leads to, for whoever asks what there is of him; see `giving.person`."""

    key: str

    def rows(self, people: Collection[int]) -> Rows:
        """Return what is held of these people, by the name of its table. It writes nothing."""


GIVERS: Registry[Giver] = Registry("giver of what is held")
