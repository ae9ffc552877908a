"""What a step may be. Each kind is a plug: it checks its settings, says its ways, and does its work.

Work inside the database is committed with the step that follows. What leaves goes by the one door under a key
that the visit gives, and so leaves once however often the step is tried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise

from zoco.kit.plugs import Registry
from zoco.kit.said import Said

if TYPE_CHECKING:
    from zoco.mail.journeys.models import StepDue, Traveller
    from zoco.people.models import Person

Settings = Mapping[str, Any]
ON = ""
"""The way that leads on where there is only one."""
VISIT = "j"
"""With what the name begins of whatever leaves from a step."""


class StepWrong(Said, ValueError):
    """A step cannot be so; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a step: all that its work may go by."""

    row: "StepDue"
    traveller: "Traveller"
    person: "Person"
    settings: Settings
    now: datetime

    @property
    def key(self) -> str:
        """Return the name of what leaves from here, the same each time that it is tried."""
        return f"{VISIT}{self.row.pk}"


@dataclass(frozen=True, slots=True)
class Goes:
    """The step is done; whoever stands here goes this way. `reason` says what was not done, if anything."""

    way: str = ON
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """Not yet: the step is tried again at this time."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listens:
    """It waits for a fact until some time."""

    fact: str
    until: datetime


class Kind:
    """A kind of step. `is_wait`: nobody passes it at once. `leaves`: something leaves the house here."""

    key: ClassVar[str]
    label: ClassVar[Promise]
    is_wait: ClassVar[bool] = False
    leaves: ClassVar[bool] = False

    def check(self, settings: Settings) -> None:
        """Refuse settings that cannot be. Raises StepWrong."""

    def ways(self, settings: Settings) -> Sequence[str]:
        """Return the ways that lead on from it."""
        return (ON,)

    def facts(self, settings: Settings) -> Sequence[str]:
        """Return the names of facts that it asks for."""
        return ()

    def arrive(self, settings: Settings, person: "Person", now: datetime) -> datetime | Listens:
        """Return when its work is due for whoever comes to it now, or for what it listens."""
        return now

    def work(self, visit: Visit) -> Goes | Stays:
        """Do it. Within a transaction that also moves the person on, unless something leaves here."""
        return Goes()


KINDS: Registry[Kind] = Registry("step of a journey")
