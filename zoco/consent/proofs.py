"""What proofs say in words: an app that records choices by a sign of its own says what that sign means.

A proof that nobody puts into words stands name by name, the usual names in the reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.consent.models import Choice
from zoco.kit.plugs import Registry

Proof = Mapping[str, str]
NAMES = {
    "form": _("Form"),
    "text": _("What was shown"),
    "topics": _("Topics"),
    "language": _("Language"),
    "page": _("Page"),
    "way": pgettext_lazy("proof", "Filled in by"),
    "asked_at": _("Asked"),
    "told_at": pgettext_lazy("proof", "Told"),
    "message": _("Letter"),
    "token": pgettext_lazy("proof", "Mark of the link"),
    "where": pgettext_lazy("proof", "Where it was agreed to"),
    "address": pgettext_lazy("proof", "Network address"),
    "import": pgettext_lazy("proof", "Imported file"),
    "line": pgettext_lazy("proof", "Line of the file"),
    "reason": pgettext_lazy("proof", "Reason given"),
    "letter": pgettext_lazy("proof", "After the letter"),
}
"""What proofs say, in the order in which people ask for it."""
OWN_FORMS = {
    "unsubscribe": pgettext_lazy("proof", "the link in a letter"),
    "preferences": pgettext_lazy("proof", "the page where people choose what they get"),
}


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


def proof_named(proof: Proof, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    """Return what a proof says, name by name; a name that is not usual stands as it was kept, at the end."""
    usual = [name for name in NAMES if name in proof]
    others = sorted(proof.keys() - NAMES.keys())
    return [(str(NAMES.get(name, name)), _value(name, str(proof[name]), moment)) for name in usual + others]


def _value(name: str, value: str, moment: Callable[[datetime], str]) -> str:
    if name == "form":
        return str(OWN_FORMS.get(value, value))
    at = parse_datetime(value) if name.endswith("_at") else None
    return moment(at) if at is not None and at.tzinfo is not None else value
