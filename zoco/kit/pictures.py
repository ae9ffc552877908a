"""Pictures that can be chosen: whoever keeps some registers an Album; who shows them knows no area.

What is given out is a copy that stays: letters lie in mailboxes for years, whatever becomes of the original.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from zoco.kit.plugs import Registry
from zoco.kit.said import Said


class PictureWrong(Said, ValueError):
    """A picture cannot be taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture to choose, as small as a stamp."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A copy: its public address, what is on it in words, and the pixels in which it is shown."""

    url: str
    alt: str
    width: int
    height: int


class Album(Protocol):
    """A place with pictures. `user` is who asks; what he may not do is never done for him."""

    key: str

    def may_choose(self, user: Any) -> bool:
        """Return whether somebody may choose from it at all."""

    def may_add(self, user: Any) -> bool:
        """Return whether somebody may put pictures into it."""

    def found(self, user: Any, words: str, most: int) -> Sequence[Thumb]:
        """Return pictures that words find and he may choose, the newest first; empty words find all."""

    def add(self, user: Any, file: Any, alt: str) -> str:
        """Keep an uploaded file; returns its key. Raises PictureWrong."""

    def copied(self, user: Any, key: str, width: int) -> Picture:
        """Return a copy that is shown at most this wide, sharp on dense screens. Raises PictureWrong."""


ALBUMS: Registry[Album] = Registry("album of pictures")
