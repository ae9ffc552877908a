"""Files that leave in pieces: each piece is made when the reader's language is no longer in force."""

from collections.abc import Iterable, Iterator

from django.utils import timezone, translation


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """Return the pieces, each made in the language and the time zone that are in force now."""
    return _spoken(iter(pieces), translation.get_language(), timezone.get_current_timezone_name())


def _spoken(pieces: Iterator[str], language: str | None, zone: str) -> Iterator[str]:
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
