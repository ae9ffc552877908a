"""What Wagtail's admin is told of trials: their pages, in the menu of what is monitored."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.trials.flags import screens
from zoco.trials.screens import downloading, editing, holdouts, listing, planning, showing


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def trials_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("trials/", listing.trials, name="zoco_trials"),
        path("trials/plan/", planning.plan, name="zoco_trials_plan"),
        path("trials/holdout/", holdouts.holdout, name="zoco_trials_holdout"),
        path("trials/new/", editing.new, name="zoco_trial_new"),
        path("trials/<int:pk>/", showing.trial, name="zoco_trial"),
        path("trials/<int:pk>/edit/", editing.edit, name="zoco_trial_edit"),
        path("trials/<int:pk>/act/", showing.act, name="zoco_trial_act"),
        path("flags/", screens.flags, name="zoco_flags"),
        path("flags/new/", screens.new, name="zoco_flag_new"),
        path("flags/<int:pk>/", screens.edit, name="zoco_flag"),
        path("flags/<int:pk>/act/", screens.act, name="zoco_flag_act"),
        path("trials/<int:pk>/units.csv", downloading.download, name="zoco_trial_units"),
    ]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def trials_menu() -> MenuItem:
    """Put trials into the menu."""
    where = reverse_lazy("zoco_trials")
    return RightItem(listing.SEE, _("Trials"), where, name="zoco_trials", icon_name="tasks", order=450)


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def flags_menu() -> MenuItem:
    """Put flags into the menu."""
    where = reverse_lazy("zoco_flags")
    return RightItem(screens.SEE, _("Flags"), where, name="zoco_flags", icon_name="tag", order=451)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def trials_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_trials")
