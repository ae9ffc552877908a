"""Pages of channels: accounts, one account with its test, messages with their fates."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.channels import facts, services
from zoco.channels.contract import CHANNELS, Ability
from zoco.channels.domains.complaints import certainty_said, complaints_of, complaints_said, strangers_said
from zoco.channels.domains.looking import domains_gather
from zoco.channels.models import OPEN, Account, Message
from zoco.channels.rates.pausing import destination_release
from zoco.channels.rates.reads import destinations_said
from zoco.channels.screens.forms import AccountForm
from zoco.consent.answers import SAID, Because
from zoco.people.naming import subjects_named
from zoco.sites.access.reads import slugs_seen

SEE, ADD, CHANGE = (f"zoco_channels.{verb}_account" for verb in ("view", "add", "change"))
SEE_MESSAGES = "zoco_channels.view_message"
SIZE = 50
State = Message.State
ICONS = {State.SENT: "check", State.REFUSED: "no-view", State.FAILED: "cross", State.UNCERTAIN: "help"}
OTHERWISE = {
    facts.ACCOUNT_OFF: gettext_lazy("The account is off."),
    facts.RESTING: gettext_lazy("The address did not take letters several times; it rests for a while."),
    facts.DESTINATION: gettext_lazy("Its destination does not take our mail now; it is tried again later."),
    facts.RATE: gettext_lazy("A rate holds it: so many leave at a time."),
    facts.WARMING: gettext_lazy("Today's number of the warm-up has left; it goes on tomorrow."),
    facts.STOPPED: gettext_lazy("Sending was stopped before."),
    facts.TWICE: gettext_lazy("This person got it already, under another address."),
    "bounced": gettext_lazy("It came back."),
    "complained": gettext_lazy("The person complained."),
    "unsubscribed": gettext_lazy("The person wants nothing more."),
}


class FilterForm(forms.Form):
    """Which messages."""

    state = forms.ChoiceField(
        label=pgettext_lazy("message", "State"),
        required=False,
        choices=[("", gettext_lazy("All")), *State.choices],
    )
    account = forms.ModelChoiceField(
        label=pgettext_lazy("channels", "Account"),
        required=False,
        queryset=Account.objects.order_by("name", "pk"),
        empty_label=gettext_lazy("All"),
    )


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs: list[dict[str, object]] = [{"url": None, "label": title}]
    if template in {"account", "kinds"}:
        crumbs.insert(0, {"url": reverse("zoco_channels"), "label": _("Accounts to send by")})
    shown = {"title": title, "icon_name": "mail", "breadcrumbs_items": crumbs}
    return render(request, f"zoco/channels/{template}.html", shown | values)


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts, with what waits for each."""
    waiting = dict(
        Message.objects.filter(state__in=OPEN).values_list("account").annotate(Count("pk")).order_by()
    )
    lines = [
        {"account": each, "kind": _label(each), "waits": waiting.get(each.pk, 0)}
        for each in Account.objects.order_by("name", "pk")
    ]
    return _page(
        request,
        "accounts",
        _("Accounts to send by"),
        lines=lines,
        may_add=request.user.has_perm(ADD),
        may_change=request.user.has_perm(CHANGE),
        may_see_messages=_sees_messages(request),
    )


@never_cache
@permission_required(ADD, raise_exception=True)
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """Let a kind of account be chosen."""
    return _page(request, "kinds", _("Add an account"), kinds=list(CHANNELS))


@never_cache
@permission_required(ADD, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, adapter: str) -> HttpResponse:
    """Add an account of a kind."""
    if adapter not in CHANNELS:
        raise Http404(_("There is no such kind of account."))
    return _edited(request, Account(adapter=adapter), _("Add an account"))


@never_cache
@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change an account."""
    found = get_object_or_404(Account, pk=pk)
    if found.adapter not in CHANNELS:
        raise Http404(_("The program that knows this kind of account is not installed."))
    return _edited(request, found, found.name)


def _edited(request: HttpRequest, found: Account, title: str) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None, account=found)
    if request.method == "POST" and form.is_valid() and form.save(request.user):
        services.account_check(account=found, at=timezone.now())
        domains_gather()
        return redirect("zoco_channels_account", found.pk)
    channel = CHANNELS.get(found.adapter)
    where = reverse("zoco_channels_heard", args=[found.uid])
    is_mail = found.pk and found.options.get("from_address")
    complaints = complaints_of([found.pk], now=timezone.now()) if is_mail else None
    hears = found.pk and channel.may(Ability.LISTEN)
    return _page(
        request,
        "account",
        title,
        form=form,
        account=found,
        kind=channel.label,
        is_old=found.pk is not None,
        destinations=destinations_said(found, now=timezone.now()) if found.pk else [],
        complaints=complaints_said(complaints) if complaints else None,
        certainty=certainty_said(complaints) if complaints else "",
        heard_at=request.build_absolute_uri(where) if hears else "",
        strangers=strangers_said(found.pk, now=timezone.now()) if hears else "",
    )


@permission_required(CHANGE, raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Test an account, switch it on or off, make it the usual one, or let a destination of it go on."""
    found = get_object_or_404(Account, pk=pk)
    match request.POST.get("act", ""):
        case "test" if found.adapter in CHANNELS:
            services.account_check(account=found, at=timezone.now())
        case "on" | "off" as word:
            services.account_turn(account=found, is_on=word == "on")
        case "usual":
            services.account_prefer(account=found)
        case "release":
            number = request.POST.get("destination", "")
            chosen = (
                found.destinations.filter(pk=number).first()
                if number.isascii() and number.isdigit() and len(number) < 19
                else None
            )
            if chosen is not None:
                destination_release(destination=chosen, at=timezone.now())
    return redirect("zoco_channels_account", found.pk)


@never_cache
@permission_required(SEE_MESSAGES, raise_exception=True)
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Show a page of messages with their fates, the newest first."""
    if not _sees_messages(request):
        raise PermissionDenied(_("Messages go to people of all sites; your account sees some sites only."))
    form = FilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    chosen = _chosen(given)
    page = Paginator(chosen, SIZE).get_page(request.GET.get("page"))
    named = subjects_named((each.about_kind, each.about) for each in page if not each.subject)
    return _page(
        request,
        "messages",
        _("Messages"),
        form=form,
        page=page,
        lines=[_line(each, named) for each in page],
        is_empty=not any(given.values()) and not page.paginator.count,
    )


def _chosen(given: dict[str, Any]) -> QuerySet[Message]:
    found = Message.objects.select_related("account", "person").order_by("-pk")
    if state := given.get("state"):
        found = found.filter(state=state)
    if of := given.get("account"):
        found = found.filter(account=of)
    return found


def _line(message: Message, named: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Return a message; one of a sending has no subject of its own and goes by the name of that."""
    state = State(message.state)
    return {
        "message": message,
        "subject": message.subject or named.get((message.about_kind, message.about), ""),
        "state": state.label,
        "icon": ICONS.get(state, "time"),
        "until": message.next_at if state == State.WAITS else None,
        "why": _why(message),
    }


def _why(message: Message) -> str:
    """Return why a message is where it is, in words; what another side said stands as it was said."""
    if message.because in OTHERWISE:
        said = str(OTHERWISE[message.because])
        return f"{said} {message.reason}".strip()
    if message.state in {State.REFUSED, State.WAITS} and message.because in set(Because):
        return str(SAID[Because(message.because)])
    return message.reason


def _label(account: Account) -> object:
    return CHANNELS.get(account.adapter).label if account.adapter in CHANNELS else account.adapter


def _sees_messages(request: HttpRequest) -> bool:
    return request.user.has_perm(SEE_MESSAGES) and slugs_seen(request.user) is None
