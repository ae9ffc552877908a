"""Periodic work of research: studies whose process died are told of."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.research import studies

PERIODIC.add(Periodic("research.studies", 300, studies.RUNS.look))
