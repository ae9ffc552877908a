"""E-mail by a mail server (SMTP), one connection for all messages of a line."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from zoco.channels.contract import CHANNELS, Ability, Channel, CheckFailed, Field, Limits, Opened
from zoco.channels.mailing.smtp import PLAIN, STARTTLS, TLS, CannotConnect, SmtpLine

PORT_MOST = 65_535
LINES, LINES_MOST = 20, 100
"""Connections that an account has at once, where nobody says another number, and at most."""
SENDER_FIELDS = (
    Field(
        "from_address",
        gettext_lazy("From address"),
        help=gettext_lazy("Messages come from it, such as news@shop.example."),
    ),
    Field("from_name", gettext_lazy("From name"), is_needed=False),
    Field(
        "reply_to",
        gettext_lazy("Answers to"),
        help=gettext_lazy("Left empty, answers go to the address above."),
        is_needed=False,
    ),
)
"""What every adapter for mail asks for."""


def sender_validate(settings: Mapping[str, Any]) -> None:
    """Refuse what is no address of mail. Raises ValidationError, by field."""
    for name in ("from_address", "reply_to"):
        if settings[name]:
            try:
                validate_email(settings[name])
            except ValidationError as wrong:
                raise ValidationError({name: wrong.messages}) from wrong


@CHANNELS.plug
class EmailChannel(Channel):
    """E-mail by the mail server of an account, encrypted unless it stands beside."""

    key = "email"
    label = gettext_lazy("E-mail by SMTP")
    abilities = frozenset({Ability.SEND})
    identity = ("email", "")
    is_direct = True
    limits = Limits(size=20_000_000, seconds=60.0)
    fields = (
        *SENDER_FIELDS,
        Field(
            "host",
            gettext_lazy("Mail server"),
            help=gettext_lazy(
                "Its name, such as smtp.shop.example. One in a network of your own must be named in "
                "ZOCO_PRIVATE_NETWORKS."
            ),
            is_place=True,
        ),
        Field("port", gettext_lazy("Port"), "number", default=587, is_place=True),
        Field(
            "tls",
            gettext_lazy("Encryption"),
            "choice",
            choices=(
                (STARTTLS, gettext_lazy("STARTTLS (usually port 587)")),
                (TLS, gettext_lazy("TLS from the beginning (usually port 465)")),
                (PLAIN, gettext_lazy("None: only for a server beside this one, without a password")),
            ),
            default=STARTTLS,
            is_place=True,
        ),
        Field("user", gettext_lazy("User name"), is_needed=False, is_place=True),
        Field("password", gettext_lazy("Password"), "secret", is_needed=False, of="user"),
        Field(
            "lines",
            gettext_lazy("Connections at once"),
            "number",
            help=gettext_lazy(
                "So many letters are on their way at any moment, from each process. More are quicker where "
                "the server is far away; ask its provider how many it takes."
            ),
            default=LINES,
            is_needed=False,
        ),
    )
    example = {
        "from_address": "news@shop.example",
        "from_name": "Shop",
        "reply_to": "",
        "host": "127.0.0.1",
        "port": 9,
        "tls": STARTTLS,
        "user": "news",
        "password": "honeycomb",
        "lines": 10,
    }

    @contextmanager
    def line(self, account: Opened) -> Iterator[SmtpLine]:
        """Give a connection to the mail server."""
        with closing(SmtpLine(account, self.limits)) as line:
            yield line

    def validate(self, settings: Mapping[str, Any]) -> None:
        """Refuse what cannot be, and a password that would go over the wire for all to read."""
        sender_validate(settings)
        if not 0 < settings["port"] <= PORT_MOST:
            raise ValidationError({"port": _("A port is a number from 1 to 65535.")})
        if not 0 < (settings["lines"] or LINES) <= LINES_MOST:
            words = _("At least one connection is needed, and at most %(most)s are made.")
            raise ValidationError({"lines": words % {"most": LINES_MOST}})
        if settings["tls"] == PLAIN and settings["user"]:
            said = _("Without encryption everybody on the way could read the password; choose one.")
            raise ValidationError({"tls": said})
        if any(letter in settings["host"] for letter in "/@ :") and "::" not in settings["host"]:
            raise ValidationError(
                {"host": _("Write only the name of the server, such as smtp.shop.example.")}
            )

    def check(self, account: Opened) -> None:
        """Connect, encrypt and log in. Raises CheckFailed."""
        line = SmtpLine(account, self.limits)
        try:
            line.connect().quit()
        except CannotConnect as failed:
            words = gettext_noop("The mail server cannot be used: %(why)s")
            raise CheckFailed(words, why=account.secrets.scrubbed(str(failed))) from failed
        except OSError:
            return  # it let us in, and hung up first
