"""Web hooks: JSON to an address that a person set, signed with its key. At least once: each has a name."""

import hmac

from zoco.kit import http

SECONDS = 10.0
SIGNATURE, EVENT_ID = "X-Zoco-Signature", "X-Zoco-Event"


class HookRefused(RuntimeError):
    """The web hook's address answered with something other than yes."""


def signature(secret: str, body: bytes) -> str:
    """Return what stands in the header: "sha256=" and the HMAC of the body (RFC 2104) in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def hook_send(url: str, *, secret: str, event: str, body: bytes) -> None:
    """Send what happened under its name. Raises HookRefused, AddressRefused, FetchFailed."""
    answer = http.fetch(
        url,
        method="POST",
        body=body,
        headers={
            "Content-Type": "application/json",
            SIGNATURE: signature(secret, body),
            EVENT_ID: event,
        },
        limits=http.Limits(seconds=SECONDS, size=65_536, redirects=0),
    )
    if not 200 <= answer.status < 300:
        raise HookRefused(f"The address answered with {answer.status}.")
