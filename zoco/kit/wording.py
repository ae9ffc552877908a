"""What went wrong in the background is kept as a sentence and its places, and said to whoever reads it.

Apart from `said`, which also those raise who know no Django.
"""

from typing import Any

from django.utils.translation import gettext

from zoco.kit.said import Said, packed_said


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
