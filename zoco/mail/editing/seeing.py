"""A letter as one real person would read it, before it is sent: links of his own lead nowhere yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoco.mail.letters.compiling import Compiled, compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import Draft
from zoco.mail.letters.message import Seen, seen
from zoco.mail.letters.values import Values, data_held, values_of
from zoco.people.models import Person

LINKS = {name: f"#{name}" for name in ("unsubscribe", "preferences", "online")}
_DARK = re.compile(r"@media[^{]*prefers-color-scheme\s*:\s*(dark|light)[^{]*\{", re.I)
_LOOP = re.compile(r"\{%-?\s*for\s+(\w+)\s+in\s+data\.(\w+)")
_TARGET = '<base target="_blank">'


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody sees, and how it was made."""

    letter: Compiled
    seen: Seen
    holds: frozenset[str] = frozenset()
    """Which conditions of its blocks are true for whoever reads it."""


def letter_seen(
    draft: Draft,
    *,
    person: Person | None = None,
    data: object = None,
    links: Mapping[str, str] | None = None,
) -> Look:
    """Return a letter as a person reads it, or somebody of whom nothing is known.

    Raises LetterWrong, PlaceholderWrong.
    """
    letter = compiled(draft)
    values: Values = values_of([person])[person.pk] if person else {}
    values["links"] = {**LINKS, **(links or {})}
    values["data"] = data_held(data) if data is not None else data_sample(letter)
    holds: frozenset[str] = frozenset()
    if person is not None:
        holds = conditions_held(letter.conditions, [person.pk])[person.pk]
    return Look(letter, seen(letter, values, holds), holds)


def data_sample(letter: Compiled) -> dict[str, Any]:
    """Return something for each field that a program would give: its name, as a value; one row of a list."""
    made: dict[str, Any] = {}
    for row, name in _LOOP.findall(letter.page):
        fields = re.findall(rf"\b{row}\.(\w+)", letter.page)
        made[name] = [{field: f"[{field}]" for field in fields}]
    for name in sorted(letter.asked.names):
        root, *path = name.split(".")
        if root != "data" or not path:
            continue
        inner = made
        for part in path[:-1]:
            found = inner.setdefault(part, {})
            inner = found if isinstance(found, dict) else inner
        inner.setdefault(path[-1], f"[{'.'.join(path)}]")
    return made


def page_in(html: str, *, is_dark: bool) -> str:
    """Return a page as a dark or a light screen shows it, whatever the screen is; links open elsewhere."""

    def chosen(found: re.Match[str]) -> str:
        return "@media all {" if (found[1].lower() == "dark") is is_dark else "@media not all {"

    return _DARK.sub(chosen, html).replace("<head>", f"<head>{_TARGET}", 1)
