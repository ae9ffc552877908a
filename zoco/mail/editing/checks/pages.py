"""What stands on the page that a letter became: pictures, links with their words, and how much is written."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Picture:
    """An image. `leads`: it is a link, so that whoever does not see it does not know where to."""

    address: str
    alt: str
    is_sized: bool
    leads: bool


@dataclass(slots=True)
class Page:
    """All of it."""

    pictures: list[Picture] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Address and words of each."""
    words: int = 0
    """Octets of text that is seen."""


def page_read(html: str) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.silent = 0
        self.address: str | None = None
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("style", "title", "script"):
            self.silent += 1
        elif tag == "a":
            self.address, self.said = given.get("href", ""), []
        elif tag == "img":
            is_sized = bool(given.get("width")) or "width" in given.get("style", "")
            leads = self.address is not None
            self.page.pictures.append(
                Picture(given.get("src", ""), given.get("alt", "").strip(), is_sized, leads)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title", "script"):
            self.silent = max(self.silent - 1, 0)
        elif tag == "a" and self.address is not None:
            self.page.links.append((self.address, " ".join("".join(self.said).split())))
            self.address = None

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.page.words += len(" ".join(data.split()).encode())
        if self.address is not None:
            self.said.append(data)
