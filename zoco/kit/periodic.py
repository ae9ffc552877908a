"""Periodic work: what the worker does again and again. Each is a plug; the worker keeps time."""

from collections.abc import Callable
from dataclasses import dataclass

from zoco.kit.plugs import Registry


@dataclass(frozen=True, slots=True)
class Periodic:
    """`run` is called about every `every_seconds`; it may run twice and must bear it.

    Not guaranteed: punctuality, and that runs never overlap across machines.
    """

    key: str
    every_seconds: float
    run: Callable[[], None]


PERIODIC: Registry[Periodic] = Registry("periodic work")
