"""Proofs of work instead of a captcha: nobody is asked to look at pictures, and nobody else is asked at all.

A browser with scripts finds a number whose hash with the challenge begins with so many zero bits, which
takes part of a second. One without waits a few seconds before a second button. Each challenge holds once.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from zoco.consent.public.tokens import LinkWrong, signed, unsigned
from zoco.consent.signup.models import Spent

BITS = 16
HOLDS = timedelta(hours=1)
SLOW_SECONDS = 4
WORK_LONGEST = 20
_SAID = re.compile(r"([fs])\.([a-z][a-z0-9-]{0,39})\.(\d{1,11})\.([0-9a-f]{32})", re.ASCII)


class ChallengeWrong(ValueError):
    """What was sent proves nothing: forged, not worked for, too old or used already."""


class TooQuick(ChallengeWrong):
    """A second button was pressed before its time."""


def challenge_make(form: str, *, at: datetime, is_slow: bool = False) -> str:
    """Return a challenge for a form; a slow one wants time instead of work."""
    kind = "s" if is_slow else "f"
    return signed(f"{kind}.{form}.{int(at.timestamp())}.{secrets.token_hex(16)}")


def challenge_check(challenge: str, work: str, *, form: str, at: datetime) -> bool:
    """Return whether it is a slow one. It is not used up by this. Raises ChallengeWrong, TooQuick."""
    kind, nonce, made_at = _read(challenge, form)
    if not made_at - timedelta(minutes=1) <= at <= made_at + HOLDS:
        raise ChallengeWrong("It is too old.")
    if Spent.objects.filter(nonce=nonce).exists():
        raise ChallengeWrong("It was used already.")
    if kind == "s":
        if at < made_at + timedelta(seconds=SLOW_SECONDS):
            raise TooQuick("Nobody reads that quickly.")
        return True
    if len(work) > WORK_LONGEST or not is_worked(challenge, work):
        raise ChallengeWrong("The work was not done.")
    return False


def challenge_spend(challenge: str, *, form: str) -> None:
    """Use a challenge up. Raises ChallengeWrong where somebody else just did."""
    _kind, nonce, made_at = _read(challenge, form)
    until = made_at + HOLDS + timedelta(minutes=1)
    if not Spent.objects.get_or_create(nonce=nonce, defaults={"until": until})[1]:
        raise ChallengeWrong("It was used already.")


def is_worked(challenge: str, work: str) -> bool:
    """Return whether a hash begins with enough zero bits."""
    found = sha256(f"{challenge}.{work}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - BITS) == 0


def _read(challenge: str, form: str) -> tuple[str, str, datetime]:
    try:
        found = _SAID.fullmatch(unsigned(challenge))
    except LinkWrong as wrong:
        raise ChallengeWrong(str(wrong)) from wrong
    if found is None or found[2] != form:
        raise ChallengeWrong("It is of another form.")
    return found[1], found[4], datetime.fromtimestamp(int(found[3]), UTC)
