"""A survey in a letter: the numbers of its first question as links, or a button; and its placeholder.

A number opens the survey with that number chosen; it is sent by the reader alone, on the page. The link is
signed for him, so that what he answers is his.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from zoco.mail.letters.blocks import BLOCKS, Block
from zoco.mail.letters.drafts import LetterWrong, Value, many, text_of
from zoco.mail.letters.fields import Field
from zoco.mail.letters.parts import PADDING, button
from zoco.mail.letters.values import ROOTS, Root
from zoco.mail.letters.writing import Room
from zoco.people.models import Person
from zoco.sites.consenting.words import language_for
from zoco.surveys.reads import Offered, first_scale, links_of

ASKED = "asked"
"""What a block keeps of a survey, so that a letter that is being sent asks nobody any more."""


@ROOTS.plug
class SurveyRoot(Root):
    """Links to surveys that began, signed for each reader."""

    key = "survey"
    label = _("Surveys")

    def fields(self) -> Sequence[tuple[str, Any]]:
        """Return them."""
        return [(key.replace("-", "_"), name) for key, name in Offered()]

    def values(self, people: Sequence[Person]) -> Mapping[int, Mapping[str, Any]]:
        """Return links that are made when a letter has them, and asked for by no query before."""
        return links_of(people, timezone.now().date())


@BLOCKS.plug
class Survey(Block):
    """A question with its numbers, or a button that leads to the survey."""

    key = "survey"
    label = _("Survey")
    fields = (
        Field("survey", _("Survey"), "choice", choices=Offered()),
        Field("text", _("Words above, in place of the question"), most=300),
        Field("button", _("Words of the button")),
    )

    def still(self, value: Value, room: Room) -> Value:
        """Return its fields with what the survey says. Raises LetterWrong where it is gone."""
        key = text_of(value, "survey")
        return {**value, ASKED: _asked(key, room.language)} if key and ASKED not in value else value

    def mjml(self, value: Value, room: Room, width: int) -> str:
        """Return its MJML; nothing where no survey was chosen yet."""
        if not text_of(value, "survey"):
            return ""
        asked: Any = self.still(value, room)[ASKED]
        link = "{{ survey.%s }}" % text_of(asked, "name")  # noqa: UP031 -- braces
        words = room.words(text_of(value, "text") or text_of(asked, "words"))
        strong = f"<strong>{words}</strong>"
        said = f'<mj-text css-class="z-ink" align="center">{strong}</mj-text>' if words else ""
        numbers = [_number(each, link, room) for each in many(asked, "numbers")]
        if not numbers:
            return said + button(text_of(value, "button") or text_of(asked, "button"), link, room)
        ends = room.words(text_of(asked, "ends"))
        return (
            f'{said}<mj-text css-class="z-ink" align="center" padding="4px {PADDING}px">{" ".join(numbers)}'
            f'<br/><span style="font-size:12px">{ends}</span></mj-text>'
        )


_STYLE = (
    "display:inline-block;min-width:24px;padding:8px 4px;margin:2px 0;border:1px solid {accent};"
    "border-radius:4px;text-align:center;text-decoration:none;color:{accent}"
)


def _number(each: Value, link: str, room: Room) -> str:
    number = text_of(each, "number")
    leads = room.address(f"{link}?{text_of(each, 'key')}={number}")
    style = _STYLE.format(accent=room.look.accent)
    return f'<a class="z-link" href="{leads}" style="{style}">{room.words(number)}</a>'


def _asked(key: str, language: str) -> dict[str, Any]:
    found = first_scale(key)
    if found is None:
        gone = gettext_noop("The survey %(key)s that a block asks is not there any more; choose another.")
        raise LetterWrong(gone, key=key)
    survey, question = found
    with translation.override(language_for(language)):
        return {
            "name": survey.named,
            "words": question.said(language_for(language)) if question else "",
            "numbers": [{"key": question.key, "number": each} for each in question.keys] if question else [],
            "ends": question.ends if question else "",
            "button": gettext("Answer a few questions"),
        }
