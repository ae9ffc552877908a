"""Mail to owners when a domain that was fine no longer is."""

from django.utils.translation import gettext as _

from zoco.channels.domains.findings import Level, finding_read
from zoco.channels.domains.models import SendingDomain
from zoco.kit import staff_mail

PERMISSION = "zoco_channels.change_sendingdomain"


def owners_tell(domain: SendingDomain) -> int:
    """Tell owners, each in the language of the account; returns how many were. At most once."""
    key = f"domain {domain.pk} {domain.checked_at}"
    return staff_mail.owners_tell(key=key, permission=PERMISSION, words=lambda: _words(domain))


def _words(domain: SendingDomain) -> tuple[str, str]:
    return _("Mail from %(domain)s is at risk") % {"domain": domain.name}, _text(domain)


def _text(domain: SendingDomain) -> str:
    found = [finding_read(each) for each in domain.findings]
    lines = [f"- {each.said}" for each in found if each.level == Level.BAD]
    first = _("Something changed, and large mailboxes may now refuse mail from %(domain)s:") % {
        "domain": domain.name
    }
    last = _("No campaign starts from it until it is right. What to set stands under Sending domains.")
    return "\n\n".join([first, "\n".join(lines), last])
