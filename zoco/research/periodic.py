"""Periodic work of research: studies whose process died are told of."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.research import studies


def bury() -> None:
    """Let studies have failed whose process is gone."""
    studies.RUNS.look()


PERIODIC.add(Periodic("research.studies", 300, bury))
