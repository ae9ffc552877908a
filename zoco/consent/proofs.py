"""What proofs say in words: an app that records choices by a sign of its own says what that sign means.

A proof that nobody puts into words stands as it was kept, name by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zoco.consent.models import Choice
from zoco.kit.plugs import Registry

Proof = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProofWords:
    """Words for proofs whose `by` is `key`. `said` returns a sentence for each, in their order.

    Its second argument writes a moment as the page does.
    """

    key: str
    said: Callable[[Sequence[Proof], Callable[[datetime], str]], Sequence[str]]


PROOFS: Registry[ProofWords] = Registry("words of proofs")


def proofs_said(choices: Sequence[Choice], moment: Callable[[datetime], str]) -> dict[int, str]:
    """Return what proofs say, by the key of the choice; those that nobody words are left out."""
    by_sign: dict[str, list[Choice]] = {}
    for each in choices:
        if (sign := each.proof.get("by", "")) in PROOFS:
            by_sign.setdefault(sign, []).append(each)
    found: dict[int, str] = {}
    for sign, mine in by_sign.items():
        words = PROOFS.get(sign).said([each.proof for each in mine], moment)
        found |= {each.pk: said for each, said in zip(mine, words, strict=True)}
    return found
