"""What areas show to others: a product, an article, a coupon. Letters and pages choose from it by a key.

An area that has such things registers a Showcase; who shows them knows no area.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from zoco.kit.plugs import Registry

ShownKind = Literal["product", "article", "coupon"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing, ready to be read. Money is written out; addresses are whole; sizes are pixels."""

    title: str
    link: str = ""
    text: str = ""
    url: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    price: str = ""
    price_before: str = ""
    code: str = ""

    def fields(self) -> dict[str, Any]:
        """Return what of it there is."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


class Showcase(Protocol):
    """One kind of thing of one area. `key` stays as it is, for letters keep it."""

    key: str
    kind: ShownKind

    def shown(self, key: str, language: str) -> Shown | None:
        """Return the thing in a language, as it may be shown to everybody; None if there is none."""

    def found(self, words: str, most: int) -> Sequence[tuple[str, str]]:
        """Return (key, title) of things that words find, the newest first; empty words find all."""


SHOWCASES: Registry[Showcase] = Registry("showcase")
