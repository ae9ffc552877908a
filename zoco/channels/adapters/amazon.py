"""E-mail by Amazon SES: its API, signed by the keys of an account; notices come by Amazon SNS."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.channels.adapters.email import SENDER_FIELDS, sender_validate
from zoco.channels.contract import CHANNELS, Field, Heard, Opened
from zoco.channels.mailing.amazon import line, notices
from zoco.channels.mailing.api import MailApi

REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d\Z", re.ASCII)


@CHANNELS.plug
class AmazonChannel(MailApi):
    """E-mail by Amazon SES."""

    key = line.KEY
    label = gettext_lazy("E-mail by Amazon SES")
    named = "Amazon SES"
    fields = (
        *SENDER_FIELDS,
        Field(
            "region",
            gettext_lazy("Region"),
            help=gettext_lazy("As Amazon writes it, such as eu-central-1."),
            is_place=True,
        ),
        Field("access_key", gettext_lazy("Access key ID"), is_place=True),
        Field("secret_key", gettext_lazy("Secret access key"), "secret"),
        Field(
            "configuration_set",
            gettext_lazy("Configuration set"),
            help=gettext_lazy("Its event destination tells what became of messages."),
            is_needed=False,
        ),
        Field(
            "topic",
            gettext_lazy("ARN of the SNS topic"),
            help=gettext_lazy("Only its notices are believed. Without it nothing is heard of bounces."),
            is_needed=False,
        ),
    )
    example = {
        "from_address": "news@shop.example",
        "from_name": "",
        "reply_to": "",
        "region": "xx-nowhere-1",
        "access_key": "AKIDEXAMPLE",
        "secret_key": "honeycomb-1",
        "configuration_set": "",
        "topic": "arn:aws:sns:xx-nowhere-1:123456789012:news",
    }

    @contextmanager
    def line(self, account: Opened) -> Iterator[line.AmazonLine]:
        """Give a session."""
        with closing(line.AmazonLine(account, self.limits)) as held:
            yield held

    def validate(self, settings: Mapping[str, Any]) -> None:
        """Refuse what is no address, no region and no topic."""
        sender_validate(settings)
        if not REGION.match(settings["region"]):
            raise ValidationError({"region": _("Write the region as Amazon does, such as eu-central-1.")})
        if settings["topic"] and not notices.TOPIC.match(settings["topic"]):
            said = _("Copy the whole ARN, such as arn:aws:sns:eu-central-1:123456789012:news.")
            raise ValidationError({"topic": said})

    def check(self, account: Opened) -> None:
        """Ask SES of the account. Raises CheckFailed."""
        url = line.base(account, "email") + line.LOOK
        self.let_in(
            url,
            line.signed(account, "GET", url),
            lambda answer: line.error_of(answer.headers, answer.body.decode(errors="replace"))[0],
        )

    def listen(self, account: Opened, request: HttpRequest) -> list[Heard]:
        """Return what became of messages. Raises ListenRefused, ListenLater."""
        if not account.settings.get("topic"):
            raise self.unproved(account)
        return notices.heard(account, request.body, now=timezone.now())
