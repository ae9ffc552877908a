"""Tables of contracts as they go along when a site moves; what they say is worked out there."""

from dataclasses import dataclass

from zoco.moving.parts import PARTS, Part


@dataclass(frozen=True, slots=True)
class Counted:
    """A group of a table."""

    name: str
    counts: list[float]

    def __post_init__(self) -> None:
        """Hold it to be one."""
        if len(self.counts) < 2:
            raise ValueError("A group of customers has two counts at least.")


PARTS.add(
    Part("tables of contracts", "zoco_research.ContractTable",
         ("name", "period", "is_together", "discount", "money", "groups"), ("name", "period"),
         shapes={"groups": list[Counted]})
)  # fmt: skip
