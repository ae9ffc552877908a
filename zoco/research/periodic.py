"""Periodic work of research: studies whose process died are told of, tables that came are worked out."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.research import studies
from zoco.research.contracts import runs


def bury() -> None:
    """Let studies have failed whose process is gone."""
    studies.RUNS.look()


def contracts() -> None:
    """Have tables of contracts worked out that came with a site; bury what is dead."""
    runs.look()


PERIODIC.add(Periodic("research.studies", 300, bury))
PERIODIC.add(Periodic("research.contracts", 60, contracts))
