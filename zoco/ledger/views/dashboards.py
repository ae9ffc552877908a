"""Overviews: several reports on one page. An area registers one in its module `dashboards`.

The page shows the head report's figures and curve, and the first rows of each panel's report;
panels load one by one, and without a script they are links.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from zoco.kit.plugs import Registry


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`head` is the key of a report with a curve.

    `panels` are rows of panels; a panel is the keys of the reports that its tabs show, the first one open.
    """

    key: str
    area: str
    label: object
    question: object
    head: str
    panels: tuple[tuple[tuple[str, ...], ...], ...]
    position: int = 100


DASHBOARDS: Registry[Dashboard] = Registry("overview")


@cache
def dashboards_load() -> None:
    """Import `dashboards` of every installed app that has an area, once in a process."""
    from django.apps import apps

    for config in apps.get_app_configs():
        if hasattr(config, "area") and find_spec(f"{config.name}.dashboards"):
            import_module(f"{config.name}.dashboards")


def dashboard_named(key: str) -> Dashboard:
    """Return an overview. Raises PlugUnknown with the keys that there are."""
    dashboards_load()
    return DASHBOARDS.get(key)


def dashboards_all() -> list[Dashboard]:
    """Return all overviews in the order in which lists show them."""
    dashboards_load()
    return sorted(DASHBOARDS, key=lambda each: (each.area, each.position, each.key))
