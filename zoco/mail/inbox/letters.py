"""What the letter is called that a mail answers; one of a sending has no subject of its own."""

from collections.abc import Iterable

from zoco.channels.models import Message
from zoco.people.naming import subjects_named


def letters_named(messages: Iterable[Message | None]) -> dict[int, str]:
    """Return by its key what each message is called: its subject, or what it was sent for."""
    there = [each for each in messages if each is not None]
    named = subjects_named((each.about_kind, each.about) for each in there if not each.subject)
    return {each.pk: each.subject or named.get((each.about_kind, each.about), "") for each in there}
