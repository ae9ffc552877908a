"""What Wagtail's admin is told of media mixes: their pages, in the menu of what is monitored."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from zoco.ledger.viewsets import RightItem
from zoco.mix import screens
from zoco.mix.controls import screens as controls
from zoco.mix.regions import screens as regional
from zoco.mix.shown import draws
from zoco.mix.switching import screens as switching


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def mix_urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("media-mix/", screens.listing, name="zoco_mixes"),
        path("media-mix/<int:pk>/", screens.one, name="zoco_mix"),
        path("media-mix/<int:pk>/act/", screens.act, name="zoco_mix_act"),
        path("media-mix/<int:pk>/delete/", screens.delete, name="zoco_mix_delete"),
        path("media-mix/<int:pk>/weeks.csv", screens.download, name="zoco_mix_weeks"),
        path("media-mix/<int:pk>/draws.csv", draws.as_csv, name="zoco_mix_draws_csv"),
        path("media-mix/<int:pk>/draws.parquet", draws.as_parquet, name="zoco_mix_draws_parquet"),
        path("media-mix/tests/", screens.tests, name="zoco_channel_tests"),
        path("media-mix/controls/", controls.listing, name="zoco_controls"),
        path("media-mix/controls/<int:pk>/delete/", controls.delete, name="zoco_control_delete"),
        path("media-mix/switching/", switching.switching, name="zoco_switching"),
        path("media-mix/regions/", regional.listing, name="zoco_regionals"),
        path("media-mix/regions/<int:pk>/", regional.one, name="zoco_regional"),
        path("media-mix/regions/<int:pk>/act/", regional.act, name="zoco_regional_act"),
        path("media-mix/regions/<int:pk>/delete/", regional.delete, name="zoco_regional_delete"),
        path("media-mix/tests/<int:pk>/delete/", screens.test_delete, name="zoco_channel_test_delete"),
    ]


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def mix_menu() -> MenuItem:
    """Put media mixes into the menu."""
    where = reverse_lazy("zoco_mixes")
    return RightItem(
        f"{screens.SEE} {screens.COSTS}",
        _("Media mix"),
        where,
        name="zoco_mixes",
        icon_name="zoco-monitor",
        order=870,
    )


@hooks.register("register_monitor_menu_item")  # type: ignore[untyped-decorator]
def regions_menu() -> MenuItem:
    """Put tests in regions into the menu."""
    where = reverse_lazy("zoco_regionals")
    return RightItem(
        f"{regional.SEE} {regional.COSTS}",
        _("Tests in regions"),
        where,
        name="zoco_regionals",
        icon_name="zoco-monitor",
        order=872,
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def mix_permissions() -> QuerySet[Permission]:
    """Let groups be given the permissions."""
    return Permission.objects.filter(content_type__app_label="zoco_mix")
