"""The project as an app: it holds the worker's clock and the accounts' first passwords."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from zoco.campaigns.following import Followed
    from zoco.sites.published import PublishedSite
    from zoco.sites.sourcing.services import Done


class ProjectConfig(AppConfig):
    """The runnable project."""

    name = "zoco.project"
    label = "zoco_project"
    verbose_name = "Zoco"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles after each migrate: permissions exist only then. Begin the log of changes."""
        from zoco.campaigns import following
        from zoco.project.changes.watching import watch
        from zoco.project.worker.judging import history
        from zoco.sites.sourcing import services

        services.provide(_apply_sources)
        following.provide(_followed)
        services.provide(history)
        post_migrate.connect(_roles, dispatch_uid="zoco.project.roles")
        watch()


def _apply_sources(site: "PublishedSite", tell: "Callable[[Done, int], None]") -> "Done":
    """Work the history of a site out again with the rules of today."""
    from zoco.collector.again import classify_again
    from zoco.ledger.store.opening import store

    return classify_again(store(), site=site, progress=tell)


def _followed(request: "HttpRequest", link: "Followed") -> None:
    """Count that a short link was followed."""
    from zoco.project import collecting

    collecting.followed(request, link)


def _roles(sender: AppConfig, **more: Any) -> None:
    """Run once a migrate, after the last app's permissions."""
    from django.apps import apps

    from zoco.project.roles import roles_ensure

    if sender.name == list(apps.get_app_configs())[-1].name and more.get("using") == "default":
        roles_ensure()
