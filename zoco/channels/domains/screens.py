"""Pages of sending domains: all at a glance, and one with what to set in DNS."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from zoco.channels.domains import services
from zoco.channels.domains.complaints import (
    accounts_from,
    certainty_said,
    complaints_of,
    complaints_said,
)
from zoco.channels.domains.findings import Check, Finding, Level, finding_read
from zoco.channels.domains.forms import DomainForm, KeyForm, NewDomainForm, said_of
from zoco.channels.domains.keys import KeyUnfit, zone_line
from zoco.channels.domains.looking import domain_look
from zoco.channels.domains.models import DkimKey, DomainChange, SendingDomain
from zoco.channels.domains.signing import signers_forget
from zoco.channels.domains.tasks import domain_tell
from zoco.channels.domains.verdicts import NoReason, domain_excuse, domain_unexcuse, verdict_of

SEE, ADD, CHANGE = (f"zoco_channels.{verb}_sendingdomain" for verb in ("view", "add", "change"))
CHANGES_SHOWN = 30
ICONS = {"good": "check", "warning": "warning", "bad": "cross", "unknown": "help", "new": "time"}
LABELS = {
    Check.SPF: gettext_lazy("SPF: who may send"),
    Check.DKIM: gettext_lazy("DKIM: signature"),
    Check.DMARC: gettext_lazy("DMARC: what others do with forgeries"),
    Check.PTR: gettext_lazy("PTR: names of the servers"),
    Check.TLS: gettext_lazy("TLS: encryption on the way"),
    Check.MX: gettext_lazy("MX: where answers go"),
}
LEVELS = {
    Level.GOOD: gettext_lazy("good"),
    Level.WARNING: gettext_lazy("could be better"),
    Level.BAD: gettext_lazy("bad"),
    Level.UNKNOWN: gettext_lazy("nobody answered"),
}


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs: list[dict[str, object]] = [{"url": None, "label": title}]
    if template == "domain":
        crumbs.insert(0, {"url": reverse("zoco_domains"), "label": _("Sending domains")})
    shown = {"title": title, "icon_name": "mail", "breadcrumbs_items": crumbs}
    return render(request, f"zoco/channels/{template}.html", shown | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest) -> HttpResponse:
    """List the domains, and add one."""
    may_add = request.user.has_perm(ADD)
    form = NewDomainForm(request.POST if request.method == "POST" and may_add else None)
    if may_add and form.is_valid():
        return redirect("zoco_domain", form.save().pk)
    now = timezone.now()
    lines = [
        {"domain": each, "icon": ICONS[each.state], "verdict": verdict_of(each, now=now)}
        for each in SendingDomain.objects.order_by("name", "pk")
    ]
    return _page(request, "domains", _("Sending domains"), lines=lines, form=form, may_add=may_add)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a domain with what to set, and change how its mail leaves."""
    found = get_object_or_404(SendingDomain, pk=pk)
    may_change = request.user.has_perm(CHANGE)
    form = DomainForm(request.POST if request.method == "POST" and may_change else None, instance=found)
    if may_change and form.is_valid():
        form.save()
        signers_forget()
        return redirect("zoco_domain", pk)
    findings = [finding_read(each) for each in found.findings]
    findings.sort(key=lambda each: (list(Check).index(each.check), each.level))
    changes = DomainChange.objects.filter(domain=found).order_by("-pk")[:CHANGES_SHOWN]
    now = timezone.now()
    complaints = complaints_of(accounts_from(found.name), now=now)
    return _page(
        request,
        "domain",
        found.name,
        domain=found,
        icon=ICONS[found.state],
        verdict=verdict_of(found, now=now),
        complaints=complaints_said(complaints),
        certainty=certainty_said(complaints),
        findings=[_line(each, f"z-record-{at}") for at, each in enumerate(findings)],
        keys=[_key_line(each) for each in found.keys.order_by("-pk")],
        changes=[_change_line(each) for each in changes],
        form=form,
        key_form=KeyForm(),
        may_change=may_change,
    )


@permission_required(CHANGE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again, give a key or take one away, let campaigns start all the same or no longer."""
    found = get_object_or_404(SendingDomain, pk=pk)
    by: Any = request.user
    match request.POST.get("act", ""):
        case "look":
            if domain_look(domain=found, at=timezone.now()):
                domain_tell.enqueue(domain=found.pk)
        case "key":
            _key_given(request, found)
        case "drop":
            number = request.POST.get("key", "")
            chosen = (
                found.keys.filter(pk=number).first()
                if number.isascii() and number.isdigit() and len(number) < 19
                else None
            )
            if chosen is not None:
                services.key_drop(key=chosen, by=by)
        case "excuse":
            try:
                domain_excuse(domain=found, reason=request.POST.get("reason", ""), by=by, at=timezone.now())
            except NoReason as wrong:
                messages.error(request, str(wrong))
        case "unexcuse":
            domain_unexcuse(domain=found, by=by)
    return redirect("zoco_domain", pk)


def _key_given(request: HttpRequest, found: SendingDomain) -> None:
    form = KeyForm(request.POST)
    by: Any = request.user
    if not form.is_valid():
        messages.error(request, " ".join(str(said) for each in form.errors.values() for said in each))
        return
    try:
        services.key_add(domain=found, at=timezone.now(), by=by, **form.cleaned_data)
    except KeyUnfit as wrong:
        messages.error(request, _(wrong.words) % wrong.places)
    except ValidationError as wrong:
        messages.error(request, said_of(wrong))


def _line(finding: Finding, name: str) -> dict[str, Any]:
    record = finding.record
    return {
        "id": name,
        "label": LABELS[finding.check],
        "icon": ICONS[finding.level],
        "level": LEVELS[finding.level],
        "said": finding.said,
        "record": record,
        "zone": zone_line(record.name, record.value) if record and record.type == "TXT" else "",
    }


def _key_line(key: DkimKey) -> dict[str, Any]:
    return {"key": key, "name": f"{key.selector}._domainkey.{key.domain.name}", "id": f"z-key-{key.pk}",
            "zone": zone_line(f"{key.selector}._domainkey.{key.domain.name}", key.public)}  # fmt: skip


def _change_line(change: DomainChange) -> dict[str, Any]:
    words, places = change.said["words"], change.said["places"]
    return {
        "at": change.at,
        "label": LABELS[Check(change.check_key)],
        "was": LEVELS[Level(change.was)] if change.was else pgettext("check", "not looked at"),
        "now": LEVELS[Level(change.now)],
        "said": _(words) % places,
    }
