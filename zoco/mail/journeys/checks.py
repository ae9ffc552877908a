"""What speaks against publishing a journey: of its letters, as against sending them, and of its messages."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from zoco.channels.mailing.accounts import mail_account_usual
from zoco.consent.models import Purpose
from zoco.mail.editing.models import Letter
from zoco.mail.journeys.leaving import LetterStep
from zoco.mail.journeys.messages.checks import message_problems, needs_no_consent
from zoco.mail.journeys.models import Journey
from zoco.mail.sending.checks import Problem, Weight, account_problems, letter_problems
from zoco.mail.sending.freezing import drafts_of


def letter_keys(graph: Mapping[str, Any]) -> list[int]:
    """Return the letters of a drawing, each once, in the order of its steps."""
    steps = [each for each in graph.get("steps", {}).values() if each.get("kind") == LetterStep.key]
    keys = dict.fromkeys(each.get("settings", {}).get("letter") for each in steps)
    return [key for key in keys if isinstance(key, int)]


def is_without_consent(graph: Mapping[str, Any]) -> bool:
    """Return whether a drawing writes to people who agreed to nothing."""
    letters = Letter.objects.filter(pk__in=letter_keys(graph)).exclude(purpose=Purpose.MARKETING)
    return needs_no_consent(graph) or letters.exists()


def problems_of(journey: Journey, *, now: datetime) -> list[Problem]:
    """Return what speaks now against what is drawn and can run, the gravest first."""
    graph = journey.draft.get("graph", {})
    found = [*_letters(graph, now), *message_problems(graph, journey=journey.pk)]
    order = list(Weight)
    return sorted(dict.fromkeys(found), key=lambda each: order.index(each.weight))


def _letters(graph: Mapping[str, Any], now: datetime) -> Iterator[Problem]:
    letters = letter_keys(graph)
    there = Letter.objects.select_related("site", "account").in_bulk(letters)
    for letter in (there[key] for key in letters if key in there):
        account = letter.account or mail_account_usual()
        yield from account_problems(account, now=now, mend=("zoco_letter_settings", letter.pk))
        yield from letter_problems(letter, drafts_of(letter, {}))
