"""The API: one OpenAPI document, put together from the `router` in each app's module `api`."""

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from ninja import NinjaAPI
from ninja.security import SessionAuth

from zoco.project.entry.keys.proof import KeyProof


def build() -> NinjaAPI:
    """Return the API of all installed apps. Without a router of its own an app adds nothing.

    A module `api` gives `router` and may give `authentication`: what proves who asks, tried
    before a key and the log-in of the browser.
    """
    modules = [
        import_module(f"{config.name}.api")
        for config in apps.get_app_configs()
        if config.name.startswith("zoco.")
        and config.name != "zoco.project"
        and find_spec(f"{config.name}.api")
    ]
    proofs: list[Any] = [proof for module in modules for proof in getattr(module, "authentication", [])]
    made = NinjaAPI(
        title="Zoco",
        version=version("zoco"),
        urls_namespace="zoco_api",
        auth=[*proofs, KeyProof(), SessionAuth()],
        docs_url=None,
    )
    for module in modules:
        made.add_router("", module.router)
        if hasattr(module, "errors_shape"):
            module.errors_shape(made)
    return made


def urls() -> Any:
    """Return what goes into urlpatterns."""
    return build().urls
