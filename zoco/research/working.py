"""Which work belongs to which kind of study; imported by whoever does one."""

from zoco.research.models import Study
from zoco.research.personas.working import personas_work
from zoco.research.studies import WORKS, study_through
from zoco.research.valuing.working import value_work

WORKS[Study.Kind.VALUE] = value_work
WORKS[Study.Kind.PERSONAS] = personas_work

__all__ = ["study_through"]
