"""What all of these pictures are laid out with: a sheet, lines of text that fit, and colours of paper."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import category, east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, SIDE = 960.0, 24.0
INNER = WIDTH - 2 * SIDE
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WIDE, NARROW, CAPITAL = 1.0, 0.56, 0.68
"""How wide letters are at most, in font sizes: nobody can measure before it is drawn."""
# The colours of the light ground; a file does not know on which ground it will stand, so it has its own.
STYLE = SafeString(
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans SC',sans-serif;"
    "font-size:12px;fill:#5f5f64;font-variant-numeric:tabular-nums}"
    ".ink{fill:#1d1d1f}.title{font-size:20px;font-weight:600;fill:#2e1f5e}.base{font-size:14px}"
    ".bold{font-weight:600}.good{fill:#007d7e}.end{text-anchor:end}.mid{text-anchor:middle}"
    ".bar{fill:#a9d6d6}.c{color:#5f5f64}"
    ".l1{fill:none;stroke:#007d7e;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".prev{fill:none;stroke:#5f5f64;stroke-width:1.25;stroke-dasharray:3 3}"
    ".imp{stroke-dasharray:9 4}.dot{stroke-dasharray:1.5 3}.f1{fill:#007d7e}"
    "path.mark{stroke:#414a95;stroke-dasharray:2 3;fill:none}text.mark{fill:#414a95}"
    ".h1{fill:#eef7f7}.h2{fill:#b5dede}.h3{fill:#7fc4c4}.h4{fill:#4da7a8}.h5{fill:#096b6c}.h6{fill:#124c4c}"
    ".rib{fill:#7fc4c4;fill-opacity:.45}.nod{fill:#007d7e}.rib.out{fill:#c9c9ce}.nod.out{fill:#8e8e93}"
    ".bal.out{fill:#8e8e93}.bal.line{fill:#c9c9ce}"
    ".open{fill:none;stroke:#5f5f64;stroke-dasharray:3 3}.pale{fill:#fff}"
    ".i{stroke:#1d1d1f;fill:#1d1d1f;color:#1d1d1f}.i.open{fill:#fff;stroke-dasharray:none}"
    ".i.pale{stroke-opacity:.45}.grid{fill:none;stroke:#ececee}"
    ".more{fill:#007d7e}.less{fill:#8e8e93}.zero{fill:none;stroke:#5f5f64;vector-effect:non-scaling-stroke}"
)


@dataclass(frozen=True, slots=True)
class Body:
    """What is drawn, moved to its place, and how high it is."""

    drawn: SafeString
    height: float


def wide(text: str, size: float) -> float:
    """Return how wide a text is at most."""
    return size * sum(_letter(each) for each in text)


def _letter(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return WIDE
    return CAPITAL if letter.isupper() or letter in "mwMW—…%" else NARROW


def clean(text: str) -> str:
    """Return a text without what no XML may hold: whatever visitors wrote ends up in names."""
    return "".join(each for each in text if category(each) not in ("Cc", "Cs", "Cn") or each == " ")


def legal(svg: str) -> str:
    """Return a drawing without what no XML may hold, in whichever of its titles and texts it stands."""
    return _ILLEGAL.sub("", svg)


def fitted(text: str, room: float, size: float = 12.0) -> str:
    """Return as much of a text as fits, with a mark where something is left out."""
    text = clean(text)
    if wide(text, size) <= room:
        return text
    kept = ""
    for letter in text:
        if wide(f"{kept}{letter}…", size) > room:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def lines(text: str, room: float, most: int, size: float = 12.0) -> list[str]:
    """Return a text in lines that fit, broken at spaces; the last one is cut where there are more."""
    found = [""]
    for word in clean(text).split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and wide(longer, size) > room:
            found.append(word)
        else:
            found[-1] = longer
    rest = " ".join(found[most - 1 :])
    return [fitted(each, room, size) for each in (*found[: most - 1], rest) if each]


def written(x: float, y: float, text: str, kind: str = "") -> SafeString:
    """Return a line of text."""
    return format_html('<text x="{}" y="{}" class="{}">{}</text>', f"{x:.1f}", f"{y:.1f}", kind, clean(text))


def box(x: float, y: float, width: float, height: float, kind: str) -> SafeString:
    """Return a rectangle."""
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" class="{}"/>',
        f"{x:.1f}", f"{y:.1f}", f"{max(width, 0.5):.1f}", f"{height:.1f}", kind,
    )  # fmt: skip


def together(parts: Iterable[SafeString]) -> SafeString:
    """Return parts one after the other."""
    return format_html_join("", "{}", ((each,) for each in parts))


def below(texts: Iterable[tuple[str, str]], y: float, step: float) -> Iterator[SafeString]:
    """Yield lines of text with their classes below each other."""
    for number, (text, kind) in enumerate(texts):
        yield written(SIDE, y + number * step, text, kind)
