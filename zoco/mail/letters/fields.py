"""What an editor asks for each kind of block, in words of whoever writes letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Kind = Literal["line", "lines", "rich", "address", "pixels", "choice", "flag", "links", "chosen", "picture"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Of `links` each line is words and an address; `chosen` is something that an area shows;
    `picture` is the address of an image, which can be chosen or uploaded."""

    name: str
    label: Any
    kind: Kind = "line"
    help: Any = ""
    choices: Sequence[tuple[Any, Any]] = ()
    initial: Any = ""
    most: int = 500


_LINK = Field("link", _("Leads to"), "address", help=_("An address with https://, or one of your site."))
_PICTURE = (
    Field("url", _("Address of the image"), "picture"),
    Field("alt", _("What is on it"), help=_("For whoever does not see the image.")),
    Field("width", _("Width of the image in pixels"), "pixels"),
)
_WORDS = Field("button", _("Words of the button"))


def _chosen(label: Any) -> Field:
    help_text = _("What is left empty below is taken from it.")
    return Field("chosen", label, "chosen", help=help_text)


HEADING = (
    Field("text", pgettext_lazy("letter", "Words")),
    Field(
        "rank",
        _("Size of the heading"),
        "choice",
        choices=((1, _("large")), (2, _("middle")), (3, _("small"))),
        initial=1,
    ),
)
TEXT = (Field("text", pgettext_lazy("letter", "Text"), "rich", most=50_000),)
IMAGE = (*_PICTURE, _LINK)
BUTTON = (Field("text", _("Words of the button")), _LINK)
DIVIDER = (Field("is_line", _("Show a line"), "flag", initial=True),)
SOCIAL = (
    Field(
        "links",
        pgettext_lazy("letter", "Links"),
        "links",
        help=_("One a line: the words, then the address, such as Mastodon https://social.example/@shop"),
        most=5_000,
    ),
)
FOOTER = (
    Field("company", _("Who writes")),
    Field("address", _("Postal address"), "lines", help=_("Many laws want it in advertising."), most=2_000),
    Field("why", _("Why somebody gets this letter")),
    Field("unsubscribe", _("Words of the link to unsubscribe")),
    Field("preferences", _("Words of the link to choose"), help=_("Left empty, there is no such link.")),
    Field(
        "online", _("Words of the link to read in the browser"), help=_("Left empty, there is no such link.")
    ),
)
_CARD = (
    Field("title", _("Title")),
    Field("text", pgettext_lazy("letter", "Text"), "lines", most=5_000),
    *_PICTURE,
    _LINK,
)
PRODUCT = (
    _chosen(_("Product")),
    *_CARD,
    Field("price", _("Price")),
    Field("price_before", _("Price before")),
    _WORDS,
)
ARTICLE = (_chosen(_("Article")), *_CARD, _WORDS)
COUPON = (
    _chosen(_("Coupon")),
    Field("title", _("Title")),
    Field("code", _("Code")),
    Field("text", pgettext_lazy("letter", "Text"), "lines", most=5_000),
    _LINK,
    _WORDS,
)
