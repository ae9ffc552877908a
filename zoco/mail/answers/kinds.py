"""The words for what comes back: what kind of message, why a recipient failed, what a person wrote."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a message is. Only BOUNCE, COMPLAINT and UNSUBSCRIBE change what somebody gets."""

    BOUNCE = "bounce"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    REPLY = "reply"
    CHALLENGE = "challenge"
    UNSUBSCRIBE = "unsubscribe"
    NOTICE = "notice"
    """Nothing to do: a letter was delivered or read, or a report on authentication."""
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a letter did not reach a recipient."""

    USER_UNKNOWN = "user_unknown"
    MOVED = "moved"
    DOMAIN_GONE = "domain_gone"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_DISABLED = "mailbox_disabled"
    REFUSED = "refused"
    """The recipient or his own filter wants no such mail; the mailbox is there."""
    SENDER_REFUSED = "sender_refused"
    REPUTATION = "reputation"
    POLICY = "policy"
    CONTENT = "content"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    RELAY_DENIED = "relay_denied"
    AUTH = "auth"
    LOOP = "loop"
    TEMPORARY = "temporary"
    SYSTEM_ERROR = "system_error"
    UNKNOWN = "unknown"


DEAD = frozenset({Reason.USER_UNKNOWN, Reason.MOVED, Reason.DOMAIN_GONE})
"""The reasons that say that nobody can be reached at this address; all others may pass."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a letter did not reach, or not yet.

    `rule` is what decided, in words, and `source` where that is written, so that a person can see why.
    """

    address: str
    final_address: str = ""
    status: str = ""
    reply_code: str = ""
    diagnostic: str = ""
    remote_mta: str = ""
    reason: Reason = Reason.UNKNOWN
    is_hard: bool = False
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Somebody pressed "this is spam", told by his mailbox provider. Any of these may be empty."""

    feedback: str
    recipients: tuple[str, ...] = ()
    source_ip: str = ""
    arrived: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Since when and until when somebody says to be away; both days included, either may be unknown."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A message that came back, read.

    `letter_id` is the Message-ID of the letter that it answers, `sent_to` the addresses that it came to
    (for VERP), `text` what a person wrote himself, without what he quotes.
    """

    kind: Kind
    why: str
    sender: str = ""
    subject: str = ""
    sent_to: tuple[str, ...] = ()
    letter_id: str = ""
    failures: tuple[Failure, ...] = ()
    complaint: Complaint | None = None
    away: Away | None = None
    text: str = ""
