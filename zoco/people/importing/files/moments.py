"""Moments as programs write them that follow no standard."""

import re

_GO = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{1,6})?\d* ([+-]\d\d)(\d\d)(?: \S+)?(?: m=\S+)?\Z")
"""What Go writes of a moment, as in exports of listmonk: with the zone's name, or its offset once more."""


def moment_plain(text: str) -> str:
    """Return a moment as ISO 8601 writes it; what is written in no known way stays."""
    if found := _GO.match(text):
        return f"{found[1]}{found[2] or ''}{found[3]}:{found[4]}"
    return text
