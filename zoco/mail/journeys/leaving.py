"""Steps at which something leaves the house, by the one door, under the key of the visit."""

from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft, DraftWrong, Fate
from zoco.channels.models import Message
from zoco.channels.rates.waking import HELD
from zoco.channels.sealing import SealBroken
from zoco.ledger.services import NAME
from zoco.mail.editing.models import Letter
from zoco.mail.editing.single import CannotSend, LetterUnready, letter_send
from zoco.mail.journeys import there
from zoco.mail.journeys.kinds import KINDS, Goes, Kind, Settings, Stays, StepWrong, Visit
from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.letters.placeholders import PlaceholderWrong

AGAIN = timedelta(minutes=1)
"""How long a step waits for another process that has its message in hand."""
ASKED_AGAIN = timedelta(minutes=15)
"""How long it may take until a message is seen to wait no more: for its hour and caps steps are woken."""
MENDED = timedelta(hours=1)
"""How long a step waits for somebody to mend its letter or account."""
ACCOUNT_GONE = gettext_noop("The account by which it leaves is not there any more; choose another.")
HOOK = "hook"
State = Message.State


def went(fate: Fate, visit: Visit) -> Goes | Stays:
    """Return where somebody goes whose message has this fate: on, or he stays until it is known."""
    match fate.state:
        case State.SENT:
            return Goes()
        case State.REFUSED:
            return Goes(reason=fate.because or "refused")
        case State.FAILED | State.UNCERTAIN:
            return Goes(reason=fate.reason or str(fate.state))
    until = fate.until or visit.now + AGAIN
    if fate.because not in HELD:
        until = min(until, visit.now + ASKED_AGAIN)
    return Stays(until, fate.because or fate.reason)


@KINDS.plug
class LetterStep(Kind):
    """Sends a letter, in the person's language; what the entry brought fills its placeholders of data."""

    key = "letter"
    label = _("Send a letter")
    leaves = True

    def check(self, settings: Settings) -> None:
        """Refuse a letter that is not there, or says nothing yet."""
        if there.letter(settings.get("letter"), is_ready=True) is None:
            raise StepWrong(gettext_noop("Choose a letter that says something in some language."))

    def work(self, visit: Visit) -> Goes | Stays:
        """Send it. Who may not be written to goes on without; a letter that cannot leave is waited for."""
        data = visit.traveller.data
        try:
            letter = Letter.objects.select_related("site", "account").get(pk=visit.settings["letter"])
            leaving = letter_send(
                letter=letter,
                person=visit.person,
                key=visit.key,
                now=visit.now,
                data=data,
                journey=visit.traveller.journey_id,
            )
        except (ObjectDoesNotExist, CannotSend, DraftWrong, LetterUnready, SealBroken) as wrong:
            return Stays(visit.now + MENDED, str(wrong))
        except (LetterWrong, PlaceholderWrong) as wrong:
            return Goes(reason=str(wrong))
        return went(leaving.fate, visit)


@KINDS.plug
class HookStep(Kind):
    """Tells a program of one's own that somebody is here: who it is by number, and what the entry brought."""

    key = "hook"
    label = _("Tell a program")
    leaves = True

    def check(self, settings: Settings) -> None:
        """Refuse a program that is not there, and an event without a name."""
        account, event = there.account(settings.get("account")), settings.get("event")
        if account is None or account.adapter != HOOK:
            raise StepWrong(gettext_noop("Choose a web hook among the accounts to send by."))
        if not isinstance(event, str) or not NAME.fullmatch(event) or len(event) > 120:
            raise StepWrong(gettext_noop("Name the event such as journey.basket.left."))

    def work(self, visit: Visit) -> Goes | Stays:
        """Tell it; whoever takes the call knows it again by its id. One that is gone is waited for."""
        if there.account(visit.settings["account"]) is None:
            return Stays(visit.now + MENDED, ACCOUNT_GONE)
        told = {
            "journey": str(visit.traveller.journey.uid),
            "person": str(visit.person.number),
            "entered_at": visit.traveller.entered_at.isoformat(),
            "data": visit.traveller.data,
        }
        content = Content(subject=visit.settings["event"], data=told)
        # Given as a function it is not kept: whoever is erased or leaves meanwhile is told of to nobody.
        draft = Draft(
            visit.key, visit.settings["account"], lambda _uid: content, about_kind="journey",
            subject=content.subject,
        )  # fmt: skip
        try:
            return went(deliver(draft, now=visit.now), visit)
        except (DraftWrong, SealBroken) as wrong:
            return Stays(visit.now + MENDED, str(wrong))
