"""The answer to whether somebody may be written to: yes, not before a moment, or no, and because of what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Because(StrEnum):
    """What an answer is due to."""

    AGREED = "agreed"
    NEEDED = "needed"
    NOT_THERE = "not_there"
    DEAD = "dead"
    SUPPRESSED = "suppressed"
    NEVER_AGREED = "never_agreed"
    NOT_CONFIRMED = "not_confirmed"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    CAP = "cap"
    HOURS = "hours"
    NEVER_OPEN = "never_open"


SAID = {
    Because.AGREED: _("This person agreed."),
    Because.NEEDED: _("It belongs to what this person asked for."),
    Because.NOT_THERE: _("This person is not known over this adapter any more."),
    Because.DEAD: _("The address is dead."),
    Because.SUPPRESSED: _("The address is suppressed."),
    Because.NEVER_AGREED: _("This person never agreed."),
    Because.NOT_CONFIRMED: _("This person was asked to confirm and did not yet."),
    Because.WITHDRAWN: _("This person wants it no more."),
    Because.PAUSED: _("This person takes a break."),
    Because.CAP: _("It would be more often than this person wants, or than the rules say."),
    Because.HOURS: _("It is outside the hours in which this person is written to."),
    Because.NEVER_OPEN: _("The rules leave no hour in which to send."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`until` is the earliest moment for one that must wait, None for yes and no."""

    is_yes: bool
    because: Because
    until: datetime | None = None

    @property
    def is_no(self) -> bool:
        """Whether waiting does not help."""
        return not self.is_yes and self.until is None
