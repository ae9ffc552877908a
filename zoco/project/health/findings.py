"""What a check found."""

from dataclasses import dataclass
from typing import Literal

from zoco.ledger.pictures import formats

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `mend` says what to do, "" when there is nothing to do."""

    check: str
    level: Level
    message: str
    mend: str = ""


def counted(number: int) -> str:
    """Return a count as the reader writes it."""
    return formats.count(number)
