"""Tables of contracts as they go along when a site moves; what they say is worked out there,
in the background: they come as new ones that nobody queued (`contracts.runs.look`).
"""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from zoco.moving.parts import PARTS, Part
from zoco.research.contracts.reading import GROUPS_MOST, LARGEST, RENEWALS_MOST


@dataclass(frozen=True, slots=True)
class Counted:
    """A group of a table."""

    name: str
    counts: list[float]

    def __post_init__(self) -> None:
        """Hold it to be one."""
        if not 2 <= len(self.counts) <= RENEWALS_MOST + 1:
            raise ValueError(f"A group of customers has two counts at least, {RENEWALS_MOST + 1} at most.")
        if not (1 <= self.counts[0] <= LARGEST and all(0 <= each <= LARGEST for each in self.counts)):
            raise ValueError(f"Counts of customers begin with 1 at least, and are {LARGEST} at most.")


PARTS.add(
    Part("tables of contracts", "zoco_research.ContractTable",
         ("name", "period", "is_together", "discount", "money", "groups"), ("name", "period"),
         shapes={
             "groups": Annotated[list[Counted], Meta(min_length=1, max_length=GROUPS_MOST)],
             "discount": Annotated[float, Meta(ge=1, le=100)],
             "money": Annotated[float, Meta(ge=0, le=1e9)] | None,
         })
)  # fmt: skip
