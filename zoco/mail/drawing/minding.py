"""What is to be seen to before a drawing is published: letters that should not leave as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zoco.mail.editing.checks.checking import letter_checks
from zoco.mail.editing.models import Letter


@dataclass(frozen=True, slots=True)
class Minded:
    """One letter to look at: why, and the page where that is seen."""

    words: str
    url: str


def letters_minded(graph: Mapping[str, Any]) -> list[Minded]:
    """Return the letters of a drawing that somebody should look at, in the order of its steps."""
    steps = [each for each in graph.get("steps", {}).values() if each.get("kind") == "letter"]
    keys = list(dict.fromkeys(each.get("settings", {}).get("letter") for each in steps))
    letters = Letter.objects.select_related("site").in_bulk([key for key in keys if key])
    found = [_minded(letters[key]) for key in keys if key in letters]
    return [each for each in found if each is not None]


def _minded(letter: Letter) -> Minded | None:
    if any(each.grade == "bad" for each in letter_checks(letter)):
        words = _("%(letter)s: its checks find what is to be mended first.")
        return Minded(words % {"letter": letter.name}, reverse("zoco_letter_checks", args=[letter.pk]))
    if not letter.changes.exists():
        words = _("%(letter)s: nobody has changed its words since it was begun.")
        return Minded(words % {"letter": letter.name}, reverse("zoco_letter", args=[letter.pk]))
    return None
