"""Pages of mailboxes: all of them, and one with how it is read, what came in, and what followed."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.channels.domains.complaints import complaints_of, complaints_said
from zoco.ledger.pictures import formats, moments
from zoco.ledger.views.heads import head
from zoco.mail.inbox.forms import MailboxForm
from zoco.mail.inbox.letters import letters_named
from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.mail.inbox.reads import arrivals_of, kinds_read
from zoco.mail.inbox.saying import said
from zoco.mail.inbox.services import mailbox_check, mailbox_save, mailbox_turn
from zoco.people.opening import for_whom

SEE, ADD, CHANGE = (f"zoco_mail.{verb}_mailbox" for verb in ("view", "add", "change"))
PAGE = 50
KINDS = {
    "bounce": gettext_lazy("came back"),
    "delayed": gettext_lazy("is late"),
    "complaint": gettext_lazy("complaint"),
    "auto_reply": gettext_lazy("automatic answer"),
    "reply": gettext_lazy("answer of a person"),
    "challenge": gettext_lazy("asks for a proof"),
    "unsubscribe": gettext_lazy("wants nothing more"),
    "notice": gettext_lazy("notice"),
    "unknown": gettext_lazy("not known what it is"),
    "unreadable": gettext_lazy("could not be read"),
}
EFFECTS = {
    "nothing": gettext_lazy("nothing"),
    "suppress": gettext_lazy("the address is dead and gets nothing more"),
    "suppress_marketing": gettext_lazy("no more advertising"),
    "count": gettext_lazy("counted for the address"),
    "pause_domain": gettext_lazy("the destination blocks us"),
    "slow_domain": gettext_lazy("the destination wants less at a time"),
    "look": gettext_lazy("look at the letter or the server"),
}
CAUSES = {"It names no letter of ours.": gettext_lazy("It names no letter of ours.")}


def _page(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **values: object
) -> HttpResponse:
    shown = head(title, "mail")
    if template != "mailboxes":
        crumbs: list[dict[str, object]] = [{"url": reverse("zoco_mailboxes"), "label": _("Mailboxes")}]
        shown["breadcrumbs_items"] = [*crumbs, {"url": None, "label": title}]
    return render(request, f"zoco/mail/inbox/{template}.html", {**shown, **values}, status=status)


@for_whom(SEE)
def mailboxes(request: HttpRequest) -> HttpResponse:
    """List the mailboxes."""
    lines = [
        {"mailbox": each, "read_at": moments.said(each.checked_at), "failure": said(each.failure)}
        for each in Mailbox.objects.order_by("name", "pk")
    ]
    return _page(request, "mailboxes", _("Mailboxes"), lines=lines, may_add=request.user.has_perm(ADD))


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Add a mailbox."""
    return _edited(request, Mailbox(), _("Add a mailbox"))


@for_whom(CHANGE, "GET", "HEAD", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a mailbox."""
    found = get_object_or_404(Mailbox, pk=pk)
    return _edited(request, found, found.name)


def _edited(request: HttpRequest, mailbox: Mailbox, title: str) -> HttpResponse:
    form = MailboxForm(request.POST if request.method == "POST" else None, instance=mailbox)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        saved = mailbox_save(form=form, by=by)
        mailbox_check(mailbox=saved, at=timezone.now())
        return redirect("zoco_mailbox", saved.pk)
    return _page(request, "edit", title, form=form, status=422 if form.errors else 200)


@for_whom(SEE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a mailbox: how it is read, what came in by kind, the last answers with person and cause."""
    found = get_object_or_404(Mailbox, pk=pk)
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in KINDS else ""
    listed = Paginator(arrivals_of(found, chosen), PAGE).get_page(request.GET.get("page"))
    named = letters_named(each.message for each in listed)
    now = timezone.now()
    kinds = [
        {"key": kind, "label": KINDS.get(kind, kind), "count": formats.count(n), "idle": formats.count(idle)}
        for kind, n, idle in kinds_read(found, now=now)
    ]
    rates = [(each.name, complaints_said(complaints_of([each.pk], now=now))) for each in found.accounts.all()]
    return _page(
        request,
        "mailbox",
        found.name,
        mailbox=found,
        read_at=moments.said(found.checked_at),
        failure=said(found.failure),
        kinds=kinds,
        kind=KINDS.get(chosen, ""),
        complaints=[(name, each) for name, each in rates if each["words"]],
        lines=[_line(each, named) for each in listed],
        page=listed,
        may_change=request.user.has_perm(CHANGE),
    )


def _line(arrival: Arrival, named: Mapping[int, str]) -> dict[str, Any]:
    return {
        "at": moments.said(arrival.at),
        "kind": KINDS.get(arrival.kind, arrival.kind),
        "person": arrival.person,
        "letter": named.get(arrival.message_id or 0, ""),
        "effect": EFFECTS.get(arrival.effect, "–"),
        "why": CAUSES.get(arrival.why, arrival.why),
        "said": arrival.said,
        "undo": _undo(arrival) if arrival.effect == "suppress" else "",
    }


def _undo(arrival: Arrival) -> str:
    """Return where it can be judged and taken back that an address is dead."""
    if arrival.person_id is None:
        return reverse("zoco_consent_suppressed")
    return f"{reverse('zoco_person', args=[arrival.person_id])}#z-suppressed"


@for_whom(CHANGE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Test a mailbox, or switch it on or off."""
    found = get_object_or_404(Mailbox, pk=pk)
    match request.POST.get("act", ""):
        case "test":
            mailbox_check(mailbox=found, at=timezone.now())
        case "on" | "off" as word:
            by: Any = request.user
            mailbox_turn(mailbox=found, is_on=word == "on", by=by)
    return redirect("zoco_mailbox", pk)
