"""What the names of tables say that their rows do not: who is subscribed, which letter was opened.

Mailchimp tells both by files alone. Its zip of a whole account has more tables than those that are read:
sums, places and letters themselves.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

STATUS, DEED, LETTER = "status (file)", "activity (file)", "letter (file)"
"""Columns that are made of names."""
_BY_NAME = re.compile(r"(?:^|[_-])(nonsubscribed|unsubscribed|subscribed|cleaned)(?=[_.-]|$)")
_LISTS = re.compile(r"(?:^|/)lists/(members|unsubscribed|cleaned|transactional)/[^/]+\Z", re.IGNORECASE)
_PAST = re.compile(r"(?:^|/)granular_activity/(opens|clicks)/(?:\d+_)?([^/]+)\.\w+\Z", re.IGNORECASE)
_STATES = {"members": "subscribed", "transactional": "nonsubscribed"}


def tables_told(names: Sequence[str]) -> list[str]:
    """Return which files of a zip are read, people before what they did: of an account those two alone."""
    lists = sorted(name for name in names if _LISTS.search(name))
    past = sorted(name for name in names if _PAST.search(name))
    return [*lists, *past] or sorted(names)


def said_by(name: str) -> dict[str, str]:
    """Return what the name of a table says of all of its rows, by column."""
    if found := _PAST.search(name):
        return {DEED: found[1].lower(), LETTER: found[2].replace("_", " ").strip()}
    if found := _LISTS.search(name):
        state = found[1].lower()
        return {STATUS: _STATES.get(state, state)}
    if found := _BY_NAME.search(PurePosixPath(name).name.casefold()):
        return {STATUS: found[1]}
    return {}
