"""A letter as it is at the start of its sending, so that what leaves later is the same."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.letters.drafts import Draft
from zoco.mail.letters.still import stilled, thawed

__all__ = ["drafts_of", "frozen", "thawed"]


def drafts_of(letter: Letter, subjects: Mapping[str, str]) -> list[Draft]:
    """Return a letter in its languages, with other subjects where there are any."""
    return [
        replace(each, subject=subjects.get(each.language) or each.subject) for each in letter_drafts(letter)
    ]


def frozen(letter: Letter, subjects: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a letter as it is kept. Raises LetterWrong where what a block shows is gone."""
    return [stilled(each) for each in drafts_of(letter, subjects)]
