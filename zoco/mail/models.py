"""Models of mail; each stands beside the code that it is of."""

from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.editing.models import Edition, EditionChange, Letter
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller

__all__ = [
    "Arrival", "Edition", "EditionChange", "Journey", "JourneyVersion", "Letter", "LetterLink", "Look",
    "Mailbox", "Reply", "StepDue", "Traveller",
]  # fmt: skip
