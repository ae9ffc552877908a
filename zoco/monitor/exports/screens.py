"""Pages of those who export facts: what leaves by itself, one run with its files, and what is still owed."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.monitor.exports import duties, services
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportPlan, ExportRun, Format
from zoco.monitor.exports.saying import said_here
from zoco.monitor.exports.services import ExportWrong
from zoco.monitor.exports.targets import EXPORTS, TargetOut, target_open
from zoco.sites.models import Site

FACTS = "zoco_ledger.view_facts"
MAKE, DELETE = (f"zoco_monitor.{verb}_exportrun" for verb in ("add", "delete"))
PLAN = "zoco_monitor.add_exportplan"
LISTED, DAYS_LISTED = 100, 400
State = ExportRun.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross"}
_may = permission_required([MAKE, FACTS], raise_exception=True)


class ExportForm(forms.Form):
    """Which facts, and as what."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.order_by("is_demo", "id"), empty_label=None
    )
    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    format = forms.ChoiceField(label=pgettext_lazy("file", "Format"), choices=Format.choices)

    def clean(self) -> dict[str, Any]:
        """Hold the period to days in their order. Raises ValidationError."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            raise forms.ValidationError(_("The last day lies before the first."))
        return given


def _page(request: HttpRequest, template: str, title: str, **values: object) -> HttpResponse:
    crumbs = [{"url": reverse("zoco_exports"), "label": _("Exports")}, {"url": None, "label": title}]
    shown = {
        "title": title,
        "icon_name": "download",
        "breadcrumbs_items": crumbs if template == "one" else crumbs[:1],
    }
    return render(request, f"zoco/monitor/exports/{template}.html", shown | values)


@never_cache
@_may
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show what leaves by itself, the runs, the newest first, and a form for one more."""
    site = next(iter(sitebook.sites()), None)
    over = services.day_over(site.zone if site else "UTC", timezone.now())
    return _listing(request, ExportForm(initial={"first": over, "last": over}))


def _listing(request: HttpRequest, form: ExportForm) -> HttpResponse:
    runs = ExportRun.objects.select_related("site", "created_by").order_by("-id")[:LISTED]
    plans = ExportPlan.objects.select_related("site").order_by("site", "id")
    return _page(
        request,
        "exports",
        _("Exports"),
        form=form,
        place=EXPORTS() or _("the folder exports in the data folder"),
        plans=[_plan(plan) for plan in plans],
        may_plan=request.user.has_perm(PLAN),
        lines=[_line(run) for run in runs],
        owed=_owed(),
        has_site=Site.objects.exists(),
    )


def _plan(plan: ExportPlan) -> dict[str, Any]:
    """Return a plan with its last day and how it does."""
    rows = ExportDay.objects.filter(site=plan.site_id, format=plan.format, made_at__isnull=False)
    last = rows.order_by("-day").first()
    if not plan.is_on:
        state = _("Off")
    elif plan.failing_since:
        state = _("Fails since %(moment)s: %(why)s") % {
            "moment": _moment(plan.failing_since),
            "why": said_here(plan.said),
        }
    else:
        state = (
            _("Written up to %(day)s") % {"day": formats.day(last.day)} if last else _("Nothing written yet")
        )
    return {"plan": plan, "state": state, "is_failing": bool(plan.failing_since and plan.is_on)}


def _moment(at: datetime) -> str:
    return formats.moment(timezone.localtime(at))


def _line(run: ExportRun) -> dict[str, Any]:
    return {
        "run": run,
        "icon": ICONS.get(State(run.state), "time"),
        "span": formats.span(run.first_on, run.last_on),
        "rows": formats.count(run.rows),
        "by": run.created_by or (_("by schedule") if run.plan_id else _("by command")),
    }


def _owed() -> list[dict[str, str]]:
    """Return what files that could not be reached still hold, by place."""
    found: dict[tuple[str, bool], list[ExportDuty]] = {}
    for duty in ExportDuty.objects.select_related("day").order_by("id")[:10_000]:
        found.setdefault((duty.day.target, duty.is_whole), []).append(duty)
    return [
        {"said": _owed_said(place, is_whole, owed), "why": _why(owed)}
        for (place, is_whole), owed in found.items()
    ]


def _why(owed: list[ExportDuty]) -> str:
    """Return why it could not be done yet, and when it is tried again."""
    why = next((said_here(duty.said) for duty in owed if duty.said), "")
    moments = [duty.next_at for duty in owed if duty.next_at is not None]
    if not moments:
        return why
    again = _("It is tried again at %(moment)s.") % {"moment": _moment(min(moments))}
    return f"{why} {again}"


def _owed_said(place: str, is_whole: bool, owed: list[ExportDuty]) -> str:
    days = len({duty.day_id for duty in owed})
    words = (
        ngettext(
            "%(count)s day in %(place)s is past its time and not deleted yet, since %(day)s.",
            "%(count)s days in %(place)s are past their time and not deleted yet, since %(day)s.",
            days,
        )
        if is_whole
        else ngettext(
            "%(count)s day in %(place)s still holds facts of somebody who was erased, since %(day)s.",
            "%(count)s days in %(place)s still hold facts of somebody who was erased, since %(day)s.",
            days,
        )
    )
    since = formats.day(timezone.localtime(owed[0].asked_at).date())
    return words % {"count": formats.count(days), "place": place or _("the data folder"), "day": since}


@_may
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an export."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _listing(request, form)
    given = form.cleaned_data
    try:
        run = services.run_begin(
            site=given["site"].pk,
            first=given["first"],
            last=given["last"],
            format=given["format"],
            by=request.user.pk,
        )
    except ExportWrong as error:
        form.add_error(None, str(error))
        return _listing(request, form)
    return redirect("zoco_exports_one", pk=run.pk)


@never_cache
@_may
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a run is, and the files of its days."""
    run = get_object_or_404(ExportRun.objects.select_related("site", "created_by"), pk=pk)
    days = _days(run).filter(made_at__isnull=False)
    count = days.count()
    return _page(
        request,
        "one",
        str(run.site),
        run=run,
        icon=ICONS.get(State(run.state), "time"),
        label=run.get_format_display(),
        place=run.target or _("the folder exports in the data folder"),
        share=round(100 * run.done / run.total) if run.total else 0,
        progress=ngettext("%(done)s of %(total)s day", "%(done)s of %(total)s days", run.total) % {
            "done": formats.count(run.done), "total": formats.count(run.total)
        },
        days=[_day(day) for day in days.order_by("-day")[:DAYS_LISTED]],
        more=formats.count(count - DAYS_LISTED) if count > DAYS_LISTED else "",
        is_open=run.is_open,
        may_stop=run.is_open,
        may_go_on=run.state in (State.STOPPED, State.FAILED),
        may_delete=request.user.has_perm(DELETE) and not run.is_open and count > 0,
        said=said_here(run.said),
        **{key: value for key, value in _line(run).items() if key in ("span", "rows")},
    )  # fmt: skip


def _days(run: ExportRun) -> Any:
    return ExportDay.objects.filter(
        site=run.site_id, format=run.format, target=run.target, day__gte=run.first_on, day__lte=run.last_on
    )


def _day(day: ExportDay) -> dict[str, Any]:
    names = [name.rpartition("/")[2] for name in day.files]
    return {
        "day": day,
        "on": formats.day(day.day),
        "rows": formats.count(day.rows),
        "size": formats.count(-(-day.size // 1000)),
        "files": list(enumerate(names, 1)),
    }


@_may
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop, go on, or delete the files."""
    run = get_object_or_404(ExportRun, pk=pk)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "stop":
            services.RUNS.stop(run)
        elif wanted == "go":
            services.run_again(run=run)
        elif wanted == "delete" and request.user.has_perm(DELETE) and not run.is_open:
            duties.days_owed(_days(run))
    except ExportWrong as error:
        ExportRun.objects.filter(pk=pk).update(said=str(error)[:300])
    return redirect("zoco_exports_one", pk=pk)


@never_cache
@_may
@require_safe
def file(request: HttpRequest, pk: int, number: int) -> HttpResponse | FileResponse:
    """Hand out one file of a day."""
    day = get_object_or_404(ExportDay, pk=pk, made_at__isnull=False)
    if not 0 < number <= len(day.files):
        raise Http404(str(number))
    name = day.files[number - 1]
    try:
        opened = target_open(day.target).open(name)
    except FileNotFoundError:
        raise Http404(_("The file is no longer there; export the day again.")) from None
    except TargetOut as error:
        return _page(request, "out", _("The file cannot be reached"), why=said_here(str(error)))
    return FileResponse(opened, as_attachment=True, filename=name.rpartition("/")[2])
