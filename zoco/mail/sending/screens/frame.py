"""What all pages of sendings share: permissions, the frame, moments in the zone of the first site."""

from datetime import datetime

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zoco.ledger.pictures import moments
from zoco.ledger.views.heads import head
from zoco.mail.sending.models import Sending

SEE, ADD, CHANGE, DELETE = (f"zoco_mail.{verb}_sending" for verb in ("view", "add", "change", "delete"))
START = "zoco_mail.start_sending"
OVERRIDE = "zoco_channels.change_sendingdomain"
"""Who may excuse a domain may start in spite of it."""


def page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    sending: Sending | None = None,
    status: int = 200,
    **values: object,
) -> HttpResponse:
    """Render a page of sendings."""
    shown = head(title, "mail")
    if sending is not None and sending.pk:
        crumbs: list[dict[str, object]] = [{"url": reverse("zoco_sendings"), "label": _("Sendings")}]
        if template != "sending":
            crumbs.append({"url": reverse("zoco_sending", args=[sending.pk]), "label": sending.name})
        shown["breadcrumbs_items"] = [*crumbs, {"url": None, "label": title}]
    values = {**shown, **values, "sending": sending}
    return render(request, f"zoco/mail/sendings/{template}.html", values, status=status)


def moment(at: datetime | None) -> str:
    """Write a moment, empty for none."""
    return moments.said(at)


def who(request: HttpRequest) -> User | None:
    """Return who asks."""
    return request.user if isinstance(request.user, User) else None
