"""Mail by somebody's API: what channels of it have in common, whoever's it is."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils.translation import gettext_noop

from zoco.channels.contract import Ability, Channel, CheckFailed, Limits, ListenRefused, Opened
from zoco.kit import http

AHEAD = timedelta(minutes=5)
"""By so much may the clock of who tells be before ours."""
NOT_SIGNED = gettext_noop("It is not signed as it should be, or cannot be read.")
TOO_OLD = gettext_noop("It was signed too long ago, or by a clock that is wrong.")


class MailApi(Channel):
    """E-mail by an API; bounces and complaints are told by its web hook. `named` is how it calls itself."""

    named: str
    abilities = frozenset({Ability.SEND, Ability.LISTEN})
    means = "email"
    identity = ("email", "")
    limits = Limits(size=10_000_000, seconds=60.0)

    def let_in(
        self, url: str, headers: Mapping[str, str], why: Callable[[http.Response], str] = lambda _answer: ""
    ) -> None:
        """Ask for what only its own account may see. Raises CheckFailed, with the status and `why`."""
        words = gettext_noop("%(provider)s does not let us in: %(why)s")
        try:
            answer = http.fetch(url, headers=headers)
        except (http.FetchFailed, http.AddressRefused) as error:
            raise CheckFailed(words, provider=self.named, why=str(error)) from error
        if answer.status != 200:
            raise CheckFailed(words, provider=self.named, why=f"{answer.status} {why(answer)}".strip())

    def unproved(self, account: Opened) -> ListenRefused:
        """Return the refusal where an account has nothing by which to know who tells."""
        words = gettext_noop("The account %(account)s has nothing that proves who tells this; enter it.")
        return ListenRefused(words, account=account.name)
