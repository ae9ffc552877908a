"""Letters that ask for a confirmation leave by the one door, as what somebody asked for."""

from datetime import datetime

from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft
from zoco.channels.mailing.accounts import mail_account_usual
from zoco.channels.models import Message
from zoco.consent.confirming.posting import ABOUT, NO_ACCOUNT, POSTS, Letter, Words
from zoco.consent.models import Purpose

State = Message.State
ENDED_BADLY = (State.REFUSED, State.FAILED)


@POSTS.plug
class ByChannels:
    """By the usual account of e-mail."""

    key = "channels"

    def send(self, letter: Letter, words: Words, *, at: datetime) -> str:
        """Deliver it; what must wait goes by itself."""
        account = mail_account_usual()
        if account is None:
            return NO_ACCOUNT
        draft = Draft(
            key=letter.key,
            account=account.pk,
            content=Content(words.subject, words.text, words.html),
            person=letter.person,
            purpose=Purpose.TRANSACTIONAL,
            to=letter.to,
            about_kind=ABOUT,
            about=letter.key,
        )
        fate = deliver(draft, now=at)
        return f"{fate.because} {fate.reason}".strip() if fate.state in ENDED_BADLY else ""
