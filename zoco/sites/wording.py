"""What went wrong in the background is kept as a sentence and its places, and said to whoever reads it."""

from typing import Any

from django.utils.translation import gettext

from zoco.kit.said import Said


def packed_said(wrong: Said) -> tuple[str, dict[str, Any]]:
    """Return a sentence and its places as JSON keeps them; what is wrong within it is kept so too."""
    places = {
        name: [*packed_said(value)]
        if isinstance(value, Said)
        else value
        if isinstance(value, int | float)
        else str(value)
        for name, value in wrong.places.items()
    }
    return wrong.words, places


def said_again(words: str, places: dict[str, Any], *, is_english: bool = False) -> str:
    """Say it in the language of the reader, or in English; "" for nothing."""
    if not words:
        return ""
    filled = {
        name: said_again(*each, is_english=is_english) if isinstance(each, list) else each
        for name, each in places.items()
    }
    sentence = words if is_english else gettext(words)
    return sentence % filled if filled else sentence


def said_whole(wrong: Said) -> str:
    """Say what is wrong in the reader's language, and what is wrong within it too."""
    return said_again(*packed_said(wrong))
