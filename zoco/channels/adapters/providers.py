"""E-mail by Mailgun, Postmark, Brevo and SendGrid: what they ask for, and where they are."""

import base64
from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from zoco.channels.contract import CHANNELS, Field
from zoco.channels.mailing.once import mailgun_once
from zoco.channels.mailing.provider import Provider, ProviderChannel

API_KEY = Field("api_key", gettext_lazy("API key"), "secret")
HOOK_WORD = Field(
    "hook_word",
    gettext_lazy("Name and password of the web hook"),
    "secret",
    help=gettext_lazy(
        "Written as name:password; put the same before the host in the address that you give the provider. "
        "Without it nothing is heard of bounces and complaints."
    ),
    is_needed=False,
)


def _basic(secrets: Mapping[str, str]) -> dict[str, str]:
    given = base64.b64encode(f"api:{secrets.get('api_key', '')}".encode()).decode()
    return {"Authorization": f"Basic {given}"}


REGION = Field(
    "region",
    gettext_lazy("Region"),
    "choice",
    choices=(("us", gettext_lazy("United States")), ("eu", gettext_lazy("European Union"))),
    default="us",
)
PROVIDERS = (
    Provider(
        key="mailgun",
        label=gettext_lazy("E-mail by Mailgun"),
        name="Mailgun",
        fields=(
            REGION,
            Field(
                "sender_domain",
                gettext_lazy("Domain at the provider"),
                help=gettext_lazy("Left empty, that of the address above."),
                is_needed=False,
            ),
            API_KEY,
            Field("signing_key", gettext_lazy("Signing key of web hooks"), "secret", is_needed=False),
        ),
        proof=("signing_key", "webhook_signing_key"),
        looks_at="domains?limit=1",
        headers=_basic,
        bases={"us": "https://api.mailgun.net/v3/", "eu": "https://api.eu.mailgun.net/v3/"},
        once=mailgun_once,
    ),
    Provider(
        key="postmark",
        label=gettext_lazy("E-mail by Postmark"),
        name="Postmark",
        fields=(
            Field("stream", gettext_lazy("Message stream"), is_needed=False),
            Field("server_token", gettext_lazy("Server token"), "secret"),
            HOOK_WORD,
        ),
        proof=("hook_word", "webhook_secret"),
        looks_at="server",
        headers=lambda secrets: {"X-Postmark-Server-Token": secrets.get("server_token", "")},
        bases={"": "https://api.postmarkapp.com/"},
        access="server_token",
    ),
    Provider(
        key="brevo",
        label=gettext_lazy("E-mail by Brevo"),
        name="Brevo",
        fields=(API_KEY, HOOK_WORD),
        proof=("hook_word", "webhook_secret"),
        looks_at="account",
        headers=lambda secrets: {"api-key": secrets.get("api_key", "")},
        bases={"": "https://api.brevo.com/v3/"},
    ),
    Provider(
        key="sendgrid",
        label=gettext_lazy("E-mail by SendGrid"),
        name="SendGrid",
        fields=(
            API_KEY,
            Field(
                "verification_key",
                gettext_lazy("Verification key of web hooks"),
                help=gettext_lazy("The public key that SendGrid shows for its signed event web hook."),
                is_needed=False,
            ),
        ),
        proof=("verification_key", "tracking_webhook_verification_key"),
        looks_at="scopes",
        headers=lambda secrets: {"Authorization": f"Bearer {secrets.get('api_key', '')}"},
        bases={"": "https://api.sendgrid.com/v3/"},
    ),
)
for _provider in PROVIDERS:
    CHANNELS.add(ProviderChannel(_provider))
