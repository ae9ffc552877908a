"""Requests to Amazon, signed: Signature Version 4, without boto3 and its 32 MB.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one service in one region. Paths hold only what needs no escape, and there is no query."""

    access_key: str
    secret_key: str
    region: str
    service: str

    def headers(
        self, method: str, url: str, body: bytes, *, at: datetime, given: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return the headers of a request: those that were given, its moment and its signature."""
        moment, parts = at.strftime("%Y%m%dT%H%M%SZ"), urlsplit(url)
        held = {**(given or {}), "X-Amz-Date": moment}
        signed = sorted([("host", parts.netloc), *((name.lower(), value) for name, value in held.items())])
        names = ";".join(name for name, _value in signed)
        lines = "".join(f"{name}:{' '.join(value.split())}\n" for name, value in signed)
        canonical = f"{method}\n{parts.path or '/'}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        told = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._key(moment[:8]), told.encode(), hashlib.sha256).hexdigest()
        proof = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**held, "Authorization": f"{ALGORITHM} {proof}"}

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_key}".encode()
        for part in (day, self.region, self.service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key
