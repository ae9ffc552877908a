"""Mail to owners when a destination blocks what an account sends."""

from django.utils.translation import gettext as _

from zoco.channels.rates.models import Destination
from zoco.kit import staff_mail

PERMISSION = "zoco_channels.change_account"


def block_told(destination: Destination) -> int:
    """Tell owners, each in the language of the account; returns how many were. Once for each rest."""
    key = f"block {destination.pk} {destination.struck_at}"
    return staff_mail.owners_tell(key=key, permission=PERMISSION, words=lambda: _words(destination))


def _words(destination: Destination) -> tuple[str, str]:
    return _("%(domain)s does not take our mail") % {"domain": destination.domain}, _text(destination)


def _text(destination: Destination) -> str:
    named = {"domain": destination.domain, "account": destination.account.name}
    first = _("The servers of %(domain)s block what leaves by %(account)s, whoever it is for. They said:")
    last = _(
        "Letters to this destination wait and are tried again by themselves. See what the words ask for; "
        "then let it go on on the page of the account."
    )
    return "\n\n".join([first % named, destination.because, last])
