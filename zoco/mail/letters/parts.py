"""Parts that several kinds of blocks share: pictures, buttons, cards, and what areas have to show."""

from typing import Any

from django.utils.translation import gettext_noop

from zoco.kit.showing import SHOWCASES, Shown
from zoco.mail.letters.drafts import LetterWrong, Value, text_of
from zoco.mail.letters.writing import Room

PADDING = 24
"""Pixels between the edge of a column and what stands in it."""
MEASURED = "picture"
"""What is known of a picture that was chosen: its address, width and height; another address has none."""


def picture(value: Value, room: Room, width: int, *, padding: str) -> str:
    """Return a picture as MJML, or nothing without an address."""
    address = room.address(text_of(value, "url"))
    if not address:
        return ""
    shown = _shown_width(value, width - 2 * PADDING)
    alt = room.words(text_of(value, "alt"))
    leads = room.address(text_of(value, "link"))
    link = f' href="{leads}"' if leads else ""
    sized = f' width="{shown}px"' if shown else ""
    high = _shown_height(value, shown)
    sized += f' height="{high}px" css-class="z-fit"' if high else ""
    return f'<mj-image src="{address}" alt="{alt}"{sized}{link} padding="{padding}"/>'


def _shown_width(value: Value, most: int) -> int:
    """Return the width in which it is shown: its own at most, for pictures blown up are not sharp."""
    own = value.get("width")
    return min(own, most) if isinstance(own, int) and own > 0 else most


def _shown_height(value: Value, shown: int) -> int:
    """Return the height that goes with a width, 0 where only its address is known."""
    known = value.get(MEASURED)
    if not isinstance(known, dict) or known.get("url") != text_of(value, "url"):
        return 0
    wide, high = known.get("width"), known.get("height")
    if not isinstance(wide, int) or not isinstance(high, int) or wide < 1 or high < 1:
        return 0
    return max(round(shown * high / wide), 1)


def button(text: str, link: str, room: Room) -> str:
    """Return a button as MJML, or nothing without words."""
    words, leads = room.words(text), room.address(link)
    return f'<mj-button css-class="z-button" href="{leads}">{words}</mj-button>' if words else ""


def card(value: Value, room: Room, width: int) -> str:
    """Return picture, title, words, price and button, each if it is there."""
    link = text_of(value, "link")
    parts = [picture(value, room, width, padding=f"12px {PADDING}px 4px")]
    title = room.words(text_of(value, "title"))
    if title:
        leads = room.address(link)
        named = f'<a class="z-ink" href="{leads}" style="color:inherit;text-decoration:none">{title}</a>'
        lines = [f"<strong>{named if leads else title}</strong>"]
        lines += room.lines(text_of(value, "text"))
        price, before = room.words(text_of(value, "price")), room.words(text_of(value, "price_before"))
        struck = f' <s style="opacity:0.7">{before}</s>' if before else ""
        lines += [f"<strong>{price}</strong>{struck}"] if price else []
        parts.append(f'<mj-text css-class="z-ink">{"<br/>".join(lines)}</mj-text>')
    parts.append(button(text_of(value, "button"), link, room) if link else "")
    return "".join(parts)


def with_shown(value: Value, kind: str, room: Room) -> Value:
    """Return the fields of what was chosen from an area, below those that were written here."""
    chosen = text_of(value, "chosen")
    if not chosen:
        return value
    showcase, _sign, key = chosen.partition(":")
    found: Shown | None = None
    if showcase in SHOWCASES and SHOWCASES.get(showcase).kind == kind:
        found = SHOWCASES.get(showcase).shown(key, room.language)
    if found is None:
        raise LetterWrong(
            gettext_noop("The %(kind)s that a block shows is not there any more; choose another."), kind=kind
        )
    offered = found.fields()
    offered[MEASURED] = {name: offered.get(name) for name in ("url", "width", "height")}
    written: dict[str, Any] = {name: each for name, each in value.items() if each not in (None, "")}
    return {**offered, **written}
