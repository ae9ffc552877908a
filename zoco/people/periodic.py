"""Periodic work of people: audiences by rules are counted anew."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.people.audiences import renewing

PERIODIC.add(Periodic("people.audiences", 60, renewing.look))
PERIODIC.add(Periodic("people.audiences.tidy", 3_600, renewing.tidy))
