"""What Wagtail's admin is told of monitor: lists, alarms, live facts, links, imports, exports, schedules."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from zoco.ledger.report import report_named
from zoco.ledger.views.actions import Action, keeps, offer, offer_report
from zoco.ledger.views.address import Address
from zoco.ledger.views.dashboards import Dashboard
from zoco.ledger.viewsets import RightItem
from zoco.monitor import segment_offers
from zoco.monitor.alarms import screens as alarm_screens
from zoco.monitor.attribution import screens as attribution
from zoco.monitor.exports import screens as exports
from zoco.monitor.imports import screens as imports
from zoco.monitor.latest import screens as latest
from zoco.monitor.latest import verdicts
from zoco.monitor.schedules import screens as schedules
from zoco.monitor.schedules.services import SEE as SEE_SCHEDULES
from zoco.monitor.sharing import screens
from zoco.monitor.sharing.public import screens as public_screens
from zoco.monitor.viewsets import (
    alarm_viewset,
    annotation_viewset,
    export_plan_viewset,
    funnel_viewset,
    goal_viewset,
    segment_viewset,
)

MODELS = (
    "sharedlink", "importrun", "exportrun", "exportplan", "schedule", "attributionrun", "conversionrule",
)  # fmt: skip


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def viewsets() -> list[ViewSet]:
    """Return the pages of goals, funnels, annotations, alarms, segments and scheduled exports."""
    kept = [goal_viewset, funnel_viewset, annotation_viewset, alarm_viewset, segment_viewset]
    return [*kept, export_plan_viewset]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def incident_urls() -> list[URLPattern]:
    """Return the addresses of incidents."""
    return [
        path("incidents/", alarm_screens.listing, name="zoco_incidents"),
        path("incidents/usual/", alarm_screens.usual, name="zoco_alarms_usual"),
        path("incidents/<int:pk>/", alarm_screens.incident, name="zoco_incident"),
        path("incidents/<int:pk>/seen/", alarm_screens.acknowledge, name="zoco_incident_acknowledge"),
    ]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def incidents_menu() -> MenuItem:
    """Put incidents into the menu."""
    where = reverse_lazy("zoco_incidents")
    return RightItem(
        alarm_screens.SEE, _("Incidents"), where, name="zoco_incidents", icon_name="warning", order=900
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def schedule_urls() -> list[URLPattern]:
    """Return the addresses of scheduled reports."""
    return [
        path("scheduled-reports/", schedules.listing, name="zoco_schedules"),
        path("scheduled-reports/new/", schedules.new, name="zoco_schedules_new"),
        path("scheduled-reports/<int:pk>/", schedules.one, name="zoco_schedule"),
        path("scheduled-reports/<int:pk>/act/", schedules.act, name="zoco_schedule_act"),
    ]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def schedules_menu() -> MenuItem:
    """Put scheduled reports into the menu."""
    where = reverse_lazy("zoco_schedules")
    return RightItem(
        SEE_SCHEDULES, _("Scheduled reports"), where, name="zoco_schedules", icon_name="mail", order=910
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def attribution_urls() -> list[URLPattern]:
    """Return the addresses of attribution and of what conversions are."""
    return [
        path("attribution/", attribution.listing, name="zoco_attributions"),
        path("attribution/new/", attribution.new, name="zoco_attributions_new"),
        path("attribution/<int:pk>/", attribution.one, name="zoco_attribution"),
        path("attribution/<int:pk>/act/", attribution.act, name="zoco_attribution_act"),
        path("attribution/<int:pk>/credits.csv", attribution.credits_file, name="zoco_attribution_file"),
        path("attribution/conversions/", attribution.definition, name="zoco_conversions"),
    ]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def attribution_menu() -> MenuItem:
    """Put attribution into the menu."""
    where = reverse_lazy("zoco_attributions")
    return RightItem(
        attribution.SEE,
        _("Attribution"),
        where,
        name="zoco_attributions",
        icon_name="zoco-monitor",
        order=880,
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def latest_urls() -> list[URLPattern]:
    """Return the address of the last facts."""
    return [path("live-facts/", latest.live, name="zoco_latest")]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def latest_menu() -> MenuItem:
    """Put the last facts into the menu."""
    where = reverse_lazy("zoco_latest")
    return RightItem(latest.SEE, _("Live"), where, name="zoco_latest", icon_name="time", order=905)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def verdicts_urls() -> list[URLPattern]:
    """Return the address of the page of verdicts."""
    return [path("verdicts/", verdicts.verdicts, name="zoco_verdicts")]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def verdicts_menu() -> MenuItem:
    """Put verdicts into the menu."""
    where = reverse_lazy("zoco_verdicts")
    return RightItem(verdicts.SEE, _("Verdicts"), where, name="zoco_verdicts", icon_name="view", order=890)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def alarm_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions on alarms and incidents."""
    return Permission.objects.filter(
        content_type__app_label="zoco_monitor", content_type__model__in=["alarm", "incident"]
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def sharing_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("shared-links/", screens.listing, name="zoco_shares"),
        path("shared-links/new/", screens.new, name="zoco_shares_new"),
        path("shared-links/<int:pk>/revoke/", screens.revoke, name="zoco_shares_revoke"),
        path("public-dashboards/", public_screens.listing, name="zoco_publics"),
        path("public-dashboards/<slug:slug>/", public_screens.one, name="zoco_publics_one"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def sharing_menu() -> MenuItem:
    """Put the list of links into the settings."""
    where = reverse_lazy("zoco_shares")
    return RightItem(
        screens.SEE,
        _("Shared links"),
        where,
        is_there=screens.is_served,
        name="zoco_shares",
        icon_name="link",
        order=600,
    )


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def public_menu() -> MenuItem:
    """Put public dashboards into the settings."""
    label, where = _("Public dashboards"), reverse_lazy("zoco_publics")
    there = screens.is_served
    return RightItem(
        public_screens.MAY, label, where, is_there=there, name="zoco_publics", icon_name="globe", order=601
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def imports_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("imports/", imports.listing, name="zoco_imports"),
        path("imports/new/", imports.new, name="zoco_imports_new"),
        path("imports/<int:pk>/", imports.one, name="zoco_imports_one"),
        path("imports/<int:pk>/part/", imports.part, name="zoco_imports_part"),
        path("imports/<int:pk>/act/", imports.act, name="zoco_imports_act"),
        path("imports/<int:pk>/undo/", imports.undo, name="zoco_imports_undo"),
        path("imports/<int:pk>/refused.csv", imports.refused, name="zoco_imports_refused"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def imports_menu() -> MenuItem:
    """Put the list of imports into the settings."""
    where = reverse_lazy("zoco_imports")
    return RightItem(imports.SEE, _("Imports"), where, name="zoco_imports", icon_name="upload", order=605)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def exports_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("exports/", exports.listing, name="zoco_exports"),
        path("exports/new/", exports.new, name="zoco_exports_new"),
        path("exports/<int:pk>/", exports.one, name="zoco_exports_one"),
        path("exports/<int:pk>/act/", exports.act, name="zoco_exports_act"),
        path("exports/file/<int:pk>/<int:number>/", exports.file, name="zoco_exports_file"),
    ]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def exports_menu() -> MenuItem:
    """Put the exports into the settings."""
    where = reverse_lazy("zoco_exports")
    return RightItem(exports.MAKE, _("Exports"), where, name="zoco_exports", icon_name="download", order=606)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def sharing_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions on links, imports, exports, attribution and its definition."""
    return Permission.objects.filter(content_type__app_label="zoco_monitor", content_type__model__in=MODELS)


keeps(segment_offers.segments)
offer(schedules.offered)
offer_report(schedules.offered)


@offer
def share(request: HttpRequest, dashboard: Dashboard, address: Address) -> Action | None:
    """Offer the form with what the overview is about filled in."""
    is_able = request.user.has_perm(screens.MAKE) and screens.is_served()
    if not is_able or not report_named(dashboard.head).crowd:
        return None
    query = address.shared(board=dashboard.key)
    return Action(_("Share…"), f"{reverse('zoco_shares_new')}?{query.urlencode(safe='/:.,')}")
