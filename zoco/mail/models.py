"""Models of mail; each stands beside the code that it is of."""

from zoco.mail.counting.models import LetterLink, Look, TallyKept
from zoco.mail.editing.models import Edition, EditionChange, Letter, LinkFollowed
from zoco.mail.editing.prints import Copy, Print
from zoco.mail.inbox.models import Arrival, Mailbox, Reply, SoftCount
from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller
from zoco.mail.sending.models import Leg, ListErased, Sending

__all__ = [
    "Arrival", "Copy", "Edition", "EditionChange", "Journey", "JourneyVersion", "Leg", "Letter", "LetterLink",
    "LinkFollowed", "ListErased", "Look", "Mailbox", "Print", "Reply", "Sending", "SoftCount", "StepDue",
    "TallyKept", "Traveller",
]  # fmt: skip
