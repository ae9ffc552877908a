"""What files tell that people did, or that was done to them: an app above says which fact each becomes."""

from dataclasses import dataclass

from zoco.kit.plugs import Registry
from zoco.ledger.pictures.labels import NAMES


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that files tell of. `words` are what programs call it, in small letters.

    `fact` is the name of the fact that it becomes, `verdict` that of who did it: human, or server. Facts of
    the past wake nobody: no subscriber hears of them, whatever their name is.
    """

    key: str
    fact: str
    verdict: str
    words: frozenset[str]

    @property
    def said(self) -> str:
        """Return what the fact is called everywhere."""
        return str(NAMES.get(self.fact, self.fact))


DEEDS: Registry[Deed] = Registry("activity in files of people")


def deed_of(word: str) -> Deed | None:
    """Return what a program calls by this word; None for what becomes no fact."""
    plain = " ".join(word.casefold().replace("_", " ").split())
    return next((each for each in DEEDS if plain == each.key or plain in each.words), None)
