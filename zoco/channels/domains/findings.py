"""What a look at a sending domain finds: how good it is, why, and the record to set."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext


class Check(StrEnum):
    """What is looked at."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    PTR = "ptr"
    TLS = "tls"
    MX = "mx"


class Level(StrEnum):
    """How it is. What is bad keeps campaigns from starting; unknown is what nobody answered."""

    GOOD = "good"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BAD = "bad"


NEEDED = frozenset({Check.SPF, Check.DKIM, Check.DMARC})
"""What must have been seen once before a campaign starts."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record to set in DNS."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `words` is English with named places; `seen_at` is of what was answered."""

    check: Check
    level: Level
    words: str
    places: Mapping[str, str | int] = field(default_factory=dict)
    record: Record | None = None
    seen_at: str = ""

    @property
    def said(self) -> str:
        """Return what was found in the language of the moment."""
        return gettext(self.words) % self.places

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept in a row."""
        return asdict(self)


def finding_read(kept: Mapping[str, Any]) -> Finding:
    """Return a finding that was kept."""
    record = Record(**kept["record"]) if kept.get("record") else None
    level, check = Level(kept["level"]), Check(kept["check"])
    return Finding(check, level, kept["words"], kept["places"], record, kept.get("seen_at", ""))


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level; good where nothing is."""
    order = list(Level)
    return max((each.level for each in findings), key=order.index, default=Level.GOOD)
