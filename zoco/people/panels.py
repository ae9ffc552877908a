"""Panels on a person's page: apps above people add what they know of somebody.

A panel is asked each time that the page is shown, for whoever has its permission, and must be quick.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from zoco.kit.plugs import Registry
from zoco.people.models import Person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Panel(Protocol):
    """Part of a person's page: `template` shows what `values` returns as `panel`."""

    key: str
    permission: str
    template: str

    @property
    def label(self) -> "StrOrPromise":
        """The heading."""

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Return what the template shows of this person, nothing where it shows nothing. Writes nothing."""


PANELS: Registry[Panel] = Registry("panel of people")
