"""What is wrong with a draft, each thing at its place: a block (by its path), a field, or the source."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.mail.letters.blocks import block_kind
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft, LetterWrong, Value, many
from zoco.mail.letters.placeholders import PlaceholderWrong


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing. `place`: indices of a block and of those within it ((2, 0, 1): third block, first column,
    second block in it), empty for the whole; `field` is subject, preview, source or nothing."""

    words: str
    place: tuple[int, ...] = ()
    field: str = ""


def draft_wrongs(draft: Draft) -> list[Wrong]:
    """Return what keeps a draft from being made; each block is tried alone where all of them fail."""
    if not _failure(draft):
        return []
    empty = replace(draft, kind="blocks", blocks=(), source="", subject="", preview="")
    found = [
        Wrong(words, field=name)
        for name in ("subject", "preview")
        if (words := _failure(replace(empty, subject=getattr(draft, name))))
    ]
    if draft.kind != "blocks":
        words = _failure(replace(draft, subject="", preview=""))
        return [*found, Wrong(words, field="source")] if words else found
    found += [
        Wrong(words, place)
        for place, block in _blocks(draft.blocks)
        if (words := _failure(replace(empty, blocks=(block,))))
    ]
    return found or [Wrong(_failure(draft))]


def _blocks(blocks: object, above: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Value]]:
    """Give the blocks that stand alone: those in columns instead of the columns, if these can be read."""
    for at, block in enumerate(many({"blocks": blocks}, "blocks")):
        inner = [
            found
            for number, column in enumerate(many(block.get("value") or {}, "columns"))
            for found in _blocks(column.get("blocks"), (*above, at, number))
            if not _is_section(found[1])
        ]
        bad = [each for each in inner if _failure(Draft(subject="", blocks=(each[1],)))]
        yield from bad or [((*above, at), block)]


def _is_section(block: Value) -> bool:
    try:
        return block_kind(block).is_section
    except LetterWrong:
        return False


def _failure(draft: Draft) -> str:
    """Return why a draft cannot be made, in the reader's language; empty where it can."""
    try:
        compiled(draft)
    except (LetterWrong, PlaceholderWrong) as wrong:
        return words_of(wrong)
    return ""


def words_of(wrong: Said) -> str:
    """Say what is wrong in the reader's language; of a block's own troubles without the block's number."""
    inner = wrong.places.get("why")
    if isinstance(inner, Said) and "at" in wrong.places:
        return words_of(inner)
    places = {name: words_of(each) if isinstance(each, Said) else each for name, each in wrong.places.items()}
    return _(wrong.words) % places
