"""Periodic work: what the worker does again and again. Each is a plug; the worker keeps time."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from zoco.kit.plugs import Registry, load_modules


@dataclass(frozen=True, slots=True)
class Periodic:
    """`run` is called about every `every_seconds`; it may run twice and must bear it.

    Not guaranteed: punctuality, and that runs never overlap across machines.
    """

    key: str
    every_seconds: float
    run: Callable[[], None]


PERIODIC: Registry[Periodic] = Registry("periodic work")


def load_periodic() -> None:
    """Import the module `periodic` of each installed app of ours."""
    from django.apps import apps

    ours = [config.name for config in apps.get_app_configs() if config.name.startswith("zoco.")]
    load_modules(f"{name}.periodic" for name in ours if find_spec(f"{name}.periodic"))
