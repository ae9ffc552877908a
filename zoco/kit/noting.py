"""The log of changes, as whatever lies below the project knows it.

It writes by itself what a saved row tells; `note` is for what no row tells: many rows at once, a file, a key.
Without the project (inside somebody else's) nobody listens, and nothing is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

_noters: list[Callable[..., None]] = []


def listen(noter: Callable[..., None]) -> None:
    """Let somebody write the lines; he takes what `note` is given."""
    if noter not in _noters:
        _noters.append(noter)


def note(*, action: str, kind: str, name: str, details: Mapping[str, Any], by: Any = None) -> None:
    """Tell of a change: `details` maps a field to [before, after], without secrets and personal data."""
    for noter in _noters:
        noter(action=action, kind=kind, name=name, details=details, by=by)
