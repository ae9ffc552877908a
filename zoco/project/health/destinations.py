"""Are there destinations that block our mail?"""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.project.health.findings import Finding

SHOWN = 5


def destinations() -> Iterator[Finding]:
    """No destination blocks what accounts send."""
    from zoco.channels.rates.reads import destinations_paused

    blocks = [each for each in destinations_paused(now=timezone.now()) if each.is_block]
    for each in blocks[:SHOWN]:
        named = {"domain": each.domain, "account": each.account.name, "why": each.because}
        message = _("%(domain)s blocks what leaves by %(account)s: %(why)s") % named
        mend = _("see what the words ask for; then let it go on, under Accounts to send by")
        yield Finding("destinations", "warning", message, mend)
    if not blocks:
        yield Finding("destinations", "ok", _("No destination blocks our mail."))
