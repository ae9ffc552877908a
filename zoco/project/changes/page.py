"""The owner's page "Log of changes"."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger.views.heads import head
from zoco.project.changes import shown
from zoco.project.changes.words import NOBODY
from zoco.project.models import Change

MAY = "zoco_project.view_changes"
SIZE = 50
ACTIONS = {
    "created": gettext_lazy("made"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted"),
    "login": gettext_lazy("logged in"),
    "login.failed": gettext_lazy("failed to log in"),
    "second_step.on": gettext_lazy("turned the second step on"),
    "second_step.off": gettext_lazy("turned the second step off"),
    "second_step.codes": gettext_lazy("made recovery codes"),
    "second_step.recovery": gettext_lazy("used a recovery code"),
    "key.made": gettext_lazy("made a key"),
    "key.revoked": gettext_lazy("revoked a key"),
    "exported": gettext_lazy("took out a file of people"),
    "erased": gettext_lazy("erased a person"),
    "imported": gettext_lazy("imported a file of people"),
}
# What was made with these kinds of thing is a deed of its own, with a name of its own.
DEEDS = {
    "zoco_sites.invitation": ("invited", gettext_lazy("invited")),
    "zoco_sites.visitorrequest": ("answered", gettext_lazy("answered a visitor")),
    "zoco_moving.sitereset": ("reset", gettext_lazy("reset")),
    "zoco_moving.sitemove": ("moved", gettext_lazy("moved")),
}
MADE = "created"


class FilterForm(forms.Form):
    """Who, what, when."""

    who = forms.CharField(label=gettext_lazy("Who"), required=False)
    what = forms.ChoiceField(
        label=pgettext_lazy("change", "What"),
        required=False,
        choices=[("", gettext_lazy("Everything")), *ACTIONS.items(), *DEEDS.values()],
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@never_cache
@permission_required(MAY, raise_exception=True)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show a page of lines, the newest first."""
    form = FilterForm(request.GET)
    chosen = _chosen(form.cleaned_data if form.is_valid() else {})
    page = Paginator(chosen, SIZE).get_page(request.GET.get("page"))
    reader = shown.Reader(page.object_list)
    values = {
        **head(_("Log of changes"), "history"),
        "form": form,
        "page": page,
        "lines": [_line(each, reader) for each in page],
    }
    return render(request, "zoco/project/changes.html", values)


def _chosen(given: dict[str, Any]) -> QuerySet[Change]:
    found = Change.objects.order_by("-at", "-id")
    if who := given.get("who"):
        ours = [name for name, said in NOBODY.items() if who.casefold() in str(said).casefold()]
        found = found.filter(Q(by_name__icontains=who) | Q(by_name__in=ours))
    if what := given.get("what"):
        kinds = [kind for kind, (deed, _said) in DEEDS.items() if deed == what]
        if kinds:
            found = found.filter(action=MADE, kind__in=kinds)
        else:
            found = found.filter(action=what)
            found = found.exclude(kind__in=DEEDS) if what == MADE else found
    if since := given.get("since"):
        found = found.filter(at__gte=_begin(since))
    if until := given.get("until"):
        found = found.filter(at__lt=_begin(until) + timedelta(days=1))
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _line(change: Change, reader: shown.Reader) -> dict[str, Any]:
    return {
        "at": change.at,
        "who": shown.who(change),
        "what": _deed(change),
        "kind": _kind(change.kind),
        "name": shown.named(change),
        "address": change.address,
        "fields": reader.fields(change),
    }


def _deed(change: Change) -> str:
    if change.action == MADE and change.kind in DEEDS:
        return str(DEEDS[change.kind][1])
    return str(ACTIONS.get(change.action, change.action))


def _kind(label: str) -> str:
    app, _dot, name = label.partition(".")
    model = apps.all_models[app].get(name)
    return capfirst(str(model._meta.verbose_name)) if model else label
