"""How a mail server greets: whether it encrypts, and whether its certificate is of its name."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

from zoco.channels.contract import Opened
from zoco.channels.mailing.smtp import PLAIN, TLS, Pinned
from zoco.kit.http import AddressRefused, FetchFailed, addresses_of
from zoco.kit.tls import client_context

GREETING_SECONDS = 8.0


class Greeted(StrEnum):
    """How it was."""

    ENCRYPTED = "encrypted"
    BESIDE = "beside"
    PLAIN = "plain"
    UNTRUSTED = "untrusted"
    AWAY = "away"


def greeted(settings: Mapping[str, Any]) -> tuple[Greeted, str]:
    """Connect as an account does, encrypt, and take leave; returns how it was, and what was said."""
    server: smtplib.SMTP | None = None
    try:
        addresses = addresses_of(settings["host"], settings["port"])
        if settings["tls"] == PLAIN and all(ip_address(each).is_private for each in addresses):
            return Greeted.BESIDE, ""
        server = Pinned(Opened("", settings), GREETING_SECONDS)
        code, words = server.connect(settings["host"], settings["port"])
        if code != 220:
            return Greeted.AWAY, f"{code} {words.decode('utf-8', 'replace')}"
        server.ehlo_or_helo_if_needed()
        if settings["tls"] == TLS:
            return Greeted.ENCRYPTED, ""
        if not server.has_extn("starttls") or settings["tls"] == PLAIN:
            return Greeted.PLAIN, ""
        server.starttls(context=client_context())
        return Greeted.ENCRYPTED, ""
    except ssl.SSLCertVerificationError as error:
        return Greeted.UNTRUSTED, error.verify_message
    except (smtplib.SMTPException, OSError, FetchFailed, AddressRefused, ValueError) as error:
        return Greeted.AWAY, f"{type(error).__name__}: {error}"[:200]
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()
