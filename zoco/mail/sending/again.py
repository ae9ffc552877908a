"""Sending a letter once more to those who did not open it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.mail.sending.models import Sending
from zoco.mail.sending.people import opened_unknown
from zoco.mail.sending.services import SendingWrong, sending_write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

NAME_LONGEST = 120


def again_make(*, sending: Sending, at: datetime, by: "User | None" = None) -> Sending:
    """Prepare a sending for whoever has not opened another one by the time that it starts.

    Permission and caps are asked for each of them, as ever. Raises SendingWrong while the first is not over,
    and where it is not known who opened it.
    """
    if sending.state != Sending.State.ENDED:
        raise SendingWrong(gettext_noop("Wait until this sending has ended."))
    if why := opened_unknown(sending, now=at):
        raise SendingWrong(why)
    letter, subjects = sending.letter, sending.subjects
    if sending.winner:
        won = sending.legs.select_related("letter").defer("people", "editions").get(arm=sending.winner)
        letter, subjects = won.letter, won.subjects
    named = _("%(sending)s, again") % {"sending": sending.name}
    made = Sending(
        name=named[:NAME_LONGEST],
        letter=letter,
        subjects=subjects,
        account=sending.account,
        campaign=sending.campaign,
        again_of=sending,
        is_again=True,
    )
    return sending_write(sending=made, at=at, by=by)
