"""Mail to owners when a domain that was fine no longer is."""

import logging
from smtplib import SMTPException

from django.utils.translation import gettext as _
from django.utils.translation import override

from zoco.channels.domains.findings import Level, finding_read
from zoco.channels.domains.models import SendingDomain
from zoco.kit import staff_mail

log = logging.getLogger(__name__)
PERMISSION = "zoco_channels.change_sendingdomain"


def owners_tell(domain: SendingDomain) -> int:
    """Tell owners, each in the language of the account; returns how many were. At most once."""
    told = 0
    for user in staff_mail.staff(roles=["owner"], permission=PERMISSION):
        with override(staff_mail.language_of(user)):
            subject = _("Mail from %(domain)s is at risk") % {"domain": domain.name}
            text = _text(domain)
        key = f"domain {domain.pk} {domain.checked_at}"
        try:
            staff_mail.send(user, subject=subject, text=text, key=key, permission=PERMISSION)
        except (staff_mail.NotStaff, SMTPException, OSError) as error:
            log.warning("An owner was not told of a domain. user=%s why=%s", user.pk, type(error).__name__)
            continue
        told += 1
    return told


def _text(domain: SendingDomain) -> str:
    found = [finding_read(each) for each in domain.findings]
    lines = [f"- {each.said}" for each in found if each.level == Level.BAD]
    first = _("Something changed, and large mailboxes may now refuse mail from %(domain)s:") % {
        "domain": domain.name
    }
    last = _("No campaign starts from it until it is right. What to set stands under Sending domains.")
    return "\n\n".join([first, "\n".join(lines), last])
