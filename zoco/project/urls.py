"""Addresses: each app's own, the API, Wagtail's admin, and last the public pages by language."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from zoco.project import api
from zoco.project.changes.history import history_urls
from zoco.project.entry import views as second_step
from zoco.project.entry.choosing import ChoosePassword
from zoco.project.health.metrics import metrics, readyz
from zoco.project.serving.media import media


def app_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses of each installed app of ours that has a `urls` module."""
    ours = [config.name for config in apps.get_app_configs() if config.name.startswith("zoco.")]
    return [
        path("", include(f"{name}.urls"))
        for name in ours
        if name != "zoco.project" and find_spec(f"{name}.urls")
    ]


def media_urls() -> list[URLPattern | URLResolver]:
    """Return the address of uploaded files, unless they lie in somebody else's storage."""
    if not isinstance(default_storage, FileSystemStorage):
        return []
    return [path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", media, name="zoco_media")]


urlpatterns: list[URLPattern | URLResolver] = [
    path("choose-password/", ChoosePassword.as_view(), name="zoco_choose_password"),
    path("second-step/", second_step.prove, name="zoco_second_step"),
    path("second-step/own/", second_step.own, name="zoco_second_step_own"),
    path("metrics", metrics, name="zoco_metrics"),
    path("readyz", readyz, name="zoco_readyz"),
    *app_urls(),
    path("api/", api.urls()),
    *history_urls(),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *media_urls(),
    *(staticfiles_urlpatterns() if settings.DEBUG else []),
    *i18n_patterns(path("", include(wagtail_urls)), prefix_default_language=False),
]

handler400 = "zoco.project.serving.errors.refused"
handler404 = "zoco.project.serving.errors.not_found"
handler500 = "zoco.project.serving.errors.failed"
