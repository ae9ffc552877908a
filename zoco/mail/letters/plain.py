"""The text part, made of the HTML: what somebody reads whose mailbox shows no HTML, and what filters weigh.

Tables of mail are layout, so each cell is a paragraph of its own; tools that draw tables would put two
columns of pictures and prices beside each other. A link stands behind its words.
"""

import re
import textwrap
from html.parser import HTMLParser

from zoco.mail.letters.writing import OPEN

LINE = 76
_PARAGRAPHS = {"p", "div", "td", "th", "table", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "center"}
_SILENT = {"style", "script", "title", "head", "noscript", "template"}
_HIDDEN = re.compile(r"display\s*:\s*none|max-height\s*:\s*0", re.I)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_VOID = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr"}


def text_made(html: str) -> str:
    """Return HTML as plain text with lines of 76 characters at most, where words allow it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Gathers paragraphs. Statements between them, which are comments that hold marks, take no line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.statements: set[int] = set()
        self.words = ""
        self.silent: list[str] = []
        self.links: list[tuple[str, int]] = []
        self.lists: list[int] = []
        self.lead = ""
        self.shown = ""

    def text(self) -> str:
        self._end()
        said = (
            f"{each}\n\n" * (at not in self.statements) or each for at, each in enumerate(self.paragraphs)
        )
        return re.sub(r"\n{3,}", "\n\n", "".join(said)).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        hidden = tag in _SILENT or _HIDDEN.search(given.get("style", ""))
        if (self.silent or hidden) and tag not in _VOID:
            self.silent.append(tag)
        if self.silent or hidden:
            return
        if tag in _PARAGRAPHS:
            self._end()
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ul" else 1)
        elif tag == "li":
            self._end()
            self.lead = "- "
            if self.lists and self.lists[-1]:
                self.lead = f"{self.lists[-1]}. "
                self.lists[-1] += 1
        elif tag == "br":
            self.words += "\n"
        elif tag == "hr":
            self._end()
            self.paragraphs.append("-" * 20)
        elif tag == "img" and given.get("alt"):
            self.words += f"[{given['alt'].strip()}]"
        elif tag == "a":
            self.links.append((given.get("href", ""), len(self.words)))

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
            return
        if tag == "a" and self.links:
            self._link(*self.links.pop())
        if tag in _PARAGRAPHS or tag == "li":
            self._end()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words += _SPACES.sub(" ", data)

    def handle_comment(self, data: str) -> None:
        if self.silent or not data.startswith(OPEN):
            return
        if self.words.strip():
            self.words += data
            return
        self.statements.add(len(self.paragraphs))
        self.paragraphs.append(data)

    def _link(self, address: str, since: int) -> None:
        said = self.words[since:].strip()
        if address == self.shown and said:
            return
        if address.startswith(("http", "mailto:", "tel:", OPEN)) and address != said:
            shown = address.removeprefix("mailto:").removeprefix("tel:")
            if shown != said:
                self.words = f"{self.words.rstrip()} <{shown}>" if said else f"{self.words}<{shown}>"
                self.shown = address

    def _end(self) -> None:
        """End a paragraph."""
        lines = [_SPACES.sub(" ", line).strip() for line in self.words.split("\n")]
        self.words = ""
        if not any(lines):
            return
        lead, self.lead = self.lead, ""
        wrapped = [
            textwrap.fill(
                line, LINE, initial_indent=lead if not at else " " * len(lead),
                subsequent_indent=" " * len(lead), break_long_words=False, break_on_hyphens=False,
            )
            for at, line in enumerate(lines)
        ]  # fmt: skip
        said = "\n".join(wrapped).strip("\n")
        if lead and self.paragraphs and self.paragraphs[-1].startswith(("- ", "1. ")):
            self.paragraphs[-1] += f"\n{said}"
        else:
            self.paragraphs.append(said)
