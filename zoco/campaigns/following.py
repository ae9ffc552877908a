"""Who counts that a link was followed. Registered from above: the collector stands higher than campaigns.

A link leads on whatever becomes of the count; what could not be counted is told where refusals are.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Followed:
    """A link that was followed: its short name, and the page of the site that stands for the moment."""

    slug: str
    page: str


_counters: list[Callable[[HttpRequest, Followed], None]] = []


def provide(counter: Callable[[HttpRequest, Followed], None]) -> None:
    """Register who counts; called once, by the project or by a host's addresses."""
    _counters[:] = [counter]


def count(request: HttpRequest, followed: Followed) -> None:
    """Have it counted, if anybody does."""
    if _counters:
        _counters[0](request, followed)
