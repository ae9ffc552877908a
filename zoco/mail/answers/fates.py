"""What follows from an answer: for the address, for the person, for the domain that a letter went to.

Only a dead address is suppressed at once. What may pass is counted, and the count halves with time, so that a
mailbox that was full in spring does not weigh in autumn. What is our own fault weighs nothing on the person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zoco.kit.conf import declare
from zoco.mail.answers.kinds import Failure, Reason

HALF_LIFE_DAYS = declare(
    "BOUNCE_HALF_LIFE_DAYS",
    90.0,
    float,
    "In how many days the count of letters that a mailbox did not take falls by half.",
)
THRESHOLD = declare(
    "BOUNCE_THRESHOLD",
    4.0,
    float,
    "From which count on letters to an address rest; with a letter a week that is after five in a row.",
)
GAP_DAYS = declare(
    "BOUNCE_GAP_DAYS",
    3.0,
    float,
    "Failures of one address within so many days count once, or a full mailbox would rest after four days.",
)
REST_DAYS = declare(
    "BOUNCE_REST_DAYS", 90.0, float, "For how many days letters to an address rest before one is tried again."
)


class Effect(StrEnum):
    """What is to be done."""

    NOTHING = "nothing"
    SUPPRESS = "suppress"
    """Never write to this address again: nobody is there."""
    SUPPRESS_MARKETING = "suppress_marketing"
    """No marketing to this person again: he complained or asked for it."""
    COUNT = "count"
    """Add to the count of the address; it rests when the count reaches the threshold."""
    PAUSE_DOMAIN = "pause_domain"
    """Stop sending to this destination and raise an alarm: its server blocks us, whoever the recipient is."""
    SLOW_DOMAIN = "slow_domain"
    """Send to this destination more slowly."""
    LOOK = "look"
    """Something about the letter or our own server is wrong: tell the sender, not the person's record."""


@dataclass(frozen=True, slots=True)
class Fate:
    """One thing to do and why; `weight` is what a COUNT adds."""

    effect: Effect
    why: str
    weight: float = 0.0


FATES: dict[Reason, tuple[Effect, float, str]] = {
    Reason.USER_UNKNOWN: (
        Effect.COUNT,
        2.0,
        "Nobody is said to be there, but something speaks against it.",
    ),
    Reason.MOVED: (Effect.COUNT, 2.0, "The mailbox is said to have moved, but not for good."),
    Reason.DOMAIN_GONE: (
        Effect.COUNT,
        1.0,
        "The domain was not found; its servers may be at fault.",
    ),
    Reason.MAILBOX_FULL: (Effect.COUNT, 1.0, "A full mailbox is emptied by most people."),
    Reason.MAILBOX_DISABLED: (Effect.COUNT, 2.0, "A disabled mailbox may be opened again, but seldom is."),
    Reason.REFUSED: (Effect.COUNT, 2.0, "The recipient or his filter refuses; the mailbox is there."),
    Reason.RELAY_DENIED: (
        Effect.COUNT,
        1.0,
        "The server does not know the domain: moved, not yet told.",
    ),
    Reason.LOOP: (Effect.COUNT, 1.0, "The recipient's forwarding goes round in a circle."),
    Reason.TEMPORARY: (Effect.COUNT, 0.5, "Network or server were not there for days."),
    Reason.SYSTEM_ERROR: (Effect.COUNT, 0.5, "The recipient's server is broken."),
    Reason.UNKNOWN: (Effect.COUNT, 0.5, "Nothing is known but that it did not arrive."),
    Reason.REPUTATION: (
        Effect.PAUSE_DOMAIN,
        0.0,
        "The server blocks us, whoever the recipient is.",
    ),
    Reason.RATE_LIMITED: (Effect.SLOW_DOMAIN, 0.0, "The server takes fewer letters at a time."),
    Reason.POLICY: (
        Effect.LOOK,
        0.0,
        "SPF, DKIM, DMARC, TLS or form are not as demanded.",
    ),
    Reason.CONTENT: (Effect.LOOK, 0.0, "The letter looks like spam or holds what the server does not take."),
    Reason.TOO_LARGE: (Effect.LOOK, 0.0, "The letter is too large."),
    Reason.SENDER_REFUSED: (Effect.LOOK, 0.0, "The server does not accept our sender's address."),
    Reason.AUTH: (Effect.LOOK, 0.0, "The server wants us to log in: a server of ours is set wrongly."),
}
"""What follows from each reason that is not hard."""


def fate_of(failure: Failure) -> Fate:
    """Return what follows from one recipient that a letter did not reach."""
    if failure.is_hard:
        return Fate(Effect.SUPPRESS, f"The address is dead: {failure.reason.value}.")
    effect, weight, why = FATES[failure.reason]
    return Fate(effect, why, weight)


@dataclass(frozen=True, slots=True)
class Limits:
    """How soft failures are counted; see the settings of the same names."""

    half_life: timedelta
    threshold: float
    gap: timedelta
    rest: timedelta


def limits() -> Limits:
    """Return the limits in force."""
    return Limits(
        half_life=timedelta(days=HALF_LIFE_DAYS()),
        threshold=THRESHOLD(),
        gap=timedelta(days=GAP_DAYS()),
        rest=timedelta(days=REST_DAYS()),
    )


@dataclass(frozen=True, slots=True)
class Count:
    """The soft failures of an address: so many points at a moment, and until when letters rest."""

    points: float = 0.0
    at: datetime | None = None
    rests_until: datetime | None = None


def points_now(count: Count, *, at: datetime, limits: Limits) -> float:
    """Return what is left of a count at a moment. A half-life of nothing forgets at once."""
    if count.at is None or at <= count.at:
        return count.points
    if limits.half_life <= timedelta(0):
        return 0.0
    halvings = (at - count.at) / limits.half_life
    return float(count.points * 0.5 ** min(halvings, 1000.0))


def counted(count: Count, *, weight: float, at: datetime, limits: Limits) -> Count:
    """Return a count with one more failure; what came within the gap counts once.

    Failures may come in any order: an older one than the last known adds nothing.
    """
    if count.at is not None and at < count.at + limits.gap:
        return count
    points = points_now(count, at=at, limits=limits) + weight
    rests_until = at + limits.rest if points >= limits.threshold else count.rests_until
    return Count(points, at, rests_until)
