"""Goals, annotations, alarms, segments, funnels and scheduled exports in Wagtail's admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.models import EditView

from zoco.ledger import sitebook
from zoco.ledger.viewsets import AddView, ListView, ListViewSet
from zoco.monitor import purposes
from zoco.monitor.alarms.forms import AlarmForm
from zoco.monitor.alarms.models import Alarm
from zoco.monitor.alarms.said import alarm_said, known_said
from zoco.monitor.alarms.shown.before_said import a_week_said
from zoco.monitor.annotations import Annotation
from zoco.monitor.exports.models import ExportPlan
from zoco.monitor.funnel_form import FunnelForm, funnel_said, report_link, within_said
from zoco.monitor.funnels import Funnel
from zoco.monitor.goal_form import GoalForm
from zoco.monitor.hooks import hook_owned
from zoco.monitor.models import Goal, Segment
from zoco.monitor.said import goal_said
from zoco.monitor.segment_form import SegmentForm
from zoco.monitor.segment_said import segment_said

if TYPE_CHECKING:
    _AnnotationForm = forms.ModelForm[Annotation]
else:
    _AnnotationForm = forms.ModelForm


class GoalViewSet(ListViewSet):
    """List, make and change goals."""

    new_label, purpose, counted = purposes.GOAL
    model = Goal
    own_form = GoalForm
    icon = "check"
    menu_label = _("Goals")
    menu_order = 591
    add_to_settings_menu = True
    list_display = [
        "name",
        "site",
        Column("kind", label=_("Reached when"), accessor=goal_said),
    ]
    search_fields = ["name"]
    ordering = ["site", "id"]


class AnnotationForm(_AnnotationForm):
    """An annotation; it knows who wrote it."""

    class Meta:
        model = Annotation
        fields = ("site", "on", "kind", "text")
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.instance.pk:
            first = next(iter(sitebook.sites()), None)
            self.initial.setdefault("site", first.id if first else None)
            self.initial.setdefault("on", timezone.localdate())


class AnnotationAddView(AddView):
    """Write one down."""

    def save_instance(self) -> Annotation:
        """Save it with its author."""
        self.form.instance.created_by = self.request.user
        saved: Annotation = super().save_instance()  # type: ignore[no-untyped-call]
        return saved


class AnnotationViewSet(ListViewSet):
    """List, write and change annotations."""

    new_label, purpose, counted = purposes.ANNOTATION
    model = Annotation
    own_form = AnnotationForm
    icon = "pick"
    menu_label = _("Annotations")
    menu_order = 595
    add_to_settings_menu = True
    add_view_class = AnnotationAddView
    list_display = ["text", "on", "kind", "site", "created_by"]
    search_fields = ["text"]
    ordering = ["-on", "-id"]


annotation_viewset = AnnotationViewSet("zoco_annotations", url_prefix="annotations")  # type: ignore[no-untyped-call]
goal_viewset = GoalViewSet("zoco_goals", url_prefix="goals")  # type: ignore[no-untyped-call]


def _to_alarm(alarm: Alarm) -> str:
    return reverse("zoco_alarms:edit", args=[alarm.pk])


class _HookOfWhoever:
    """Writes down who set the web hook."""

    form: Any
    request: Any

    def save_instance(self) -> Any:
        """Save it."""
        hook_owned(self.form, self.request.user)
        return super().save_instance()  # type: ignore[misc]


class AlarmAddView(_HookOfWhoever, AddView):
    """Set an alarm."""


class AlarmEditView(_HookOfWhoever, EditView):
    """Change an alarm."""


class AlarmViewSet(ListViewSet):
    """List, set and change alarms."""

    new_label, purpose, counted = purposes.ALARM
    model = Alarm
    own_form = AlarmForm
    icon = "warning"
    menu_label = _("Alarms")
    menu_order = 592
    add_to_settings_menu = True
    add_view_class = AlarmAddView
    edit_view_class = AlarmEditView
    list_display = [
        TitleColumn("kind", label=_("Raised when"), accessor=alarm_said, get_url=_to_alarm),
        "site",
        Column("known", label=_("State"), accessor=known_said),
        Column("a_week", label=_("To be expected a week"), accessor=a_week_said),
    ]
    ordering = ["site", "id"]


alarm_viewset = AlarmViewSet("zoco_alarms", url_prefix="alarms")  # type: ignore[no-untyped-call]


class FunnelViewSet(ListViewSet):
    """List, draw and change funnels; the report shows each."""

    new_label, purpose, counted = purposes.FUNNEL
    model = Funnel
    own_form = FunnelForm
    icon = "arrow-down-big"
    menu_label = _("Funnels")
    menu_order = 591
    add_to_settings_menu = True
    list_display = [
        "name",
        "site",
        Column("steps", label=pgettext_lazy("funnel", "Steps"), accessor=funnel_said),
        Column("within_seconds", label=pgettext_lazy("funnel", "Within"), accessor=within_said),
        Column("report", label=_("Report"), accessor=report_link),
    ]
    search_fields = ["name"]
    ordering = ["site", "name", "id"]


funnel_viewset = FunnelViewSet("zoco_funnels", url_prefix="funnels")  # type: ignore[no-untyped-call]


class SegmentCreate(AddView):
    """Make a segment of the filters in the address."""

    def get_initial(self) -> dict[str, Any]:
        """Return the address as the form takes it."""
        return {"asked": self.request.GET.urlencode()}


class SegmentList(ListView):
    """The segments; the first is made from a report."""

    way = (_("Open the overview"), reverse_lazy("zoco_desk:overview", args=["traffic"]))


class SegmentViewSet(ListViewSet):
    """List and rename segments; they are made from a page with filters."""

    new_label, purpose, counted = purposes.SEGMENT
    index_view_class = SegmentList
    model = Segment
    own_form = SegmentForm
    icon = "table"
    menu_label = _("Segments")
    menu_order = 592
    add_to_settings_menu = True
    add_view_class = SegmentCreate
    list_display = [
        "name",
        "site",
        Column("filters", label=_("Filters"), accessor=lambda segment: " · ".join(segment_said(segment))),
    ]
    search_fields = ["name"]
    ordering = ["site", "name", "id"]


segment_viewset = SegmentViewSet("zoco_segments", url_prefix="segments")  # type: ignore[no-untyped-call]


class ExportPlanViewSet(ListViewSet):
    """List and change what leaves by itself; its state stands on the page of exports."""

    new_label, purpose, counted = purposes.EXPORT_PLAN
    model = ExportPlan
    icon = "download"
    form_fields = ["site", "format", "every", "since", "is_on"]
    list_display = ["site", "format", "every", "since", "is_on"]
    ordering = ["site", "id"]


export_plan_viewset = ExportPlanViewSet("zoco_export_plans", url_prefix="scheduled-exports")  # type: ignore[no-untyped-call]
