"""What Wagtail's admin is told of permission: topics, rules, suppressed addresses, choices and forms."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.consent.screens import choices, signups, suppressions, topics
from zoco.consent.screens.opening import SEE_TOPICS
from zoco.ledger.viewsets import RightItem
from zoco.people.opening import sees_people


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def consent_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("consent/topics/", topics.topics, name="zoco_consent_topics"),
        path("consent/topics/new/", topics.topic_new, name="zoco_consent_topic_new"),
        path("consent/topics/<int:pk>/", topics.topic, name="zoco_consent_topic"),
        path("consent/topics/<int:pk>/delete/", topics.topic_delete, name="zoco_consent_topic_delete"),
        path("consent/forms/", signups.forms, name="zoco_consent_forms"),
        path("consent/forms/new/", signups.form_new, name="zoco_consent_form_new"),
        path("consent/forms/preview/", signups.preview, name="zoco_consent_preview"),
        path("consent/forms/<int:pk>/", signups.form, name="zoco_consent_form"),
        path("consent/forms/<int:pk>/edit/", signups.form_edit, name="zoco_consent_form_edit"),
        path("consent/forms/<int:pk>/preview/", signups.form_preview, name="zoco_consent_form_preview"),
        path("consent/forms/<int:pk>/act/", signups.form_act, name="zoco_consent_form_act"),
        path("consent/rules/", topics.rules, name="zoco_consent_rules"),
        path("consent/suppressed/", suppressions.suppressed, name="zoco_consent_suppressed"),
        path("consent/suppressed/lift/", suppressions.lift, name="zoco_consent_lift"),
        path("consent/choices/", choices.choices, name="zoco_consent_choices"),
    ]


@hooks.register("register_retain_menu_item")  # type: ignore[untyped-decorator]
def consent_entry() -> MenuItem:
    """Show permission to whoever sees all sites."""
    return RightItem(
        SEE_TOPICS, _("Permission"), reverse_lazy("zoco_consent_topics"),
        name="zoco_consent", icon_name="user", order=200,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def consent_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(
        content_type__app_label="zoco_consent",
        content_type__model__in=["topic", "rule", "suppression", "choice", "form"],
    )
