"""Periodic work of people: audiences by rules are counted anew, old uploads taken away."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.people.audiences import renewing

PERIODIC.add(Periodic("people.audiences", 60, renewing.look))
PERIODIC.add(Periodic("people.audiences.tidy", 3_600, renewing.tidy))


def _imports_tidy() -> None:
    """Take uploads away; what does it is imported when it is time."""
    from zoco.people.importing import running

    running.tidy()


PERIODIC.add(Periodic("people.imports.tidy", 3_600, _imports_tidy))
