"""What speaks against publishing a journey, of its messages that could leave as they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zoco.consent.models import Purpose
from zoco.ledger.pictures.labels import language_within
from zoco.mail.journeys import there
from zoco.mail.journeys.messages.step import MessageStep
from zoco.mail.journeys.messages.texts import asks_for, texts_read
from zoco.mail.sending.checks import Problem, Weight


def needs_no_consent(graph: Mapping[str, Any]) -> bool:
    """Return whether some message of a drawing goes to whoever agreed to nothing."""
    return any(each.get("purpose") != Purpose.MARKETING for _number, _name, each in _messages(graph))


def message_problems(graph: Mapping[str, Any], *, journey: int) -> Iterator[Problem]:
    """Yield what speaks against the messages of a drawing that can run."""
    for number, name, settings in _messages(graph):
        account = there.account(settings["account"])
        if account is not None and not account.is_on:
            words = _("The account %(account)s is off; switch it on first.") % {"account": account}
            yield Problem(words, mend=("zoco_channels_account", account.pk))
        yield from _rules(number, settings, ("zoco_journey_step", journey, name))


def _rules(number: int, settings: Mapping[str, Any], here: tuple[object, ...]) -> Iterator[Problem]:
    if settings["purpose"] != Purpose.MARKETING:
        words = _("The message of step %(number)s is no marketing: it goes also to people who never agreed.")
        yield Problem(words % {"number": number}, Weight.NOTE, here)
        return
    if not settings.get("topic"):
        words = _("The message of step %(number)s has no topic: only who agreed to all marketing gets it.")
        yield Problem(words % {"number": number}, Weight.NOTE, here)
    for text in texts_read(settings["texts"]):
        if not asks_for(text, "links"):
            words = _(
                "The message of step %(number)s (%(language)s) says nowhere how to leave; put "
                "{{ links.unsubscribe }} into it, unless its channel has a way of its own."
            )
            said = {"number": number, "language": language_within(text.language)}
            yield Problem(words % said, Weight.NOTE, here)


def _messages(graph: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield the number, as pages count steps, the name and the settings of each step that sends a message."""
    for number, (name, step) in enumerate(graph.get("steps", {}).items(), 1):
        if step.get("kind") == MessageStep.key:
            yield number, name, step.get("settings") or {}
