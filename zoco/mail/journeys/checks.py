"""What speaks against publishing a journey: of its letters, as it does against sending them to many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zoco.channels.reads import account_usual
from zoco.mail.editing.models import Letter
from zoco.mail.journeys.leaving import LetterStep
from zoco.mail.sending.checks import Problem, Weight, account_problems, letter_problems
from zoco.mail.sending.freezing import drafts_of


def letter_keys(graph: Mapping[str, Any]) -> list[int]:
    """Return the letters of a drawing, each once, in the order of its steps."""
    steps = [each for each in graph.get("steps", {}).values() if each.get("kind") == LetterStep.key]
    keys = dict.fromkeys(each.get("settings", {}).get("letter") for each in steps)
    return [key for key in keys if isinstance(key, int)]


def problems_of(letters: Sequence[int], *, now: datetime) -> list[Problem]:
    """Return what speaks against letters now, the gravest first."""
    found: list[Problem] = []
    there = Letter.objects.select_related("site", "account").in_bulk(letters)
    for letter in (there[key] for key in letters if key in there):
        account = letter.account or account_usual("email")
        found += account_problems(account, now=now, mend=("zoco_letter_settings", letter.pk))
        found += letter_problems(letter, drafts_of(letter, {}))
    order = list(Weight)
    return sorted(dict.fromkeys(found), key=lambda each: order.index(each.weight))
