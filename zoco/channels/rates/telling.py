"""Mail to owners when a destination blocks what an account sends."""

import logging
from smtplib import SMTPException

from django.utils.translation import gettext as _
from django.utils.translation import override

from zoco.channels.rates.models import Destination
from zoco.kit import staff_mail

log = logging.getLogger(__name__)
PERMISSION = "zoco_channels.change_account"


def block_told(destination: Destination) -> int:
    """Tell owners, each in the language of the account; returns how many were. Once for each rest."""
    told = 0
    for user in staff_mail.staff(roles=["owner"], permission=PERMISSION):
        with override(staff_mail.language_of(user)):
            subject = _("%(domain)s does not take our mail") % {"domain": destination.domain}
            text = _text(destination)
        key = f"block {destination.pk} {destination.struck_at}"
        try:
            staff_mail.send(user, subject=subject, text=text, key=key, permission=PERMISSION)
        except (staff_mail.NotStaff, SMTPException, OSError) as error:
            log.warning("An owner was not told of a block. user=%s why=%s", user.pk, type(error).__name__)
            continue
        told += 1
    return told


def _text(destination: Destination) -> str:
    named = {"domain": destination.domain, "account": destination.account.name}
    first = _("The servers of %(domain)s block what leaves by %(account)s, whoever it is for. They said:")
    last = _(
        "Letters to this destination wait and are tried again by themselves. See what the words ask for; "
        "then let it go on on the page of the account."
    )
    return "\n\n".join([first % named, destination.because, last])
