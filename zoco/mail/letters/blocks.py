"""Blocks: what a letter is made of. Each kind makes MJML of its fields.

A kind that is no section stands in a column, its own or that of a block *columns*. Apps that have something
to show (products, articles, coupons) offer it through `zoco.kit.showing`; the fields of what is chosen there
are those of the blocks here, so a block stands without them too.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.kit.plugs import Registry
from zoco.mail.letters import fields as asked
from zoco.mail.letters.drafts import LetterWrong, Value, many, text_of
from zoco.mail.letters.fields import Field
from zoco.mail.letters.parts import PADDING, button, card, picture, with_shown
from zoco.mail.letters.writing import Room

COLUMNS_MOST = 4
BLOCKS_MOST = 200
WIDTH = 600
"""Pixels of the sheet."""


class Block(ABC):
    """One kind of block. `is_section`: it makes its own columns and cannot stand in one.

    `fields` are what an editor asks for, in order; who may read it is asked of every block.
    """

    key: ClassVar[str]
    label: ClassVar[Promise]
    fields: ClassVar[Sequence[Field]] = ()
    is_section: ClassVar[bool] = False

    @abstractmethod
    def mjml(self, value: Value, room: Room, width: int) -> str:
        """Return its MJML; `width`: pixels that it has. Everything of `value` goes through `room`."""

    def still(self, value: Value, room: Room) -> Value:
        """Return its fields such that they ask nobody any more, for a letter that is being sent."""
        return value


BLOCKS: Registry[Block] = Registry("block of letters")


@BLOCKS.plug
class Heading(Block):
    """A heading of the first, second or third rank."""

    key = "heading"
    label = _("Heading")
    fields = asked.HEADING

    def mjml(self, value: Value, room: Room, width: int) -> str:
        rank = value.get("rank") if value.get("rank") in (1, 2, 3) else 1
        size = {1: 26, 2: 20, 3: 16}[int(rank or 1)]
        words = room.words(text_of(value, "text"))
        return (
            f'<mj-text css-class="z-ink" font-size="{size}px" line-height="1.25" '
            f'padding="16px {PADDING}px 4px">'
            f'<h{rank} style="margin:0;font-size:{size}px;font-weight:600">{words}</h{rank}></mj-text>'
        )


@BLOCKS.plug
class Text(Block):
    """Paragraphs, lists and links."""

    key = "text"
    label = _("Text")
    fields = asked.TEXT

    def mjml(self, value: Value, room: Room, width: int) -> str:
        return f'<mj-text css-class="z-ink">{room.rich(text_of(value, "text"))}</mj-text>'


@BLOCKS.plug
class Image(Block):
    """A picture, with what is on it in words, and where it leads."""

    key = "image"
    label = _("Image")
    fields = asked.IMAGE

    def mjml(self, value: Value, room: Room, width: int) -> str:
        return picture(value, room, width, padding=f"12px {PADDING}px")


@BLOCKS.plug
class Button(Block):
    """A link that stands by itself."""

    key = "button"
    label = _("Button")
    fields = asked.BUTTON

    def mjml(self, value: Value, room: Room, width: int) -> str:
        return button(text_of(value, "text"), text_of(value, "link"), room)


@BLOCKS.plug
class Divider(Block):
    """A line, or only room."""

    key = "divider"
    label = _("Divider")
    fields = asked.DIVIDER

    def mjml(self, value: Value, room: Room, width: int) -> str:
        if value.get("is_line", True):
            return f'<mj-divider padding="16px {PADDING}px"/>'
        return '<mj-spacer height="24px"/>'


@BLOCKS.plug
class Social(Block):
    """Links to where the company is found."""

    key = "social"
    label = _("Social links")
    fields = asked.SOCIAL

    def mjml(self, value: Value, room: Room, width: int) -> str:
        """Return its MJML: words and no icons, which many mailboxes hide with all pictures."""
        links = [
            f'<a class="z-link" href="{room.address(text_of(each, "link"))}" '
            f'style="color:{room.look.accent};padding:0 8px">{room.words(text_of(each, "text"))}</a>'
            for each in many(value, "links")
        ]
        return f'<mj-text align="center" font-size="14px">{" ".join(links)}</mj-text>' if links else ""


@BLOCKS.plug
class Footer(Block):
    """Who writes, with a postal address, and the way out: most laws want both."""

    key = "footer"
    label = _("Footer")
    fields = asked.FOOTER

    def mjml(self, value: Value, room: Room, width: int) -> str:
        lines = [room.words(text_of(value, "company")), *room.lines(text_of(value, "address"))]
        if text_of(value, "why"):
            lines.append(room.words(text_of(value, "why")))
        links = [
            (text_of(value, "unsubscribe"), "{{ links.unsubscribe }}"),
            (text_of(value, "preferences"), "{{ links.preferences }}"),
            (text_of(value, "online"), "{{ links.online }}"),
        ]
        out = [
            f'<a class="z-muted" href="{room.address(leads)}" style="color:#5c5c5c">{room.words(words)}</a>'
            for words, leads in links
            if words
        ]
        lines.append(" · ".join(out))
        return (
            f'<mj-text css-class="z-muted" align="center" font-size="12px" color="#5c5c5c" '
            f'padding="24px {PADDING}px">{"<br/>".join(each for each in lines if each)}</mj-text>'
        )


@BLOCKS.plug
class Product(Block):
    """A product with picture, price and a button."""

    key = "product"
    label = _("Product")
    fields = asked.PRODUCT

    def mjml(self, value: Value, room: Room, width: int) -> str:
        return card(with_shown(value, "product", room), room, width)


@BLOCKS.plug
class Article(Block):
    """An article with picture, first lines and a button."""

    key = "article"
    label = _("Article")
    fields = asked.ARTICLE

    def mjml(self, value: Value, room: Room, width: int) -> str:
        return card(with_shown(value, "article", room), room, width)


@BLOCKS.plug
class Coupon(Block):
    """A code in a frame, what it is worth and until when."""

    key = "coupon"
    label = _("Coupon")
    fields = asked.COUPON

    def mjml(self, value: Value, room: Room, width: int) -> str:
        value = with_shown(value, "coupon", room)
        accent = room.look.accent
        code = room.words(text_of(value, "code"))
        parts = [room.words(text_of(value, "title"))]
        if code:
            parts.append(
                f'<span style="display:inline-block;margin:8px 0;padding:8px 16px;border:2px dashed {accent};'
                f'font-size:20px;font-weight:600;letter-spacing:1px">{code}</span>'
            )
        parts += room.lines(text_of(value, "text"))
        words = "<br/>".join(each for each in parts if each)
        return f'<mj-text css-class="z-ink" align="center">{words}</mj-text>' + button(
            text_of(value, "button"), text_of(value, "link"), room
        )


@BLOCKS.plug
class Columns(Block):
    """Two to four columns side by side; on a phone one below the other."""

    key = "columns"
    label = _("Columns")
    is_section = True

    def mjml(self, value: Value, room: Room, width: int) -> str:
        columns = many(value, "columns")[:COLUMNS_MOST]
        if not columns:
            return ""
        each_width = width // len(columns)
        made = [
            f"<mj-column>{''.join(_inner(one, room, each_width) for one in many(each, 'blocks'))}</mj-column>"
            for each in columns
        ]
        return f"<mj-section>{''.join(made)}</mj-section>"


def _inner(block: Value, room: Room, width: int) -> str:
    kind = block_kind(block)
    if kind.is_section:
        raise LetterWrong(gettext_noop("A block %(kind)s cannot stand in a column."), kind=kind.key)
    return kind.mjml(block.get("value") or {}, room, width)


def block_kind(block: Value) -> Block:
    """Return a block's kind. Raises LetterWrong for one that is not there."""
    key = text_of(block, "type")
    if key not in BLOCKS:
        raise LetterWrong(
            gettext_noop("There is no block %(kind)r; there are: %(kinds)s."),
            kind=key,
            kinds=", ".join(BLOCKS.keys()),
        )
    return BLOCKS.get(key)
