"""What a page's HTML says about the tracker: its tags, where they stand, and its policies.

A hostile page can hold the parser of the standard library for minutes: `apart` runs this file as a program of
its own, for a few seconds at most.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from typing import Literal

Place = Literal["page", "noscript", "template", "comment"]
# Of these a script with a type is run; with another one it is data (HTML Standard, section 4.12.1).
RUN_TYPES = {
    "",
    "module",
    "text/javascript",
    "application/javascript",
    "text/ecmascript",
    "application/ecmascript",
}
PLAIN_NAME = "z.js"


@dataclass(frozen=True, slots=True)
class Tag:
    """A script element with an address, which is not resolved yet."""

    source: str
    to: str
    nonce: str
    type: str
    place: Place

    @property
    def name(self) -> str:
        """The last part of the address, without its query: "z.js"."""
        return self.source.partition("?")[0].partition("#")[0].rpartition("/")[2]


@dataclass(slots=True)
class Page:
    """What is read of a page."""

    tags: list[Tag] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    base: str = ""


class _Reader(HTMLParser):
    def __init__(self, page: Page, place: Place = "page") -> None:
        super().__init__()
        self._page = page
        self._place = place
        self._inside: list[Place] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "noscript" or tag == "template":
            self._inside.append("noscript" if tag == "noscript" else "template")
        elif tag == "script" and given.get("src", "").strip():
            place = self._place if self._place == "comment" or not self._inside else self._inside[-1]
            self._page.tags.append(
                Tag(
                    given["src"].strip(),
                    given.get("data-to", "").strip(),
                    given.get("nonce", "").strip(),
                    given.get("type", "").strip().lower(),
                    place,
                )
            )
        elif self._place == "comment":
            return
        elif tag == "base" and not self._page.base:
            self._page.base = given.get("href", "").strip()
        elif tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self._page.policies.append(given.get("content", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML a slash closes nothing.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("noscript", "template") and self._inside:
            self._inside.pop()

    def handle_comment(self, data: str) -> None:
        if self._place != "comment" and "<script" in data.lower():
            _Reader(self._page, "comment").feed(data)


def page_read(html: str) -> Page:
    """Read a page's HTML, however broken it is."""
    found = Page()
    reader = _Reader(found)
    reader.feed(html)
    reader.close()
    return found


if __name__ == "__main__":
    json.dump(asdict(page_read(sys.stdin.buffer.read().decode())), sys.stdout)
