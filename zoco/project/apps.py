"""The project as an app: it holds the worker's clock and the accounts' first passwords."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zoco.campaigns.following import Followed
    from zoco.ledger.sitebook import SiteInfo
    from zoco.mail.counting.signs import Caller
    from zoco.trials.visiting import Visiting


class ProjectConfig(AppConfig):
    """The runnable project."""

    name = "zoco.project"
    label = "zoco_project"
    verbose_name = "Zoco"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles after each migrate: permissions exist only then. Begin the log of changes."""
        from zoco.campaigns import following
        from zoco.mail.counting import signs
        from zoco.monitor.latest import mine
        from zoco.project.changes.watching import watch
        from zoco.project.worker.judging import history
        from zoco.sites.sourcing import services
        from zoco.trials import visiting

        following.provide(_followed)
        signs.provide(_caller)
        mine.provide(_own)
        visiting.provide(_visiting)
        services.provide(history)
        post_migrate.connect(_roles, dispatch_uid="zoco.project.roles")
        watch()


def _followed(request: "HttpRequest", link: "Followed") -> None:
    """Count that a short link was followed."""
    from zoco.project import collecting

    collecting.followed(request, link)


def _caller(request: "HttpRequest") -> "Caller":
    """Return who asks, and what program if it is no browser."""
    from zoco.collector.steps.verdict import judge
    from zoco.mail.counting.signs import Caller
    from zoco.sites.clients import client_address

    judged = judge(request.headers.get("User-Agent", ""))
    return Caller(client_address(request), "" if judged.verdict == "human" else judged.reason)


def _own(request: "HttpRequest", site: "SiteInfo") -> frozenset[int]:
    """Return who this browser is on a site today."""
    from zoco.project.serving import own

    return own.visitors_of(request, site)


def _visiting(request: "HttpRequest", host: str, who: str) -> "Visiting | None":
    """Return which site a page is of, and who its browser is there."""
    from zoco.project.serving import own

    return own.visiting(request, host, who)


def _roles(sender: AppConfig, **more: Any) -> None:
    """Run once a migrate, after the last app's permissions."""
    from django.apps import apps

    from zoco.project.roles import roles_ensure

    # Those without models are told of no migration.
    told = [config.name for config in apps.get_app_configs() if config.models_module is not None]
    if sender.name == told[-1] and more.get("using") == "default":
        roles_ensure()
