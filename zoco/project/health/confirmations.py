"""Can the letters leave that ask whoever signed up to confirm?"""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.project.health.findings import Finding, counted


def confirmations() -> Iterator[Finding]:
    """There is an account that sends e-mail, where somebody waits to be asked."""
    from zoco.channels.mailing.accounts import mail_account_usual
    from zoco.consent.confirming.waiting import confirmations_open

    many = confirmations_open(now=timezone.now())
    if many and mail_account_usual() is None:
        message = ngettext(
            "No account sends e-mail, and %(count)s person who signed up is to be asked by it to confirm.",
            "No account sends e-mail, and %(count)s people who signed up are to be asked by it to confirm.",
            many,
        ) % {"count": counted(many)}
        mend = _(
            "add one that does, or let one go on, under Accounts to send by; letters then leave by themselves"
        )
        yield Finding("confirmations", "warning", message, mend)
    else:
        yield Finding("confirmations", "ok", _("Letters that ask to confirm a sign-up can leave."))
