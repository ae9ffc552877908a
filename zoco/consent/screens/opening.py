"""Permissions on the pages of permission, what these begin with, and the way from one to the others."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.ledger.views.heads import head


def _rights(model: str) -> tuple[str, ...]:
    return tuple(f"zoco_consent.{verb}_{model}" for verb in ("view", "add", "change", "delete"))


SEE_TOPICS, ADD_TOPIC, CHANGE_TOPIC, DELETE_TOPIC = _rights("topic")
SEE_RULES, _ADD_RULE, CHANGE_RULE, _DELETE_RULE = _rights("rule")
SEE_SUPPRESSED, SUPPRESS, _CHANGE, LIFT = _rights("suppression")
SEE_CHOICES = "zoco_consent.view_choice"
SEE_FORMS, ADD_FORM, CHANGE_FORM, DELETE_FORM = _rights("form")
PAGES: tuple[tuple[str, str, Any], ...] = (
    ("zoco_consent_topics", SEE_TOPICS, gettext_lazy("Topics")),
    ("zoco_consent_forms", SEE_FORMS, gettext_lazy("Sign-up forms")),
    ("zoco_consent_rules", SEE_RULES, gettext_lazy("Rules of sending")),
    ("zoco_consent_suppressed", SEE_SUPPRESSED, gettext_lazy("Suppressed addresses")),
    ("zoco_consent_choices", SEE_CHOICES, pgettext_lazy("consent", "Choices")),
)


def page(
    request: HttpRequest, template: str, title: str, *, under: str, status: int = 200, **values: object
) -> HttpResponse:
    """Render a page; `under` is the page of the list that it belongs to."""
    label = next(str(each[2]) for each in PAGES if each[0] == under)
    shown: dict[str, Any] = head(title, "user")
    crumbs: list[dict[str, object]] = [{"url": None, "label": _("Permission")}]
    if title != label:
        crumbs.append({"url": reverse(under), "label": label})
    shown["breadcrumbs_items"] = [*crumbs, {"url": None, "label": title}]
    tabs = [
        {"url": reverse(name), "label": label, "is_here": name == under}
        for name, permission, label in PAGES
        if request.user.has_perm(permission)
    ]
    return render(request, f"zoco/consent/{template}.html", {**shown, "tabs": tabs, **values}, status=status)
