"""Pages of flags: the list with its switches, the editor with the history of changes below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.kit.editors.lines import lines_offered
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.sites.wording import said_whole
from zoco.trials.designs import DesignWrong
from zoco.trials.flags import services
from zoco.trials.flags.forms import FIRST, FlagForm, Rules, Variants
from zoco.trials.flags.models import Flag, FlagChange

SEE, ADD = "zoco_trials.view_flag", "zoco_trials.add_flag"
CHANGE, DELETE = "zoco_trials.change_flag", "zoco_trials.delete_flag"
CHANGES_SHOWN = 50
FIELDS = {
    "name": gettext_lazy("name"), "note": gettext_lazy("note"), "unit": gettext_lazy("who is dealt"),
    "kind": gettext_lazy("what programs are told"), "is_on": gettext_lazy("on or off"),
    "is_public": gettext_lazy("pages may ask"), "off_variant": gettext_lazy("when it is off"),
    "default_variant": gettext_lazy("where no rule fits"), "variants": gettext_lazy("variants"),
    "rules": gettext_lazy("rules"),
}  # fmt: skip


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """List the flags of a site."""
    sites = sitebook.sites()
    if not sites:
        return no_site(request, _("Flags"))
    site = site_chosen(sites, request.GET.get("site", ""))
    found = Flag.objects.filter(site=site.id).select_related("site").order_by("key")
    values = {
        "flags": [_line(each) for each in found],
        "may_add": request.user.has_perm(ADD),
        "may_change": request.user.has_perm(CHANGE),
    }
    return render(request, "zoco/trials/flags.html", head_of_site(_("Flags"), site, sites) | values)


def _line(flag: Flag) -> dict[str, Any]:
    return {
        "flag": flag,
        "icon": "check" if flag.is_on else "cross",
        "state": pgettext("flag", "On") if flag.is_on else pgettext("flag", "Off"),
        "rules": formats.count(len(flag.rules)),
        "changed": _when(flag, flag.changed_at),
    }


@never_cache
@permission_required(ADD, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a flag."""
    if not sitebook.sites():
        return no_site(request, _("New flag"))
    if request.method == "POST":
        return _taken(request, None)
    initial = {"off_variant": "off", "default_variant": "on"}
    if request.GET.get("site", "").isdecimal():
        initial["site"] = request.GET["site"]
    return _page(request, None, FlagForm(initial=initial), _variants(list(FIRST)), _rules([]))


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a flag with its history, and change it."""
    flag = get_object_or_404(Flag, pk=pk)
    if request.method == "POST":
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return _taken(request, flag)
    rules = [asdict(each) | {"values": ", ".join(each.values)} for each in flag.rules_read]
    variants = [asdict(each) for each in flag.variants_read]
    return _page(request, flag, FlagForm(instance=flag), _variants(variants), _rules(rules))


@require_POST
@permission_required(SEE, raise_exception=True)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a flag on or off, or delete it."""
    flag, do = get_object_or_404(Flag, pk=pk), request.POST.get("do", "")
    if not request.user.has_perm(DELETE if do == "delete" else CHANGE):
        raise PermissionDenied
    try:
        if do == "delete":
            services.flag_delete(flag=pk)
        elif do in ("on", "off"):
            services.flag_switch(flag=pk, is_on=do == "on", by=request.user, at=timezone.now())
    except DesignWrong as wrong:
        messages.error(request, said_whole(wrong))
        return redirect("zoco_flag", pk)
    site = next((each.slug for each in sitebook.sites() if each.id == flag.site_id), "")
    return redirect(f"{reverse('zoco_flags')}?site={site}")


def _variants(first: Sequence[dict[str, Any]]) -> Any:
    return lines_offered(Variants, "variants", first)


def _rules(first: Sequence[dict[str, Any]]) -> Any:
    return lines_offered(Rules, "rules", first)


def _taken(request: HttpRequest, flag: Flag | None) -> HttpResponse:
    form = FlagForm(request.POST, instance=flag)
    variants, rules = Variants(request.POST, prefix="variants"), Rules(request.POST, prefix="rules")
    if all([form.is_valid(), variants.are_valid(), rules.are_valid()]):
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in services.FIELDS}
        parts = {"variants": variants.filled, "rules": rules.filled}
        given |= {name: tuple(each.part() for each in lines) for name, lines in parts.items()}
        given["by"] = request.user
        try:
            if flag is None:
                about = {"site": form.cleaned_data["site"].pk, "key": form.cleaned_data["key"]}
                made = services.flag_make(**about, **given, at=timezone.now())
            else:
                made = services.flag_change(flag=flag.pk, **given, at=timezone.now())
            return redirect("zoco_flag", made.pk)
        except DesignWrong as wrong:
            form.add_error(None, said_whole(wrong))
    return _page(request, flag, form, variants, rules)


def _page(request: HttpRequest, flag: Flag | None, form: Any, variants: Any, rules: Any) -> HttpResponse:
    title = Flag.objects.get(pk=flag.pk).name if flag else _("New flag")
    crumbs = [{"url": reverse("zoco_flags"), "label": _("Flags")}, {"url": None, "label": title}]
    values = {
        "title": title, "icon_name": "tag", "breadcrumbs_items": crumbs, "form": form, "flag": flag,
        "variants": variants, "rules": rules, "changes": _changes(flag),
        "may_change": request.user.has_perm(CHANGE if flag else ADD),
        "may_delete": flag is not None and request.user.has_perm(DELETE),
    }  # fmt: skip
    return render(request, "zoco/trials/flag.html", values)


def _changes(flag: Flag | None) -> list[tuple[str, str, str]]:
    """Return when, who and what, the newest first."""
    if flag is None:
        return []
    found = FlagChange.objects.filter(flag=flag).select_related("by").order_by("-id")[:CHANGES_SHOWN]
    return [(_when(flag, each.at), each.by_name or _("a program"), _what(each)) for each in found]


def _when(flag: Flag, at: datetime) -> str:
    return formats.moment(timezone.localtime(at, ZoneInfo(flag.site.zone)))


def _what(change: FlagChange) -> str:
    if change.what == services.MADE:
        return pgettext("flag", "Made")
    if change.fields == ["is_on"]:
        return _("Switched on") if change.after["is_on"] else _("Switched off")
    return ", ".join(str(FIELDS[each]) for each in change.fields if each in FIELDS)
