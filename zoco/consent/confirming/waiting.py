"""Letters that ask and cannot leave, for there is no account that sends e-mail: they are tried again."""

from datetime import datetime, timedelta

from zoco.consent.confirming.models import Confirmation
from zoco.consent.signup.counting import NO_ACCOUNT, outcome_count
from zoco.consent.signup.models import Form

FIRST = timedelta(minutes=5)
LONGEST = timedelta(hours=6)


def pause_of(tries: int) -> timedelta:
    """Return how long a letter waits that was tried so many times before: longer each time."""
    return min(FIRST * (1 << min(tries, 10)), LONGEST)


def waiting_count(*, key: int, at: datetime) -> None:
    """Count for its form that a letter waits."""
    name = Confirmation.objects.filter(pk=key).values_list("form", flat=True).first()
    if form := Form.objects.filter(key=name or "").first():
        outcome_count(form=form, outcome=NO_ACCOUNT, at=at)


def confirmations_open(*, now: datetime) -> int:
    """Return how many were asked and may still confirm."""
    return Confirmation.objects.filter(confirmed_at=None, expires_at__gt=now).count()
