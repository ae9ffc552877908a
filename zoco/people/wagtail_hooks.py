"""What Wagtail's admin is told of people and audiences: their pages, in the menu of research."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from zoco.ledger.viewsets import RightItem
from zoco.people.gathering import builder, members, opening
from zoco.people.gathering import screens as audiences
from zoco.people.importing import screens as imports
from zoco.people.opening import sees_people
from zoco.people.screens import doubles, exporting, forgetting, history, listing, merging, person
from zoco.people.screens.opening import SEE
from zoco.people.viewsets import viewsets


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def people_viewsets() -> list[ViewSet]:
    """Return the pages of own fields."""
    return [*viewsets]


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def people_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("people/", listing.people, name="zoco_people"),
        path("people/new/", person.new, name="zoco_people_new"),
        path("people/export/", exporting.export, name="zoco_people_export"),
        path("people/doubles/", doubles.doubles, name="zoco_people_doubles"),
        path("people/imports/", imports.listing, name="zoco_people_imports"),
        path("people/imports/new/", imports.new, name="zoco_people_imports_new"),
        path("people/imports/<int:pk>/", imports.one, name="zoco_people_import"),
        path("people/imports/<int:pk>/part/", imports.part, name="zoco_people_import_part"),
        path("people/imports/<int:pk>/act/", imports.act, name="zoco_people_import_act"),
        path("people/imports/<int:pk>/refused.csv", imports.refused, name="zoco_people_import_refused"),
        path("people/<int:pk>/", person.person, name="zoco_person"),
        path("people/<int:pk>/edit/", person.edit, name="zoco_person_edit"),
        path("people/<int:pk>/act/", person.act, name="zoco_person_act"),
        path("people/<int:pk>/merge/", merging.merge, name="zoco_person_merge"),
        path("people/<int:pk>/export/", exporting.export_one, name="zoco_person_export"),
        path("people/<int:pk>/erase/", forgetting.erase, name="zoco_person_erase"),
        path("people/<int:pk>/timeline/", history.history, name="zoco_person_timeline"),
    ]


@hooks.register("register_research_menu_item")  # type: ignore[untyped-decorator]
def people_entry() -> MenuItem:
    """Show people to whoever sees all sites."""
    return RightItem(
        SEE, pgettext_lazy("area", "People"), reverse_lazy("zoco_people"),
        name="zoco_people", icon_name="group", order=200,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def audience_urls() -> list[URLPattern]:
    """Return the addresses of audiences."""
    return [
        path("audiences/", audiences.listing, name="zoco_audiences"),
        path("audiences/new/", builder.new, name="zoco_audience_new"),
        path("audiences/who/", members.who, name="zoco_audience_who"),
        path("audiences/<int:pk>/", audiences.one, name="zoco_audience"),
        path("audiences/<int:pk>/edit/", builder.edit, name="zoco_audience_edit"),
        path("audiences/<int:pk>/act/", audiences.act, name="zoco_audience_act"),
        path("audiences/<int:pk>/members/", members.members, name="zoco_audience_members"),
        path("audiences/<int:pk>/export/", members.export, name="zoco_audience_export"),
        path("audiences/<int:pk>/entered/<int:change>/", members.entered, name="zoco_audience_entered"),
        path("audiences/<int:pk>/left/<int:change>/", members.left, name="zoco_audience_left"),
    ]


@hooks.register("register_research_menu_item")  # type: ignore[untyped-decorator]
def audiences_entry() -> MenuItem:
    """Show audiences to whoever sees all sites."""
    where = reverse_lazy("zoco_audiences")
    return RightItem(
        opening.SEE, _("Audiences"), where, name="zoco_audiences", icon_name="group", order=210,
        is_there=sees_people,
    )  # fmt: skip


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def people_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions. People are not deleted but erased, which has one of its own."""
    return Permission.objects.filter(
        content_type__app_label="zoco_people",
        content_type__model__in=["person", "attribute", "audience", "peopleimport"],
    ).exclude(codename="delete_person")
