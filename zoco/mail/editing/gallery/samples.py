"""Words of the gallery that stand for others: whoever leaves them sends an instruction, or our promise."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy, override

from zoco.mail.editing.gallery.ready import TONGUES
from zoco.mail.letters.drafts import Draft

SAMPLES = (
    gettext_lazy("The first story"),
    gettext_lazy("The second story"),
    gettext_lazy("Say in two sentences what it is about, and why it is worth reading."),
    gettext_lazy("Say what somebody can do now that was not possible before."),
    gettext_lazy("10 % off everything"),
    gettext_lazy("One letter a month, with what is worth knowing."),
)
_TAG = re.compile(r"<[^>]*>")


def samples_left(draft: Draft) -> list[tuple[int, str]]:
    """Return the block, counted from 1, and the words of each sample that nobody changed, in any tongue."""
    if draft.kind != "blocks":
        return []
    known = _samples()
    found = [
        (number, words)
        for number, block in enumerate(draft.blocks, 1)
        for words in _said(block)
        if words in known
    ]
    return list(dict.fromkeys(found))


@cache
def _samples() -> frozenset[str]:
    found: set[str] = set()
    for tongue in TONGUES:
        with override(tongue):
            found.update(str(each) for each in SAMPLES)
    return frozenset(found)


def _said(value: Any) -> Iterator[str]:
    """Give each piece of text in a block: a field, or what stands between two tags of it."""
    if isinstance(value, str):
        yield from (html.unescape(each).strip() for each in _TAG.split(value))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _said(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _said(each)
