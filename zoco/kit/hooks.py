"""Web hooks: JSON to an address that a person set, signed with its key. At least once: each has a name."""

import hmac

from zoco.kit import http

SECONDS = 10.0
ANSWER_MOST = 65_536
SIGNATURE, EVENT_ID = "X-Zoco-Signature", "X-Zoco-Event"


def signature(secret: str, body: bytes) -> str:
    """Return what stands in the header: "sha256=" and the HMAC of the body (RFC 2104) in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def hook_post(url: str, *, secret: str, event: str, body: bytes) -> http.Response:
    """Send what happened under its name, and return any answer. Raises AddressRefused, FetchFailed."""
    return http.fetch(
        url,
        method="POST",
        body=body,
        headers={
            "Content-Type": "application/json",
            SIGNATURE: signature(secret, body),
            EVENT_ID: event,
        },
        limits=http.Limits(seconds=SECONDS, size=ANSWER_MOST, redirects=0),
    )
