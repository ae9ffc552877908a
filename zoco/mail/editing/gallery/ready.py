"""The gallery: what each letter is for, and what it says in the language that is in force."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext, pgettext_lazy

from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.services import Words, edition_write, letter_write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TONGUES = ("en", "es", "ru", "zh-hans")
SIGNED = 20
"""So many letters are looked through for who writes and where."""
Blocks = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Ready:
    """One letter of the gallery. `write` says it in the language in force."""

    key: str
    label: Any
    note: Any
    write: Callable[[], Words]
    purpose: str = "marketing"


def ready_of(key: str) -> Ready | None:
    """Return one by its key."""
    return next((each for each in READY if each.key == key), None)


@transaction.atomic
def letter_begin(
    *, letter: Letter, ready: Ready | None, languages: Iterable[str], at: datetime, by: "User | None" = None
) -> Letter:
    """Keep a new letter, an edition for each language: of the gallery, or empty. Raises ValidationError."""
    letter_write(letter=letter, at=at, by=by)
    for language in languages:
        with override(language):
            words = ready.write() if ready else Words(blocks=[_block("text", text=""), footer()])
        words = replace(words, blocks=_signed(words.blocks, language, letter))
        edition_write(letter=letter, language=language, words=words, at=at, by=by)
    return letter


def _signed(blocks: Iterable[Mapping[str, Any]], language: str, letter: Letter) -> Blocks:
    """Let a footer begin with who writes and where, as the letter said that was changed last.

    What another site writes says nothing of this one.
    """
    written = Edition.objects.filter(kind=Edition.Kind.BLOCKS)
    if letter.site_id is not None:
        written = written.filter(Q(letter__site=letter.site_id) | Q(letter__site=None))
    latest = list(written.order_by("-changed_at", "-pk")[:SIGNED])
    latest.sort(key=lambda each: each.language != language)
    feet = [each["value"] for edition in latest for each in edition.blocks if each["type"] == "footer"]
    known = {
        name: next((foot[name] for foot in feet if foot.get(name)), "") for name in ("company", "address")
    }
    return [
        {**each, "value": known | {key: said for key, said in each["value"].items() if said}}
        if each["type"] == "footer"
        else dict(each)
        for each in blocks
    ]


def _block(kind: str, **value: object) -> dict[str, Any]:
    return {"type": kind, "value": value}


def _text(*paragraphs: str) -> dict[str, Any]:
    return _block("text", text="".join(f"<p>{each}</p>" for each in paragraphs))


def _name() -> str:
    return '{{ person.given_name|default("%s") }}' % _("friend")  # noqa: UP031 -- braces


def _hello() -> str:
    return _("Hello %(name)s,") % {"name": _name()}


def footer(*, is_online: bool = True) -> dict[str, Any]:
    """Return who writes and the way out; name and address are for the company to fill in.

    `is_online` letters can be read in the browser, too: not those of a program, whose data would be kept.
    """
    why = _("You get this letter because you agreed to it.")
    words = {"unsubscribe": _("Unsubscribe"), "preferences": _("Choose what you get")}
    words |= {"online": _("Read in the browser")} if is_online else {}
    return _block("footer", company="", address="", why=why, **words)


def _newsletter() -> Words:
    story = _("Say in two sentences what it is about, and why it is worth reading.")
    read = pgettext("button of a letter", "Read on")
    blocks = [
        _block("heading", text=_("News of this month"), rank=1),
        _text(_hello(), _("here is what happened since our last letter.")),
        _block("article", title=_("The first story"), text=story, link="/", button=read),
        _block("divider", is_line=True),
        _block("article", title=_("The second story"), text=story, link="/", button=read),
        footer(),
    ]
    return Words(_("News of this month"), _("What is new, and what we liked."), blocks=blocks)


def _announcement() -> Words:
    blocks = [
        _block("heading", text=_("It is here"), rank=1),
        _text(_hello(), _("we have worked on this for a long time, and you see it first.")),
        _block("heading", text=_("What it is good for"), rank=2),
        _text(_("Say what somebody can do now that was not possible before.")),
        _block("button", text=_("Have a look"), link="/"),
        footer(),
    ]
    return Words(_("Something new from us"), _("You see it before everybody else."), blocks=blocks)


def _offer() -> Words:
    coupon = _block(
        "coupon",
        title=_("10 % off everything"),
        code="TEN",
        text=_("Once for each order, until the end of the month."),
        button=_("To the shop"),
        link="/",
    )
    blocks = [
        _block("heading", text=_("A small present for you"), rank=1),
        _text(_hello(), _("thank you for staying with us. This code is yours:")),
        coupon,
        footer(),
    ]
    return Words(_("10 % off for you"), _("Your code is inside."), blocks=blocks)


def _welcome() -> Words:
    left = [
        _block("heading", text=_("What you get"), rank=3),
        _text(_("One letter a month, with what is worth knowing.")),
    ]
    right = [
        _block("heading", text=_("What you do not get"), rank=3),
        _text(_("Letters every day, and letters of others.")),
    ]
    blocks = [
        _block("heading", text=_("Welcome"), rank=1),
        _text(_hello(), _("thank you for joining us.")),
        _block("columns", columns=[{"blocks": left}, {"blocks": right}]),
        _block("button", text=_("Look around"), link="/"),
        footer(is_online=False),
    ]
    return Words(_("Welcome, %(name)s") % {"name": _name()}, _("What you get from us."), blocks=blocks)


def _rows() -> dict[str, Any]:
    row = '{{ row.quantity|default("1") }} × {{ row.title|default("") }} {{ row.price|default("") }}<br>'
    return _block("text", text=f"<p>{{% for row in data.rows %}}{row}{{% endfor %}}</p>")


def _basket() -> Words:
    blocks = [
        _block("heading", text=_("Your basket is still here"), rank=1),
        _text(_hello(), _("you chose these, and did not order them yet:")),
        _rows(),
        _block("button", text=_("To the basket"), link='{{ data.url|default("/") }}'),
        _text(_("Is something unclear? Answer this letter; a person reads it.")),
        footer(is_online=False),
    ]
    return Words(_("Your basket is still here"), _("We kept it for you."), blocks=blocks)


def _review() -> Words:
    blocks = [
        _block("heading", text=_("How do you like it?"), rank=1),
        _text(_hello(), _("some days ago you got your order. Tell others in two sentences how it is.")),
        _block("button", text=_("Write a review"), link='{{ data.url|default("/") }}'),
        _text(_("If something is wrong with it, answer this letter first: we put it right.")),
        footer(is_online=False),
    ]
    return Words(_("How do you like it?"), _("Two sentences help others to choose."), blocks=blocks)


def _order() -> Words:
    number = '{{ data.number|default("") }}'
    blocks = [
        _block("heading", text=_("Thank you for your order"), rank=1),
        _text(_hello(), _("we have your order %(number)s:") % {"number": number}),
        _rows(),
        _text(_("Together: %(total)s") % {"total": '{{ data.total|default("") }}'}),
        _block("button", text=_("See the order"), link='{{ data.url|default("/") }}'),
        _block("footer", company="", address="", why=_("You get this letter because you ordered.")),
    ]
    return Words(_("Your order %(number)s") % {"number": number}, blocks=blocks)


READY = (
    Ready("newsletter", gettext_lazy("Newsletter"), gettext_lazy("Two stories and a greeting."), _newsletter),
    Ready(
        "announcement",
        gettext_lazy("Announcement"),
        gettext_lazy("One thing that is new, and one button."),
        _announcement,
    ),
    Ready("offer", gettext_lazy("Offer"), gettext_lazy("A coupon with its code."), _offer),
    Ready(
        "welcome",
        pgettext_lazy("letter", "Welcome letter"),
        gettext_lazy("For whoever is new: what comes, and what does not."),
        _welcome,
    ),
    Ready(
        "basket",
        gettext_lazy("Abandoned basket"),
        gettext_lazy("A program gives what is in the basket."),
        _basket,
    ),
    Ready(
        "review", gettext_lazy("Request for a review"), gettext_lazy("Some days after the parcel."), _review
    ),
    Ready(
        "order",
        gettext_lazy("Order confirmation"),
        gettext_lazy("Transactional: a program sends it for each order."),
        _order,
        "transactional",
    ),
)
