"""One thing that was found before a letter is sent."""

from dataclasses import dataclass
from typing import Literal

from zoco.ledger.pictures.labels import language_name

Grade = Literal["bad", "warn"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, in the reader's language. `bad`: the letter should not leave so; `warn`: look at it.

    `block` counts from 1, 0 is the subject or the whole. `source` names the rule that others hold it to.
    """

    key: str
    grade: Grade
    words: str
    do: str
    language: str = ""
    block: int = 0
    source: str = ""

    @property
    def tongue(self) -> str:
        """The name of the language."""
        return language_name(self.language) if self.language else ""
