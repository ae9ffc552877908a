"""The project as an app: it holds the worker's clock and the accounts' first passwords."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The runnable project."""

    name = "zoco.project"
    label = "zoco_project"
    verbose_name = "Zoco"
    default_auto_field = "django.db.models.BigAutoField"
