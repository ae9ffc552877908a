"""What Wagtail's admin is told of surveys: their pages, in the menu of research."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.surveys.screens import downloading, editing, lifting, listing, showing, wording


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def surveys_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("surveys/", listing.surveys, name="zoco_surveys"),
        path("surveys/new/", editing.new, name="zoco_survey_new"),
        path("surveys/<int:pk>/", showing.survey, name="zoco_survey_results"),
        path("surveys/<int:pk>/edit/", editing.edit, name="zoco_survey_edit"),
        path("surveys/<int:pk>/act/", showing.act, name="zoco_survey_act"),
        path("surveys/<int:pk>/<slug:key>.svg", showing.picture, name="zoco_survey_picture"),
        path("surveys/<int:pk>/lift/", lifting.lift, name="zoco_survey_lift"),
        path("surveys/<int:pk>/words/<slug:key>/", wording.words, name="zoco_survey_words"),
        path("surveys/<int:pk>/responses.csv", downloading.download, name="zoco_survey_responses"),
    ]


@hooks.register("register_research_menu_item")  # type: ignore[untyped-decorator]
def surveys_menu() -> MenuItem:
    """Put surveys into the menu."""
    where = reverse_lazy("zoco_surveys")
    return RightItem(listing.SEE, _("Surveys"), where, name="zoco_surveys", icon_name="form", order=200)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def surveys_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_surveys")
