"""What decided that an address is not written to, in words that whoever undoes it can judge by."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from zoco.kit.masks import masked, plain_text

if TYPE_CHECKING:
    from zoco.consent.models import SuppressionEvent

SAID_MOST = 300
LOCAL_LEAST = 3
"""A shorter name before the @ would take the codes out of what a server said."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, and by what. `by` is a `SuppressionEvent.By`.

    `rule` is the words or the code by which an answer of a server was judged, `source` where it is written
    that they mean it, `reason` what they mean. `subject`, `letter` and `sent_at` are of the letter that was
    answered, `notice` is the name of the answer.
    """

    by: str
    rule: str = ""
    source: str = ""
    reason: str = ""
    code: str = ""
    said: str = ""
    letter: UUID | None = None
    subject: str = ""
    sent_at: datetime | None = None
    notice: str = ""
    note: str = ""
    user: Any = None


def event_of(
    decision: Decision, *, mark: str, why: str, at: datetime, value: str = "", is_lift: bool = False
) -> "SuppressionEvent":
    """Return the row that keeps a decision, unsaved; `value` is the address, which no word of it may name."""
    from zoco.consent.models import SuppressionEvent

    return SuppressionEvent(
        hash=mark, why=why, at=at, is_lift=is_lift, by=decision.by, rule=decision.rule[:200],
        source=decision.source[:300], reason=decision.reason[:20], code=decision.code[:12],
        said=said_masked(decision.said, value), letter=decision.letter,
        subject=plain_text(decision.subject)[:200], sent_at=decision.sent_at, notice=decision.notice[:100],
        note=plain_text(decision.note)[:200], user=decision.user,
    )  # fmt: skip


def said_masked(said: str, value: str) -> str:
    """Return what a server said, cut, without addresses, and without this one's name before the @."""
    said = masked(plain_text(said)).replace("(email)>", "(email)")
    for name in (value, value.partition("@")[0]):
        if len(name) >= LOCAL_LEAST:
            said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "(email)", said, flags=re.IGNORECASE)
    return said[:SAID_MOST]
